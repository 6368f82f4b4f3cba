using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Kernel;

/// <summary>What a line of the kernel's figures looks like among other text. What begins them must be unmistakable; what goes on with them, only fit.</summary>
internal static class KernelShape
{
    /// <summary>Whether a line begins stat, statm, meminfo, vmstat or a cgroup's file.</summary>
    public static bool Begins(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty) return false;
        if (char.IsAsciiDigit((char)line[0])) return StatLine.Recognises(line) || StatmLine.Parse(line, KernelFigures.AssumedPageBytes) is not null;
        if (line[0] == 'M') return line.StartsWith("MemTotal:"u8) && KernelLine.TryColon(line, out _);
        if (KernelLine.TryWord(line, out var word)) return CgroupKeys.BeginsStat(word.Key) || word.Key.SequenceEqual("nr_free_pages"u8);
        return CgroupFile.TryParse(line, out _);
    }

    /// <summary>Whether a line goes on with what has begun.</summary>
    /// <param name="line">The line.</param>
    /// <param name="isBelowHeading">Whether the line above it names a cgroup's file: then it may be one number, which could be anything elsewhere.</param>
    public static bool Continues(ReadOnlySpan<byte> line, bool isBelowHeading)
    {
        // status separates by a tab.
        if (KernelLine.TryColon(line, out var key)) return line[key.Key.Length + 1] != '\t';
        if (KernelLine.TryWord(line, out _) || line.StartsWith("some avg10="u8) || line.StartsWith("full avg10="u8)) return true;
        var cursor = new ByteCursor(line);
        return isBelowHeading && (line.SequenceEqual("max"u8) || (cursor.TryDecimal(out _) && cursor.IsAtEnd));
    }
}
