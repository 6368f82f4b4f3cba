using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>Ids of regions: the same captures give the same ids on every machine and after every reprocessing.</summary>
internal static class RegionIds
{
    /// <summary>The first 16 bytes of SHA-256 over (process, first snapshot's number, start, backing, ordinal), marked as a version 8 UUID (RFC 9562).</summary>
    /// <param name="process">The process.</param>
    /// <param name="firstNumber">Number of the snapshot that first shows the region.</param>
    /// <param name="start">Its first address there.</param>
    /// <param name="backing">Its backing key.</param>
    /// <param name="ordinal">0, or the row behind the first where a torn snapshot shows two mappings of one start.</param>
    public static Guid Derive(Guid process, int firstNumber, ulong start, string backing, int ordinal)
    {
        var text = Encoding.UTF8.GetByteCount(backing);
        Span<byte> input = text <= 480 ? stackalloc byte[32 + text] : new byte[32 + text];
        process.TryWriteBytes(input, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(input[16..], firstNumber);
        BinaryPrimitives.WriteUInt64BigEndian(input[20..], start);
        BinaryPrimitives.WriteInt32BigEndian(input[28..], ordinal);
        Encoding.UTF8.GetBytes(backing, input[32..]);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(input, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
