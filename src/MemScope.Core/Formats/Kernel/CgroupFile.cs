using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Kernel;

/// <summary>
/// A line that names a file of a cgroup, as the usual ways to print a folder's files do:
/// <code>
/// /sys/fs/cgroup/system.slice/x.service/memory.stat:anon 1830912      grep . …/memory.*
/// ==> /sys/fs/cgroup/memory/memory.stat &lt;==                            head, tail -n +1
/// /sys/fs/cgroup/memory.max                                           echo $f; cat $f
/// </code>
/// </summary>
internal readonly ref struct CgroupFile
{
    /// <summary>Folder of the cgroup as printed, without the last slash; empty when the file stands alone.</summary>
    public ReadOnlySpan<byte> Folder { get; private init; }

    /// <summary>Name of the file: <c>memory.stat</c>.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>What stands behind the name and its colon.</summary>
    public ReadOnlySpan<byte> Content { get; private init; }

    /// <summary>Whether the line is a heading only, and the content stands below it.</summary>
    public bool IsHeading { get; private init; }

    /// <summary>Whether it is a file of the memory controller.</summary>
    public bool IsMemory => Name.StartsWith("memory."u8) && Name.Length > "memory.".Length;

    /// <summary>Reads such a line.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out CgroupFile file)
    {
        file = default;
        if (line.StartsWith("==> "u8) && line.EndsWith(" <=="u8) && line.Length > 8)
        {
            file = Of(line[4..^4]);
            return file.IsMemory || line.IndexOf("cgroup"u8) >= 0;
        }
        // A cgroup's path may hold colons and blanks; its files' names and their content hold no slash.
        var start = line.StartsWith("memory."u8) ? 0 : line.LastIndexOf("/memory."u8) + 1;
        if (start == 0 && !line.StartsWith("memory."u8)) return false;
        if (start > 0 && line[0] is not ((byte)'/' or (byte)'.') && line[..start].IndexOfAny(" \t"u8) >= 0) return false;
        var end = start;
        while (end < line.Length && (char.IsAsciiLetterLower((char)line[end]) || line[end] is (byte)'_' or (byte)'.')) end++;
        if (end < line.Length && line[end] != ':') return false;
        file = Of(line[..end], end < line.Length, end < line.Length ? line[(end + 1)..] : default);
        return file.IsMemory;
    }

    /// <summary>What the path of an upload or of an archive's member names.</summary>
    public static CgroupFile OfPath(ReadOnlySpan<byte> path) => Of(path);

    /// <summary>Whether a file of this name and these first bytes is one of those that hold nothing but a number or <c>max</c>, and so are known only by their name.</summary>
    public static bool IsNumberFile(ReadOnlySpan<byte> head, string? fileName)
    {
        if (fileName is null || !OfPath(System.Text.Encoding.UTF8.GetBytes(fileName)).IsMemory) return false;
        head = head.TrimEnd(" \r\n"u8);
        var cursor = new ByteCursor(head);
        return head.SequenceEqual("max"u8) || (cursor.TryDecimal(out _) && cursor.IsAtEnd);
    }

    private static CgroupFile Of(ReadOnlySpan<byte> path, bool hasContent = false, ReadOnlySpan<byte> content = default)
    {
        var slash = path.LastIndexOfAny((byte)'/', (byte)'\\');
        var folder = slash > 0 ? path[..slash] : default;
        return new CgroupFile { Folder = folder.SequenceEqual("."u8) ? default : folder, Name = path[(slash + 1)..], Content = content, IsHeading = !hasContent };
    }
}
