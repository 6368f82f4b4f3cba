using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Analysis.Ledger;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Tests.Outstanding;

namespace MemScope.Tests.Ledgers;

/// <summary>Lines and rest add up to RSS, to the byte, whatever the input.</summary>
public sealed class LedgerClosesTests
{
    public static TheoryData<string> Cases =>
        [.. Fixtures.Cases, "odd-maps", "whole-life", "ucx-leak/with-heaptrack", "ucx-leak/hook-none", "ucx-leak/unreleased-1024", "ucx-leak/ucx-1.13.1", "malloc-leak-cpp/with-heaptrack"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_ledger_closes_on_every_snapshot_of_every_track_of_a_case(string name)
    {
        var closed = 0;
        foreach (var track in LedgerCases.TracksOf(name))
        {
            for (var at = 0; at < track.Points.Count; at++)
            {
                if (!track.Has(at, Metric.Rss)) continue;
                LedgerCases.AssertCloses(new CaseFile(track, at, at));
                LedgerCases.AssertCloses(new CaseFile(track, 0, at) { Heaps = [LedgerCases.Course(track, 600 << 10)] });
                closed++;
            }
        }
        Assert.True(closed > 0);
    }

    [Fact]
    public void It_closes_with_the_traces_of_a_case_at_every_window_from_the_first_snapshot()
    {
        var track = CaseTracks.Of("ucx-leak");
        PlacedTrace[] traces = [LedgerCases.Read("bpftrace", "ucx-leak.txt.gz"), LedgerCases.Read("bpftrace", "ucx-leak-2.txt.gz"), LedgerCases.Read("perf", "ucx-leak.txt.gz")];
        for (var to = 0; to < track.Points.Count; to++) LedgerCases.AssertCloses(LedgerCases.Of(track, 0, to, traces));
    }

    [Fact]
    public void Maps_without_resident_sizes_have_no_ledger()
    {
        var track = Maps.Track("100-200 rw-p -", "100-210 rw-p -");
        Assert.Null(LedgerMaker.Of(new CaseFile(track, 0, 1)));
        Assert.Null(LedgerMaker.Of(new CaseFile(new Track(Maps.Process, SnapshotSource.Smaps), 0, -1)));
    }

    [Fact]
    public void It_closes_whatever_snapshots_traces_profiles_and_allocators_say()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var track = seed % 4 == 0 ? Histories.Track(Histories.Odd(seed)) : seed % 4 == 1 ? Histories.Track(Histories.Plain(seed)) : Maps.Track([.. Enumerable.Range(0, 6).Select(_ => RandomTables.Text(random))]);
            var traces = Enumerable.Range(0, random.Next(3)).Select(_ => Placed(random)).ToList();
            for (var round = 0; round < 6; round++)
            {
                var to = random.Next(track.Points.Count);
                var file = LedgerCases.Of(track, random.Next(to + 1), to, traces) with
                {
                    Heaps = random.Next(2) == 0 ? [] : [LedgerCases.Course(track, Any(random), random.Next(2) == 0)],
                    Allocators = [.. Enumerable.Range(0, random.Next(3)).Select(i => State(random, track, to, i))],
                };
                file = file with { HeapSites = [.. file.Heaps.Select(h => new HeapSiteFacts(h.Profile, [], Any(random), random.Next(-1, 5)))] };
                if (track.Has(to, Metric.Rss)) LedgerCases.AssertCloses(file);
                else Assert.Null(LedgerMaker.Of(file));
            }
        }
    }

    [Fact]
    public void A_row_with_more_rss_than_addresses_or_than_numbers_hold_is_counted_as_far_as_they_go()
    {
        var huge = long.MaxValue / 1024;
        var ledger = LedgerCases.AssertCloses(new CaseFile(Maps.Track($"100-101 rw-p {huge}\n200-201 rw-p {huge} [heap]\n300-301 rw-p 4 /lib/a.so"), 0, 0));
        Assert.Equal(long.MaxValue, ledger.RssBytes);
        var block = LedgerCases.Of(Maps.Track("100-101 rw-p 40"), 0, 0, Traced(Replayed.Mmap(0x100, 1, 1)));
        Assert.Equal([4L << 10], LedgerCases.AssertCloses(block).Lines.Select(l => l.Bytes));
    }

    private static AllocatorState State(Random random, Track track, int at, int number) =>
        new(((string[])["malloc-info", "jemalloc-stats", "jvm-nmt", "go-memstats"])[random.Next(4)], $"allocator {number}", track.Points[at].TakenAt.AddSeconds(random.Next(-90, 90)))
        {
            InUseBytes = Maybe(random), HeldBytes = Maybe(random), FreeBytes = Maybe(random), DecayingBytes = Maybe(random), MetadataBytes = Maybe(random),
        };

    private static long? Maybe(Random random) => random.Next(3) == 0 ? null : Any(random);

    private static long Any(Random random) => random.Next(6) switch { 0 => 0, 1 => long.MaxValue, 2 => random.Next(-5, 0), 3 => random.Next(1 << 12), _ => random.Next(1 << 22) };

    private static PlacedTrace Placed(Random random) => Traced([.. Enumerable.Range(0, 12).Select(_ => random.Next(4) == 0
        ? Replayed.Munmap((ulong)random.Next(250), (ulong)random.Next(1, 9)) : Replayed.Mmap((ulong)random.Next(250), (ulong)random.Next(1, 9), random.Next(-1, 8)))]);

    private static PlacedTrace Traced(params TraceEvent[] events)
    {
        var trace = Replayed.TraceOf(events);
        return new PlacedTrace(trace, TraceReplay.Run(trace), null);
    }
}
