using System.Globalization;

namespace MemScope.Core.Formats.Containers;

/// <summary>
/// The process id in the name that a tool itself gives its file. A closed table: the shape must be the tool's and the content of the tool's format,
/// so that a series number, a date or the number of a log rotation is never one.
/// </summary>
internal static class ToolFileName
{
    private const int LongestName = 255; // NAME_MAX of limits.h
    private const int GreatestPid = 1 << 22; // PID_MAX_LIMIT of include/linux/threads.h
    private const int GreatestRotation = 99;

    /// <summary>The process id in a file's name, or null.</summary>
    /// <param name="path">Name of the upload or path of the archive's member.</param>
    /// <param name="format">Slug of the format that its content is in.</param>
    public static int? Pid(string? path, string format)
    {
        if (string.IsNullOrEmpty(path)) return null;
        var name = path.AsSpan(path.LastIndexOfAny(['/', '\\']) + 1);
        if (name.Length > LongestName) return null;
        if (name.EndsWith(".gz", StringComparison.Ordinal)) name = name[..^3];
        else if (name.EndsWith(".zst", StringComparison.Ordinal)) name = name[..^4];
        return (format, name.ToString().Split('.')) switch
        {
            // heaptrack.sh.cmake: output=$(pwd)/heaptrack.$(basename "$client").$$, and .raw before the suffix with --raw.
            ("heaptrack", ["heaptrack", _, .., var pid, "raw"]) => Number(pid),
            ("heaptrack", [.., "raw" or "zst" or "gz", _]) => null, // a copy's or rotation's number behind the suffix
            ("heaptrack", ["heaptrack", _, .., var pid]) => Number(pid),
            // Valgrind manual: --massif-out-file=<file> [default: massif.out.%p]
            ("massif", ["massif", "out", var pid]) => Number(pid),
            // Valgrind manual: --dhat-out-file=<file> [default: dhat.out.%p]
            ("dhat", ["dhat", "out", var pid]) => Number(pid),
            // Our own advice: --log-file=memcheck.%p.txt, --xml-file=memcheck.%p.xml
            ("memcheck", ["memcheck", var pid, "txt"]) => Number(pid),
            ("memcheck-xml", ["memcheck", var pid, "xml"]) => Number(pid),
            // jemalloc(3): <prefix>.<pid>.<seq>.i<iseq>.heap, m<mseq> and u<useq> alike, f without a number at exit.
            ("jemalloc-heap", [_, .., var pid, var sequence, ['f' or 'i' or 'm' or 'u', .. var ofKind], "heap"]) when IsDigits(sequence) && (ofKind.Length == 0 || IsDigits(ofKind)) => Number(pid),
            // sanitizer_flags.inc, log_path: "Write logs to \"log_path.pid\""; log_exe_name puts the program's name between.
            ("sanitizer", ["asan" or "lsan" or "ubsan" or "msan" or "tsan" or "hwasan", .., var pid]) => Number(pid),
            ("sanitizer", [_, .., "log", var pid]) => Number(pid) is > GreatestRotation and var number ? number : null,
            _ => null,
        };
    }

    /// <summary>Whether the process id in the names of a format's files is of the shell script that runs the tool, not of the program. heaptrack's <c>$$</c> is.</summary>
    public static bool IsOfShell(string format) => format == "heaptrack";

    // As printf("%d") prints it: no sign, no leading zero.
    private static int? Number(string text) =>
        text.Length > 0 && text[0] != '0' && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= GreatestPid ? number : null;

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
