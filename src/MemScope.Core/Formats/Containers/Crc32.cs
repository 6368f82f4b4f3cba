namespace MemScope.Core.Formats.Containers;

/// <summary>CRC-32 of gzip and zip (RFC 1952 section 8), eight bytes at a time by eight tables.</summary>
internal struct Crc32
{
    private static readonly uint[] Tables = MakeTables();
    private uint _state;

    /// <summary>The checksum of all bytes added.</summary>
    public readonly uint Value => _state;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var crc = ~_state;
        var t = Tables;
        while (bytes.Length >= 8)
        {
            var low = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[(7 * 256) + (byte)low] ^ t[(6 * 256) + (byte)(low >> 8)] ^ t[(5 * 256) + (byte)(low >> 16)] ^ t[(4 * 256) + (low >> 24)]
                ^ t[(3 * 256) + (byte)high] ^ t[(2 * 256) + (byte)(high >> 8)] ^ t[256 + (byte)(high >> 16)] ^ t[high >> 24];
            bytes = bytes[8..];
        }
        foreach (var b in bytes) crc = t[(byte)(crc ^ b)] ^ (crc >> 8);
        _state = ~crc;
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            var c = i;
            for (var bit = 0; bit < 8; bit++) c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            tables[i] = c;
        }
        for (var i = 256; i < tables.Length; i++) tables[i] = tables[(byte)tables[i - 256]] ^ (tables[i - 256] >> 8);
        return tables;
    }
}
