using MemScope.Core;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Analysis.Ledger;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests.Ledgers;

/// <summary>Cases for ledgers: a track, and what traces saw of it, each callchain a site.</summary>
internal static class LedgerCases
{
    /// <summary>The case over two points of a track. Times of traces that nothing ties to wall time do not matter.</summary>
    public static CaseFile Of(Track track, int from, int to, params IReadOnlyList<PlacedTrace> traces)
    {
        var (sites, first) = (new List<TracedSite>(), new int[traces.Count]);
        for (var trace = 0; trace < traces.Count; trace++)
        {
            first[trace] = sites.Count;
            foreach (var chain in traces[trace].Trace.Callchains) sites.Add(new TracedSite([.. chain.Frames.Select(f => new SiteFrame(f.Function, f.Module))], 0, 0, 0, 0));
        }
        return new CaseFile(track, from, to)
        {
            Sites = sites,
            Traces = [.. traces.Select(t => new TraceFacts(Guid.NewGuid(), t.Trace.Tool, 0, 0, 0))],
            Blocks = BlocksAt(to),
            BlocksBefore = BlocksAt(from),
        };

        List<SiteBlock> BlocksAt(int at) => [.. TracedMemory.At(traces, new TracedPart { To = track.Points[at].TakenAt }, []).WithMadeUsable
            .Select(b => new SiteBlock(b.Range, b.Owner.Callchain < 0 ? -1 : first[b.Owner.Trace] + b.Owner.Callchain, b.Owner.Trace))];
    }

    public static PlacedTrace Read(params string[] fixture)
    {
        var trace = Assert.Single(Reading.Of(Fixtures.Bytes(fixture)).Parsed.Traces);
        return new PlacedTrace(trace, TraceReplay.Run(trace), trace.Anchor);
    }

    /// <summary>The tracks of a case, one a source that was captured.</summary>
    public static IEnumerable<Track> TracksOf(string name)
    {
        foreach (var file in (string[])["smaps.tar.gz", "pmap-x.log.gz", "pmap-X.log.gz", "maps.tar.gz"])
        {
            if (!File.Exists(Fixtures.Case(name, file))) continue;
            using var content = File.OpenRead(Fixtures.Case(name, file));
            var snapshots = CaptureReader.Read(content, file, null, Limits.Default, CancellationToken.None).Parsed.Snapshots;
            foreach (var source in snapshots.GroupBy(s => s.Source))
                yield return Track.Build(Maps.Process, source.Key, source.Select((s, i) => new TrackPoint(i + 1, s.TakenAt ?? DateTimeOffset.UnixEpoch.AddSeconds(i), s.Vmas)));
        }
    }

    /// <summary>Fails unless lines and rest add up to RSS at both ends, none of them negative.</summary>
    public static MemoryLedger AssertCloses(CaseFile file)
    {
        var ledger = LedgerMaker.Of(file)!;
        Assert.Equal(RssOf(file.Track.VmasAt(file.To)), ledger.RssBytes);
        Assert.Equal((Int128)ledger.RssBytes, Sum(ledger.Lines.Select(l => l.Bytes)) + ledger.UnexplainedBytes);
        Assert.All(ledger.Lines, l => Assert.True(l.Bytes >= 0 && l.BytesBefore is null or >= 0 && (l.Bytes > 0 || l.BytesBefore > 0), l.ToString()));
        Assert.True(ledger.UnexplainedBytes >= 0);
        Assert.Equal(ledger.Lines.Count, ledger.Lines.Select(l => (l.Label, l.Source, l.Region)).Distinct().Count());
        if (ledger.Before is not var (rss, rest)) return ledger;
        Assert.Equal(RssOf(file.Track.VmasAt(file.From)), rss);
        Assert.Equal((Int128)rss, Sum(ledger.Lines.Select(l => l.BytesBefore!.Value)) + rest);
        Assert.True(rest >= 0);
        return ledger;
    }

    /// <summary>Live bytes at every moment, as a profile would tell them.</summary>
    public static HeapCourse Course(Track track, long live, bool complete = true) =>
        new(Guid.NewGuid(), "heaptrack", HeapTie.WallTime, [.. track.Points.Select(p => new HeapMoment(p.TakenAt, live))]) { IsComplete = complete };

    private static long RssOf(VmaTable vmas)
    {
        Int128 sum = 0;
        for (var row = 0; row < vmas.Count; row++) sum += Math.Max(0, vmas[row].Bytes(Metric.Rss));
        return (long)Int128.Min(sum, long.MaxValue);
    }

    private static Int128 Sum(IEnumerable<long> bytes) => bytes.Aggregate(Int128.Zero, (sum, b) => sum + b);
}
