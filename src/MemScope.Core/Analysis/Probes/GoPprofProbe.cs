namespace MemScope.Core.Analysis.Probes;

/// <summary>Go's own heap profile and figures.</summary>
internal static class GoPprofProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("go-pprof", t => t.HasGoHeap, Make);

    private static Probe Make(ProbeTarget target)
    {
        var file = ProbeParts.File(target, Kind.Slug, "pb.gz");
        return new(Kind.Slug, "Live objects of Go by callchain", $"curl -sS -o {file} 'http://127.0.0.1:6060/debug/pprof/heap?gc=1'", ProbeParts.Upload(target, file, "pprof"),
            "Go runs a garbage collection, of which two moments stop all goroutines for less than a millisecond. Nothing else.")
        {
            Needs = ["the program imports net/http/pprof", "the address that it listens on, here 127.0.0.1:6060"],
            Why = "Memory lies where Go has its heap. The profile is of sampled objects; what cgo and the runtime take is not in it.",
        };
    }
}
