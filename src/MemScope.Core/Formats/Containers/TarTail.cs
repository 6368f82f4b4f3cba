namespace MemScope.Core.Formats.Containers;

/// <summary>Passes the bytes of a tar through and looks at how they end.</summary>
internal sealed class TarTail(Stream tar) : ReadStream
{
    private const int Block = 512;
    private long _zeros;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = tar.Read(buffer);
        if (read <= 0) return 0;
        var last = buffer[..read].LastIndexOfAnyExcept((byte)0);
        _zeros = last < 0 ? _zeros + read : read - 1 - last;
        return read;
    }

    /// <summary>Reads on to the end. A tar that was cut between two members looks whole but for the zero blocks that close it.</summary>
    /// <exception cref="CaptureRefusedException">They are not there.</exception>
    public void ReadToEnd()
    {
        CopyTo(Null);
        if (_zeros < Block) throw TarMembers.Damaged();
    }
}
