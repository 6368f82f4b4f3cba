namespace MemScope.Core.Analysis.Probes;

/// <summary>The calls with whole stacks, by strace.</summary>
internal static class StraceProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("strace", ProbeKind.Always, Make);

    private static Probe Make(ProbeTarget target)
    {
        var file = ProbeParts.File(target, Kind.Slug);
        var tooMany = CallRate.IsAbove(target, CallRate.ForStops) ? "That is too many for it: the process would stand still for most of the time. " : "";
        return new(Kind.Slug, $"Who maps memory, without root, for {ProbeParts.TraceSeconds} s", $"timeout -s INT {ProbeParts.TraceSeconds} strace -f -ttt -T -k -e trace=memory,process -o {file} -p {ProbeParts.Pid(target)}",
            ProbeParts.Upload(target, file, "strace"),
            "Stops the calling thread twice at every call that maps memory, and unwinds its stack meanwhile: about 0.1 ms each. Other system calls are stopped too, for a few microseconds. Children that it forks are traced as well. A debugger cannot be attached at the same time.")
        {
            Needs = ["strace with -k", "the process's own user and kernel.yama.ptrace_scope 0, or root"],
            Why = $"{CallRate.Words(target)}{tooMany}Needs no root for one's own processes, and shows whole stacks and exact times.",
        };
    }
}
