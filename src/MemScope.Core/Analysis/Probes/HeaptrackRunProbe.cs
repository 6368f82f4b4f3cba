namespace MemScope.Core.Analysis.Probes;

/// <summary>heaptrack from the program's start.</summary>
internal static class HeaptrackRunProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("heaptrack-run", ProbeParts.MayHaveGlibc, Make);

    private static Probe Make(ProbeTarget target) =>
        new(Kind.Slug, "Live blocks of malloc by callchain, from the start", $"heaptrack --output memscope-heaptrack-run {ProbeParts.YourProgram} & echo $! > {ProbeParts.RunPid}; wait",
            ProbeParts.UploadOfRun(target, "memscope-heaptrack-run.*", "heaptrack", "heaptrack"),
            "Starts the program anew, with a library before libc. Every malloc and free takes some microseconds more and a lock: two to five times slower where much is allocated.")
        {
            Needs = ["heaptrack", "a restart"],
            Why = "Sees what was allocated from the beginning, which attaching misses." + HeaptrackProbe.Blind(target),
        };
}
