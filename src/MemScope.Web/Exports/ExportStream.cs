using System.Buffers;

namespace MemScope.Web.Exports;

/// <summary>Collects what is written and sends it on in pieces, so that an export of any size takes the memory of one.</summary>
internal sealed class ExportStream(Stream to)
{
    private const int PieceBytes = 64 << 10;
    private readonly ArrayBufferWriter<byte> _buffer = new(PieceBytes + (16 << 10));

    /// <summary>Where to write.</summary>
    public IBufferWriter<byte> Buffer => _buffer;

    /// <summary>Sends what has come together, if it is enough.</summary>
    public ValueTask PassAsync(CancellationToken cancel) => _buffer.WrittenCount < PieceBytes ? ValueTask.CompletedTask : FlushAsync(cancel);

    /// <summary>Sends what has come together.</summary>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        await to.WriteAsync(_buffer.WrittenMemory, cancel);
        _buffer.ResetWrittenCount();
    }
}
