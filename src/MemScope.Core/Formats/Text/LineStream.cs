using System.Runtime.InteropServices;
using MemScope.Core.Formats.Containers;

namespace MemScope.Core.Formats.Text;

/// <summary>
/// Walks the lines of a text of any size in a buffer that is filled again and again: memory does not grow with the text. Where the first line ends in CR LF, the CR of
/// every line is taken off; else it belongs to the line, for a path may end in it.
/// </summary>
internal sealed class LineStream
{
    private const int BufferBytes = 256 << 10;

    /// <summary>Room in front of what is read ahead, for the line that the buffer before ends in.</summary>
    private const int RestBytes = 64 << 10;
    private readonly Stream? _source;
    private readonly int _lineBytes;
    private byte[] _buffer;

    /// <summary>The buffer that comes next, where the source fills it while this one is looked at; empty until then.</summary>
    private byte[] _ahead = [];

    private int _start, _length, _next, _end;
    private long _bufferOffset;
    private bool _ended, _sawFirst, _crlf, _isAnnounced;

    /// <summary>Lines of a text in memory.</summary>
    public LineStream(ReadOnlyMemory<byte> text, int lineBytes)
    {
        _lineBytes = lineBytes;
        (_buffer, _next, _end) = MemoryMarshal.TryGetArray(text, out var array) ? (array.Array!, array.Offset, array.Offset + array.Count) : (text.ToArray(), 0, text.Length);
        _bufferOffset = -_next;
        _ended = true;
    }

    /// <summary>Lines of a stream. What it throws comes through.</summary>
    public LineStream(Stream source, int lineBytes) => (_source, _lineBytes, _buffer) = (source, lineBytes, new byte[RestBytes + BufferBytes]);

    /// <summary>The line without its end, until the next call of <see cref="Next"/>. Of a line that is too long, the beginning.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_start, _length);

    /// <summary>Its number, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Byte offset of its first byte.</summary>
    public long Offset { get; private set; }

    /// <summary>Byte offset behind it and its line end.</summary>
    public long NextOffset => _bufferOffset + _next;

    /// <summary>Whether it ended in a newline; only the last line of a text may not.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>Whether it is longer than the limit.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Goes to the next line; false at the end.</summary>
    public bool Next()
    {
        var length = Find();
        if (length < 0) return false;
        _start = _next;
        Offset = _bufferOffset + _start;
        Number++;
        IsTooLong = length > _lineBytes + (_crlf ? 1 : 0);
        if (IsTooLong && !IsTerminated) SkipRest();
        else _next += IsTerminated ? length + 1 : length;
        if (IsTooLong) length = _lineBytes;
        else if (EndsInCr(length)) length--;
        _length = length;
        return true;
    }

    /// <summary>Whether the lines of the text end in CR LF, as its first did.</summary>
    public bool IsCrLf => _crlf;

    /// <summary>What is in the buffer behind the line, for a caller that takes many short lines at once; until the next call of <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> Ahead => _buffer.AsSpan(_next, _end - _next);

    /// <summary>The same, at least <paramref name="count"/> bytes unless the text ends before. The line itself is gone then.</summary>
    public ReadOnlySpan<byte> AheadAtLeast(int count)
    {
        while (_end - _next < count && Fill())
        {
        }
        return Ahead;
    }

    /// <summary>Goes behind whole lines at the front of <see cref="Ahead"/>, their newlines included.</summary>
    public void Pass(int bytes, int lines)
    {
        _next += bytes;
        Number += lines;
    }

    /// <summary>Whether the line ends in the CR of a text whose lines end in CR LF; the first line tells.</summary>
    private bool EndsInCr(int length)
    {
        var cr = length > 0 && _buffer[_start + length - 1] == '\r';
        if (!_sawFirst) (_sawFirst, _crlf) = (true, cr && IsTerminated);
        return cr && _crlf;
    }

    /// <summary>Length of the next line as far as it is in the buffer: whole, unless it is longer than the limit; -1 at the end.</summary>
    private int Find()
    {
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_next + searched, _end - _next - searched).IndexOf((byte)'\n');
            IsTerminated = found >= 0;
            if (IsTerminated) return searched + found;
            searched = _end - _next;
            // One byte more, for the CR of a line that just fits.
            if (searched > _lineBytes + 1) return searched;
            if (!Fill()) return searched > 0 ? searched : -1;
        }
    }

    /// <summary>Goes behind the end of a line that fills the buffer. Its beginning is kept at the front; what follows is read over and over into the room behind it.</summary>
    private void SkipRest()
    {
        _next = _end;
        if (_source is null) return;
        Buffer.BlockCopy(_buffer, _start, _buffer, 0, _lineBytes);
        _start = 0;
        _bufferOffset += _end - _lineBytes;
        _next = _end = _lineBytes;
        while (!IsTerminated && !_ended)
        {
            _bufferOffset += _end - _lineBytes;
            var read = ReadInto(_lineBytes);
            _ended = read <= 0;
            _end = _lineBytes + Math.Max(read, 0);
            var found = _buffer.AsSpan(_lineBytes, _end - _lineBytes).IndexOf((byte)'\n');
            IsTerminated = found >= 0;
            _next = IsTerminated ? _lineBytes + found + 1 : _end;
        }
    }

    private bool Fill()
    {
        if (_ended || _source is null) return false;
        if (_isAnnounced && _end - _next <= RestBytes) return TakeOver();
        if (_next > 0)
        {
            Buffer.BlockCopy(_buffer, _next, _buffer, 0, _end - _next);
            _bufferOffset += _next;
            (_next, _end) = (0, _end - _next);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = ReadInto(_end);
        _ended = read <= 0;
        _end += Math.Max(read, 0);
        // A source that filled the buffer may have much more.
        if (_end == _buffer.Length) Announce();
        return !_ended;
    }

    /// <summary>Reads into the buffer behind <paramref name="at"/> bytes.</summary>
    private int ReadInto(int at)
    {
        if (!_isAnnounced) return _source!.Read(_buffer, at, _buffer.Length - at);
        var read = ReadAnnounced();
        if (read > _buffer.Length - at) Array.Resize(ref _buffer, at + read);
        if (read > 0) Buffer.BlockCopy(_ahead, RestBytes, _buffer, at, read);
        return read;
    }

    /// <summary>Goes on with the buffer that was filled meanwhile; the line that this one ends in goes in front of it.</summary>
    private bool TakeOver()
    {
        var read = ReadAnnounced();
        _ended = read <= 0;
        if (_ended) return false;
        var rest = _end - _next;
        Buffer.BlockCopy(_buffer, _next, _ahead, RestBytes - rest, rest);
        (_buffer, _ahead) = (_ahead, _buffer);
        _bufferOffset += _next - (RestBytes - rest);
        (_next, _end) = (RestBytes - rest, RestBytes + read);
        Announce();
        return true;
    }

    private void Announce()
    {
        if (_source is not ReadStream source) return;
        if (_ahead.Length == 0) _ahead = new byte[RestBytes + BufferBytes];
        _isAnnounced = source.Announce(_ahead.AsMemory(RestBytes));
    }

    private int ReadAnnounced()
    {
        _isAnnounced = false;
        return _source!.Read(_ahead, RestBytes, _ahead.Length - RestBytes);
    }
}
