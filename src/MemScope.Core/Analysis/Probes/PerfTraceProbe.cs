namespace MemScope.Core.Analysis.Probes;

/// <summary>The calls as perf prints them, in one go.</summary>
internal static class PerfTraceProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("perf-trace", t => !CallRate.IsAbove(t, CallRate.ForCopiedStacks), Make);

    private static Probe Make(ProbeTarget target)
    {
        var (file, begun) = (ProbeParts.File(target, Kind.Slug), ProbeParts.File(target, Kind.Slug, "begun"));
        var command =
            $"""
            date -u +%FT%TZ > {begun}
            timeout -s INT {ProbeParts.TraceSeconds} perf trace -p {ProbeParts.Pid(target)} -e {PerfProbe.Calls} --call-graph dwarf,16384 -o {file}
            """;
        return new(Kind.Slug, $"The calls as a log, for {ProbeParts.TraceSeconds} s", command, ProbeParts.UploadBegun(target, file, begun, "perf-trace"),
            "Copies a part of the stack twice per call: some 10 microseconds for each. Nothing is stopped.")
        {
            Needs = ["perf of the running kernel, built with trace", "root (a root shell)", "tracefs"],
            Why = CallRate.Words(target) + "One command and a log that people can read. It prints names and no addresses of frames, so names cannot be bettered later: perf is the better one.",
        };
    }
}
