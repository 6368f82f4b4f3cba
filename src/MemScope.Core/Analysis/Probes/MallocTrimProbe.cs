namespace MemScope.Core.Analysis.Probes;

/// <summary>Whether glibc gives memory back when asked to.</summary>
internal static class MallocTrimProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("malloc-trim", ProbeParts.MayHaveGlibc, Make);

    private static Probe Make(ProbeTarget target)
    {
        var (pid, file) = (ProbeParts.Pid(target), ProbeParts.File(target, Kind.Slug));
        var script =
            """
            set confirm off
            set unwindonsignal on
            print ((int (*)(unsigned long))malloc_trim)(0)
            detach
            """;
        var command =
            $$"""
            { date -u +%FT%T.%3NZ; cat /proc/{{pid}}/smaps; } > {{file}}
            {{GdbProbe.Run(target, Kind.Slug, script, "/dev/null")}}
            { date -u +%FT%T.%3NZ; cat /proc/{{pid}}/smaps; } >> {{file}}
            """;
        return new(Kind.Slug, "What malloc_trim gives back: a snapshot before and one after", command, ProbeParts.Upload(target, file),
            MallocInfoProbe.CallRisk + " Trimming locks one arena after the other, up to a second for each GB; the process faults its pages in again when it needs them.")
        {
            Needs = GdbProbe.Needs,
            Why = "RSS that falls by a fifth or more was kept by malloc and not in use: retention, no leak.",
        };
    }
}
