namespace MemScope.Symbols.Elf;

/// <summary>CRC-32 with zlib's polynomial over a whole debug file, as <c>.gnu_debuglink</c> carries it (bfd/opncls.c, bfd_calc_gnu_debuglink_crc32).</summary>
public static class Crc32
{
    private const uint Polynomial = 0xedb88320;
    private static readonly uint[] Table = MakeTable();

    /// <summary>The checksum from the stream's position to its end.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public static uint Of(Stream content)
    {
        var buffer = new byte[128 << 10];
        var crc = ~0u;
        while (content.Read(buffer) is > 0 and var read)
        {
            foreach (var b in buffer.AsSpan(0, read)) crc = Table[(byte)crc ^ b] ^ (crc >> 8);
        }
        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            table[i] = crc;
        }
        return table;
    }
}
