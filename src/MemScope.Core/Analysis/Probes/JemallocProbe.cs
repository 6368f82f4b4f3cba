namespace MemScope.Core.Analysis.Probes;

/// <summary>jemalloc's own heap profiles.</summary>
internal static class JemallocProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("jemalloc-prof", t => ProbeParts.HasModule(t, "jemalloc"), Make);

    // lg_prof_interval 30: a profile per GiB allocated; lg_prof_sample 19 (512 KiB) is jemalloc's default rate.
    private static Probe Make(ProbeTarget target) =>
        new(Kind.Slug, "Live blocks of jemalloc by callchain",
            $"""
            MALLOC_CONF=prof:true,prof_active:true,lg_prof_sample:19,lg_prof_interval:30,prof_final:true,prof_prefix:memscope-jemalloc {ProbeParts.YourProgram} & echo $! > {ProbeParts.RunPid}
            wait
            """,
            ProbeParts.UploadOfRun(target, "memscope-jemalloc.*.heap", "jemalloc-prof", "jemalloc-heap"),
            "Starts the program anew. A sample is taken each 512 KiB: a few per cent of time; the figures are estimates.")
        {
            Needs = ["jemalloc built with profiling (config.prof)", "a restart"],
            Why = "jemalloc is in this process, and tells its live blocks itself. Pages that it keeps for later show as the difference to RSS.",
        };
}
