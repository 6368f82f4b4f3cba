using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.PerfMaps;

/// <summary>
/// <c>START SIZE name</c>, the numbers in hexadecimal, the name to the end of the line (tools/perf/Documentation/jit-interface.txt). HotSpot writes 0x in front of them:
/// <code>
/// 7f1c5a3b0040 1c instance void [System.Private.CoreLib] System.GC::Collect()[Tier0]
/// 0x00007f9580ec71a0 0x0000000000000200 void java.lang.System.arraycopy(java.lang.Object, int, java.lang.Object, int, int)
/// </code>
/// </summary>
internal readonly ref struct PerfMapLine
{
    /// <summary>A function larger than this is none: 1 GiB.</summary>
    private const ulong MostBytes = 1 << 30;

    /// <summary>Where the code begins.</summary>
    public ulong Start { get; private init; }

    /// <summary>How many bytes it is long.</summary>
    public ulong Size { get; private init; }

    /// <summary>Its name.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>Whether it looks like code rather than like any two numbers and a word: beyond the first page, of a size that code may have, and not a line of maps.</summary>
    public bool IsPlausible => Start >= 0x1_0000 && Size < MostBytes && Size <= ulong.MaxValue - Start && !(Name.Length >= 4 && MapsLine.TryPermissions(Name[..4], out _));

    /// <summary>Reads a line.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out PerfMapLine entry)
    {
        entry = default;
        var cursor = new ByteCursor(line);
        cursor.TrySkip("0x"u8);
        if (!cursor.TryHex(out var start) || !cursor.TrySkip((byte)' ')) return false;
        cursor.TrySkip("0x"u8);
        if (!cursor.TryHex(out var size) || !cursor.TrySkip((byte)' ') || cursor.IsAtEnd) return false;
        entry = new PerfMapLine { Start = start, Size = size, Name = cursor.Rest };
        return true;
    }
}
