namespace MemScope.Core.Analysis.Probes;

/// <summary>glibc's own figures of its arenas.</summary>
internal static class MallocInfoProbe
{
    /// <summary>The risk of calling a function in a stopped process.</summary>
    public const string CallRisk = "Stops all threads for some tenths of a second and runs a function of libc in one of them. If that thread stood inside malloc, the call waits for its own lock: the command then gives up after ten seconds and puts the thread back where it was.";

    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("malloc-info", ProbeParts.MayHaveGlibc, Make);

    private static Probe Make(ProbeTarget target)
    {
        var (pid, file) = (ProbeParts.Pid(target), ProbeParts.File(target, Kind.Slug, "xml"));
        // The process writes the file, in its own file system; mode x takes no file that is there already.
        var script =
            $"""
            set confirm off
            set unwindonsignal on
            set $f = ((void *(*)(const char *, const char *))fopen)("/tmp/{file}", "wx")
            if $f != 0
            print ((int (*)(int, void *))malloc_info)(0, $f)
            print ((int (*)(void *))fclose)($f)
            end
            detach
            """;
        var command = $"rm -f /proc/{pid}/root/tmp/{file}\n{GdbProbe.Run(target, Kind.Slug, script, "/dev/null")}\ncp /proc/{pid}/root/tmp/{file} {file} && rm -f /proc/{pid}/root/tmp/{file}";
        return new(Kind.Slug, "What malloc holds and what of it is free", command, ProbeParts.Upload(target, file, "malloc-info"), CallRisk)
        {
            Needs = GdbProbe.Needs,
            Why = "Much free inside the arenas is retention or fragmentation; little is a leak of live blocks.",
        };
    }
}
