using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MemScope.Core.Formats.Containers;

/// <summary>
/// CRC-32 of gzip and zip (RFC 1952 section 8): by carry-less multiplication where the processor has it (Gopal et al., Fast CRC Computation for Generic Polynomials Using
/// PCLMULQDQ, Intel 2009, whose constants for the reflected polynomial these are), else eight bytes at a time by eight tables.
/// </summary>
internal struct Crc32
{
    private const int FoldedBytes = 64;
    private static readonly uint[] Tables = MakeTables();
    private uint _state;

    /// <summary>The checksum of all bytes added.</summary>
    public readonly uint Value => _state;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var crc = ~_state;
        if (Pclmulqdq.IsSupported && bytes.Length >= FoldedBytes)
        {
            var folded = bytes.Length & ~15;
            crc = Fold(bytes[..folded], crc);
            bytes = bytes[folded..];
        }
        _state = ~ByTables(bytes, crc);
    }

    /// <summary>The same by tables alone, for processors without the instruction.</summary>
    internal static uint ByTables(ReadOnlySpan<byte> bytes, uint crc)
    {
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
        return crc;
    }

    /// <summary>64 bytes and more, a multiple of 16: four remainders of 128 bits side by side, then one, then 32 bits (Barrett reduction).</summary>
    private static uint Fold(ReadOnlySpan<byte> bytes, uint crc)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        var by512 = Vector128.Create(0x0154442bd4UL, 0x01c6e41596UL);
        var by128 = Vector128.Create(0x01751997d0UL, 0x00ccaa009eUL);
        var (a, b, c, d) = (blocks[0] ^ Vector128.CreateScalar((ulong)crc), blocks[1], blocks[2], blocks[3]);
        for (blocks = blocks[4..]; blocks.Length >= 4; blocks = blocks[4..])
            (a, b, c, d) = (Shift(a, by512) ^ blocks[0], Shift(b, by512) ^ blocks[1], Shift(c, by512) ^ blocks[2], Shift(d, by512) ^ blocks[3]);
        a = Shift(a, by128) ^ b;
        a = Shift(a, by128) ^ c;
        a = Shift(a, by128) ^ d;
        foreach (var block in blocks) a = Shift(a, by128) ^ block;
        var lower = Vector128.Create(0xffffffffUL, 0xffffffffUL);
        a = Sse2.ShiftRightLogical128BitLane(a, 8) ^ Pclmulqdq.CarrylessMultiply(a, by128, 0x10);
        a = Sse2.ShiftRightLogical128BitLane(a, 4) ^ Pclmulqdq.CarrylessMultiply(a & lower, Vector128.CreateScalar(0x0163cd6124UL), 0x00);
        var barrett = Vector128.Create(0x01db710641UL, 0x01f7011641UL);
        var quotient = Pclmulqdq.CarrylessMultiply(a & lower, barrett, 0x10) & lower;
        return (a ^ Pclmulqdq.CarrylessMultiply(quotient, barrett, 0x00)).AsUInt32()[1];
    }

    private static Vector128<ulong> Shift(Vector128<ulong> remainder, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(remainder, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(remainder, by, 0x11);

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
