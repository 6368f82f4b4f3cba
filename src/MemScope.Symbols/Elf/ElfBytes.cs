namespace MemScope.Symbols.Elf;

/// <summary>The file's bytes by offset: all of them in memory, or a seekable stream of which only the asked parts are read.</summary>
internal sealed class ElfBytes
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly Stream? _stream;
    private readonly Lock _lock = new();

    public ElfBytes(ReadOnlyMemory<byte> memory) => (_memory, Length) = (memory, (ulong)memory.Length);

    public ElfBytes(Stream stream) => (_stream, Length) = (stream, (ulong)stream.Length);

    /// <summary>Bytes in all.</summary>
    public ulong Length { get; }

    /// <summary>Whether the range lies inside the file; cannot overflow.</summary>
    public bool Contains(ulong offset, ulong length) => offset <= Length && length <= Length - offset;

    /// <summary>The range's bytes, or false when it is not inside the file or too long for one array.</summary>
    public bool TryRead(ulong offset, ulong length, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (!Contains(offset, length) || length > (ulong)Array.MaxLength) return false;
        if (_stream is null)
        {
            bytes = _memory.Slice((int)offset, (int)length);
            return true;
        }
        var read = new byte[length];
        lock (_lock)
        {
            _stream.Position = (long)offset;
            if (_stream.ReadAtLeast(read, read.Length, throwOnEndOfStream: false) < read.Length) return false;
        }
        bytes = read;
        return true;
    }
}
