namespace MemScope.Core.Analysis.Probes;

/// <summary>Valgrind's heap profiler, for programs that may be slow.</summary>
internal static class MassifProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("massif", t => ProbeParts.MayHaveGlibc(t) && !ProbeParts.HasUcx(t), Make);

    private static Probe Make(ProbeTarget target) =>
        new(Kind.Slug, "Live blocks, and what is mapped, by callchain", $"valgrind --tool=massif --pages-as-heap=yes --massif-out-file=memscope-massif.out {ProbeParts.YourProgram} & echo $! > {ProbeParts.RunPid}; wait",
            ProbeParts.UploadOfRun(target, "memscope-massif.out", "massif", "massif"),
            "Starts the program anew on a processor that is simulated: twenty times slower, one thread at a time. Libraries notice: UCX hooks memory in another way under Valgrind, so what its hooks do is not seen.")
        {
            Needs = ["valgrind", "a restart"],
            Why = "With pages as heap it counts mmap and brk too, also of raw system calls, which other heap profilers do not." + (ProbeParts.HasUcx(target) ? " Not for this process: libucm behaves otherwise under Valgrind." : ""),
        };
}
