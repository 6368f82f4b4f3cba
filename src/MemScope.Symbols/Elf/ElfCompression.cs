using System.Buffers;
using System.IO.Compression;
using MemScope.Symbols.Children;

namespace MemScope.Symbols.Elf;

/// <summary>
/// Unpacks what a linker or objcopy packed: sections with SHF_COMPRESSED (a header of type, size and alignment, then zlib or zstd; elf.h, Elf64_Chdr) and MiniDebugInfo (xz).
/// zlib in this process; xz and zstd by a confined child, since this project has no decoder of its own for them.
/// </summary>
internal static class ElfCompression
{
    /// <summary>sh_flags: the content begins with a compression header.</summary>
    public const ulong CompressedFlag = 0x800;

    /// <summary>ELFCOMPRESS_ZLIB.</summary>
    public const uint Zlib = 1;

    private const uint Zstd = 2; // ELFCOMPRESS_ZSTD
    private const int PieceBytes = 64 << 10;

    /// <summary>The plain content of a compressed section, or null with a sentence why not.</summary>
    /// <param name="packed">Its bytes in the file.</param>
    /// <param name="identity">Class and byte order.</param>
    /// <param name="most">Bytes that the plain content may have.</param>
    /// <param name="limits">The ratio that it may have.</param>
    /// <param name="reason">Why there is none.</param>
    public static ReadOnlyMemory<byte>? Unpack(ReadOnlyMemory<byte> packed, ElfIdentity identity, int most, ElfLimits limits, out string? reason)
    {
        reason = "A compressed section of it is damaged.";
        var headerBytes = identity.Is64 ? 24 : 12;
        if (packed.Length < headerBytes) return null;
        var fields = new ElfFields(packed.Span, identity);
        var (type, stated) = (fields.U32(0), fields.Word(identity.Is64 ? 8 : 4));
        var body = packed[headerBytes..];
        var allowed = Allowed(body.Length, most, limits);
        if (stated > (ulong)allowed)
        {
            reason = $"A compressed section of it states {stated} bytes for {body.Length}; at most {allowed} are unpacked.";
            return null;
        }
        ReadOnlyMemory<byte>? plain = type switch
        {
            Zlib => Inflate(body, (int)stated),
            Zstd => Filter("zstd", body, (int)stated, ref reason),
            _ => Unknown(type, ref reason),
        };
        if (plain is null) return null;
        if (plain.Value.Length != (int)stated) return null;
        reason = null;
        return plain;
    }

    /// <summary>The plain content of an xz stream, or null with a sentence why not.</summary>
    public static ReadOnlyMemory<byte>? UnpackXz(ReadOnlyMemory<byte> packed, int most, ElfLimits limits, out string? reason)
    {
        reason = null;
        return Filter("xz", packed, Allowed(packed.Length, most, limits), ref reason);
    }

    /// <summary>A bomb is recognised by its ratio long before it reaches the limit in bytes; small sections may have any.</summary>
    private static int Allowed(int packedBytes, int most, ElfLimits limits) => (int)Math.Min(most, limits.ExpansionFloorBytes + ((long)packedBytes * limits.ExpansionRatio));

    private static ReadOnlyMemory<byte>? Filter(string tool, ReadOnlyMemory<byte> packed, int most, ref string? reason)
    {
        var fault = StreamChild.Run(tool, ["-dc"], packed, most, out var plain);
        if (fault == StreamFault.None) return plain;
        reason = fault switch
        {
            StreamFault.Missing => $"It has a part that is compressed with {tool}, which is not installed here: install {(tool == "xz" ? "xz-utils" : tool)} and upload the file again.",
            StreamFault.TooLong => $"A compressed part of it ({packed.Length} bytes) unpacks to more than {most} bytes: that much is not read.",
            StreamFault.TimedOut => "A compressed part of it took too long to unpack.",
            _ => $"A compressed part of it is damaged: {tool} refuses it.",
        };
        return null;
    }

    private static ReadOnlyMemory<byte>? Unknown(uint type, ref string? reason)
    {
        reason = $"A section of it is compressed in a way that is not known here (type {type}): unpack it with objcopy --decompress-debug-sections and upload it again.";
        return null;
    }

    /// <summary>Grows with what really comes: the stated size is a stranger's word.</summary>
    private static ReadOnlyMemory<byte>? Inflate(ReadOnlyMemory<byte> body, int stated)
    {
        var all = new ArrayBufferWriter<byte>(PieceBytes);
        try
        {
            using var stream = new ZLibStream(new MemoryStream(body.ToArray(), writable: false), CompressionMode.Decompress);
            while (stream.Read(all.GetSpan(PieceBytes)) is > 0 and var read)
            {
                all.Advance(read);
                if (all.WrittenCount > stated) return null;
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }
        return all.WrittenMemory;
    }
}
