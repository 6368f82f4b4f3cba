namespace MemScope.Core.Analysis.Probes;

/// <summary>memray, attached to a running Python.</summary>
internal static class MemrayProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("memray", t => ProbeParts.HasModule(t, "libpython", "/python3", "/python2"), Make);

    private static Probe Make(ProbeTarget target)
    {
        var (recording, file) = (ProbeParts.File(target, Kind.Slug, "bin"), ProbeParts.File(target, Kind.Slug, "csv"));
        var command =
            $"""
            memray attach --native --duration {ProbeParts.WatchSeconds} -o {recording} {ProbeParts.Pid(target)}
            memray transform csv --leaks -o {file} {recording}
            """;
        return new(Kind.Slug, $"Allocations of Python and its extensions that are left after {ProbeParts.WatchSeconds} s", command, ProbeParts.Upload(target, file, "memray-csv"),
            "Loads a library into the process by gdb or lldb, which stops all threads for about a second. While it records, allocations take two to four times as long. Attaching can crash a process: not for one that must live.")
        {
            Needs = ["memray in the Python of the process", "gdb or lldb", "the process's own user and kernel.yama.ptrace_scope 0, or root"],
            Why = "Python is in this process: frames are Python's own." + HeaptrackProbe.Blind(target),
        };
    }
}
