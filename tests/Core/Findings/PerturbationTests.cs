using MemScope.Core.Analysis.Findings;
using MemScope.Core.Model;

namespace MemScope.Tests.Findings;

/// <summary>The same processes seen otherwise: less of the run, fewer snapshots, another tool, half a trace. A threshold that only fits the whole capture shows here.</summary>
public sealed class PerturbationTests
{
    private static readonly string[] UcxTraces = ["bpftrace/ucx-leak.txt.gz", "bpftrace/ucx-leak-2.txt.gz", "perf/ucx-leak.txt.gz"];

    [Fact]
    public void The_founding_case_is_likely_in_every_window_of_half_a_minute()
    {
        var whole = Cases.Of("ucx-leak");
        for (var from = 0; from + 30 <= whole.Track.Points.Count; from += 10) AssertIs(Certainty.Likely, whole.Between(from, from + 29));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void It_is_likely_by_every_nth_snapshot_and_confirmed_with_a_trace(int every)
    {
        AssertIs(Certainty.Likely, Cases.Of("ucx-leak").Thinned(every));
        AssertIs(Certainty.Confirmed, Cases.Of("ucx-leak").Thinned(every).With(UcxTraces[0]));
    }

    [Theory]
    [InlineData("pmap-x.log.gz")]
    [InlineData("pmap-X.log.gz")]
    public void It_is_likely_by_pmap_and_confirmed_with_a_trace(string log)
    {
        AssertIs(Certainty.Likely, Cases.OfLog("ucx-leak", log));
        AssertIs(Certainty.Confirmed, Cases.OfLog("ucx-leak", log).With(UcxTraces[1]));
    }

    [Fact]
    public void Half_a_trace_confirms_it_too()
    {
        foreach (var fixture in UcxTraces)
        {
            var trace = CaseTraces.Read(fixture);
            var half = trace.Events.Count / 2;
            AssertIs(Certainty.Confirmed, Cases.Of("ucx-leak").With(trace with { Events = [.. trace.Events.Take(half)] }));
            AssertIs(Certainty.Confirmed, Cases.Of("ucx-leak").With(trace with { Events = [.. trace.Events.Skip(half)] }));
        }
    }

    [Fact]
    public void Stacks_that_end_in_the_system_call_leave_it_likely()
    {
        // As the first bpftrace of the founding case printed them: one frame.
        var trace = CaseTraces.Read(UcxTraces[0]);
        var cut = trace with { Callchains = [.. trace.Callchains.Select(c => new Callchain([.. c.Frames.Take(1)]))] };

        AssertIs(Certainty.Likely, Cases.Of("ucx-leak").With(cut));
    }

    [Fact]
    public void A_leak_past_malloc_is_found_in_every_window_of_half_a_minute_and_by_every_third_snapshot()
    {
        var whole = Cases.Of("raw-mmap-leak");
        for (var from = 0; from + 30 <= whole.Track.Points.Count; from += 10) Assert.Equal("G01", Assert.Single(Judge.Of(whole.Between(from, from + 29)).Findings).Card.Id);
        Assert.Equal(Certainty.Confirmed, Judge.Of(whole.Thinned(3).With("strace/raw-mmap-leak.txt.gz")).Finding("G01")!.Certainty);
    }

    [Theory]
    [InlineData("steady-healthy")]
    [InlineData("plateau")]
    [InlineData("ucx-leak/hook-none")]
    [InlineData("ucx-leak/unreleased-1024")]
    [InlineData("ucx-leak/ucx-1.13.1")]
    public void No_window_of_half_the_run_gives_a_healthy_process_a_finding(string name)
    {
        var whole = Cases.Of(name);
        var points = whole.Track.Points.Count;
        for (var from = 0; from + (points / 2) <= points; from += 4) Assert.Empty(Judge.Of(whole.Between(from, from + (points / 2) - 1)).Findings);
        Assert.Empty(Judge.Of(whole.Thinned(2)).Findings);
    }

    [Fact]
    public void No_window_behind_its_growth_makes_retention_a_leak()
    {
        var whole = Cases.Of("glibc-fragmentation").WithMallocInfo("glibc-fragmentation");
        for (var from = 0; from < whole.Track.Points.Count - 20; from += 5) Assert.DoesNotContain(Judge.Of(whole.Between(from, whole.Track.Points.Count - 1)).Findings, f => f.Card.Kind == FindingKind.Leak);
    }

    [Fact]
    public void An_older_version_is_named_and_a_mended_one_refutes()
    {
        AssertIs(Certainty.Likely, OfVersion("ucx-1.20.1"));
        AssertIs(Certainty.Refuted, OfVersion("ucx-1.21.0"));
        AssertIs(Certainty.Refuted, OfVersion("ucx-1.22"));
        var unknown = Judge.Of(OfVersion("hpcx")).Finding("S01")!;
        Assert.Equal((Certainty.Likely, 3), (unknown.Certainty, unknown.Remedies.Count));

        static CaseFile OfVersion(string folder)
        {
            var points = Cases.Of("ucx-leak").Track.Tables().Select(p => p with { Vmas = Renamed(p.Vmas, folder) });
            return Cases.OfTrack(Core.Analysis.Lineage.Track.Build(Maps.Process, SnapshotSource.Smaps, points));
        }
    }

    private static VmaTable Renamed(VmaTable vmas, string folder)
    {
        var columns = vmas.Columns;
        static T[] Cut<T>(T[] column, int count) => column[..count];
        return VmaTable.FromColumns(new VmaColumns(Cut(columns.Starts, vmas.Count), Cut(columns.Ends, vmas.Count), Cut(columns.Permissions, vmas.Count), Cut(columns.Offsets, vmas.Count), Cut(columns.Devices, vmas.Count),
            Cut(columns.Inodes, vmas.Count), [.. Cut(columns.Names, vmas.Count).Select(n => n.Replace("ucx-1.19.0", folder, StringComparison.Ordinal))], columns.Flags is { } flags ? Cut(flags, vmas.Count) : null, columns.Metrics));
    }

    private static void AssertIs(Certainty certainty, CaseFile file)
    {
        var finding = Judge.Of(file).Finding("S01");
        Assert.NotNull(finding);
        Assert.True(finding.Certainty == certainty, UcxLeakVerdictTests.Told(finding));
    }
}
