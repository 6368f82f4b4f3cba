using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Kernel;

/// <summary>The two shapes of a line in the kernel's figures: <c>Active(anon):   1234 kB</c> of meminfo, and <c>nr_free_pages 1491909</c> of vmstat and the cgroup's files.</summary>
internal readonly ref struct KernelLine
{
    /// <summary>Largest size that is believed: 2^62 bytes. A cgroup without limit prints 2^63 less a page.</summary>
    public const ulong MostBytes = 1UL << 62;

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key { get; private init; }

    /// <summary>The number as printed.</summary>
    public ulong Number { get; private init; }

    /// <summary>Whether " kB" follows it.</summary>
    public bool IsKiB { get; private init; }

    /// <summary>Reads <c>Key: N</c> or <c>Key: N kB</c>.</summary>
    public static bool TryColon(ReadOnlySpan<byte> line, out KernelLine read)
    {
        read = default;
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || !char.IsAsciiLetterUpper((char)line[0]) || line[..colon].IndexOfAny(" \t"u8) >= 0) return false;
        var cursor = new ByteCursor(line[(colon + 1)..]);
        cursor.SkipBlanks();
        if (!cursor.TryDecimal(out var number)) return false;
        var isKiB = cursor.TrySkip(" kB"u8);
        if (!cursor.IsAtEnd) return false;
        read = new KernelLine { Key = line[..colon], Number = number, IsKiB = isKiB };
        return true;
    }

    /// <summary>Reads <c>key N</c>.</summary>
    public static bool TryWord(ReadOnlySpan<byte> line, out KernelLine read)
    {
        read = default;
        var blank = line.IndexOf((byte)' ');
        if (blank <= 0 || !char.IsAsciiLetterLower((char)line[0])) return false;
        foreach (var b in line[..blank])
            if (!char.IsAsciiLetterLower((char)b) && !char.IsAsciiDigit((char)b) && b is not ((byte)'_' or (byte)'.')) return false;
        var cursor = new ByteCursor(line[(blank + 1)..]);
        if (!cursor.TryDecimal(out var number) || !cursor.IsAtEnd) return false;
        read = new KernelLine { Key = line[..blank], Number = number };
        return true;
    }
}
