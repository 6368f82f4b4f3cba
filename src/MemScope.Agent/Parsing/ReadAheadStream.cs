using System.Runtime.ExceptionServices;
using MemScope.Core.Formats.Containers;

namespace MemScope.Agent.Parsing;

/// <summary>
/// A large file that a thread of its own reads one buffer ahead: while the parser works on one, the kernel copies the next into the memory that the parser announced, and nothing copies it again.
/// The thread begins with the first announcement and ends when the stream is disposed. What the source throws is thrown by the read that waits for it.
/// </summary>
/// <param name="source">Disposed with this.</param>
internal sealed class ReadAheadStream(Stream source) : ReadStream
{
    /// <summary>A smaller file is read before a thread has begun.</summary>
    private const int LeastBytes = 2 << 20;
    private readonly SemaphoreSlim _announced = new(0), _filled = new(0);
    private Thread? _thread;
    private Memory<byte> _ahead;
    private bool _isReading, _isDisposed;

    /// <summary>Bytes that stand in <see cref="_ahead"/>, and how many of them were given out.</summary>
    private int _length, _given;
    private Exception? _error;

    /// <summary>Opens a file: a small one, or one without a length, to be read as it is.</summary>
    public static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        return file.CanSeek && file.Length >= LeastBytes ? new ReadAheadStream(file) : file;
    }

    /// <inheritdoc/>
    public override long? Expected => source.CanSeek ? source.Length : null;

    /// <inheritdoc/>
    public override bool Announce(Memory<byte> next)
    {
        if (_isReading || _given < _length || next.IsEmpty) return false;
        (_ahead, _isReading) = (next, true);
        if (_thread is null)
        {
            _thread = new Thread(ReadAhead) { IsBackground = true, Name = "read ahead" };
            _thread.Start();
        }
        _announced.Release();
        return true;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_isReading) WaitForThread();
        if (_given == _length) return source.Read(buffer);
        var count = Math.Min(buffer.Length, _length - _given);
        var bytes = _ahead.Span.Slice(_given, count);
        // Who reads into the memory that was announced has the bytes there already.
        if (!buffer.Overlaps(bytes, out var offset) || offset != 0) bytes.CopyTo(buffer);
        _given += count;
        return count;
    }

    private void WaitForThread()
    {
        _filled.Wait();
        (_isReading, _given) = (false, 0);
        if (_error is not { } error) return;
        _error = null;
        ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>What the thread does. The fields are its own between the two semaphores.</summary>
    private void ReadAhead()
    {
        while (true)
        {
            _announced.Wait();
            if (_isDisposed) return;
            _length = 0;
            try
            {
                _length = source.Read(_ahead.Span);
            }
            catch (Exception e)
            {
                _error = e;
            }
            _filled.Release();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _announced.Release();
            _thread?.Join();
            _announced.Dispose();
            _filled.Dispose();
            source.Dispose();
        }
        base.Dispose(disposing);
    }
}
