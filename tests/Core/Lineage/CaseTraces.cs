using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>What the traces of the captured cases say of moves, read as an upload of them would be.</summary>
internal static class CaseTraces
{
    /// <summary>The traces of raw-mmap-leak that record results: 8 s of strace with Unix times; bpftrace and perf with times since boot, which nothing ties to wall time.</summary>
    public static readonly string[] RawMmapLeak = ["strace/raw-mmap-leak.txt.gz", "bpftrace/raw-mmap-leak.txt.gz", "perf/raw-mmap-leak.txt.gz", "perf/raw-mmap-leak-dwarf.txt.gz", "perf/trace-raw-mmap-leak.txt.gz"];

    public static Trace Read(string fixture) => Assert.Single(Reading.Of(Fixtures.Bytes(fixture.Split('/'))).Parsed.Traces);

    public static MoveEvidence Evidence(params string[] fixtures) => MoveEvidence.Of(fixtures.Select(f =>
    {
        var trace = Read(f);
        return TracedMoves.Of(trace, Limits.Default.TraceMoves).Anchored(trace.Anchor);
    }));

    /// <summary>The smaps series of a case, linked with what traces say.</summary>
    public static Track Track(string name, params string[] fixtures)
    {
        var plain = CaseTracks.Of(name);
        return Core.Analysis.Lineage.Track.Build(plain.ProcessId, plain.Source, plain.Tables(), Evidence(fixtures));
    }
}
