namespace MemScope.Core.Analysis.Probes;

/// <summary>The heap profiler of gperftools.</summary>
internal static class GperftoolsProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("gperftools", t => ProbeParts.HasModule(t, "tcmalloc"), Make);

    private static Probe Make(ProbeTarget target) =>
        new(Kind.Slug, "Live blocks of tcmalloc by callchain",
            $"""
            HEAPPROFILE=memscope-gperftools HEAP_PROFILE_TIME_INTERVAL={ProbeParts.WatchSeconds} {ProbeParts.YourProgram} & echo $! > {ProbeParts.RunPid}
            wait
            """,
            ProbeParts.UploadOfRun(target, "memscope-gperftools.*.heap", "gperftools"),
            "Starts the program anew. Each allocation records its stack under a lock: two times slower or more where much is allocated.")
        {
            Needs = ["gperftools' libtcmalloc in the program, not the minimal one", "a restart"],
            Why = "tcmalloc is in this process, and tells its live blocks itself. Pages that it keeps for later show as the difference to RSS.",
        };
}
