using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Moves that a trace proves, and what it refutes.</summary>
public sealed class TracedMoveTests
{
    private const string Before = "100-200 rw-p 1024\n900-910 rw-p 64";

    [Fact]
    public void Every_move_of_the_index_within_the_trace_is_exact_and_the_others_are_inferred()
    {
        var trace = CaseTraces.Read("strace/raw-mmap-leak.txt.gz");
        var calls = trace.Events.Where(e => e is { Call: MemoryCall.Mremap, Failed: false }).ToList();
        var track = CaseTraces.Track("raw-mmap-leak", "strace/raw-mmap-leak.txt.gz");
        var last = track.Points.Count - 1;
        var region = track.RegionOf(last, track.VmasAt(last).IndexOf(CaseTracks.Ledger("raw-mmap-leak").Last(l => l.Site == "index_grow").Start))!;
        var (first, end) = (trace.Anchor!.WallOf(calls[0].TimeNs), trace.Anchor.WallOf(calls[^1].TimeNs));

        var moves = region.Changes.Where(c => c.Kind == RegionChangeKind.Moved).ToList();
        Assert.All(moves, c => Assert.Equal(track.Points[c.At - 1].TakenAt < end && track.Points[c.At].TakenAt > first, c.Exact));
        Assert.Contains(moves, c => c.Exact);
        Assert.Contains(moves, c => !c.Exact);
        Assert.Equal((0, last), (region.BornAt, region.LastAt));
    }

    [Fact]
    public void Traces_without_wall_times_prove_moves_by_addresses_and_order()
    {
        foreach (var fixture in CaseTraces.RawMmapLeak[1..])
        {
            var calls = CaseTraces.Read(fixture).Events.Where(e => e is { Call: MemoryCall.Mremap, Failed: false }).ToList();
            var track = CaseTraces.Track("raw-mmap-leak", fixture);
            var exact = track.Regions.SelectMany(r => r.Changes).Where(c => c.Kind == RegionChangeKind.Moved && c.Exact).ToList();

            Assert.NotEmpty(exact);
            Assert.All(exact, c => Assert.Contains(calls, e => e.Address == c.Before.Start && e.OldLength == c.Before.Length));
            Assert.All(exact, c => Assert.Contains(calls, e => e.Result == c.After.Start && e.Length == c.After.Length));
        }
    }

    [Fact]
    public void A_move_over_two_places_between_snapshots_is_one_exact_move()
    {
        var track = Traced([Move(0.2, "100-200", "300-420"), Move(0.4, "300-420", "500-640")], Before, "500-640 rw-p 1280\n900-910 rw-p 64");

        var change = Assert.Single(track.RegionOf(1, 0)!.Changes, c => c.Kind == RegionChangeKind.Moved);
        Assert.True(change.Exact);
        Assert.Same(track.RegionOf(0, 0), track.RegionOf(1, 0));
    }

    [Fact]
    public void A_stranger_in_exactly_the_hole_that_was_left_is_new()
    {
        var track = Traced([Move(0.2, "100-200", "500-640")], Before, "100-200 rw-p 1024\n500-640 rw-p 1280\n900-910 rw-p 64");

        Assert.Same(track.RegionOf(0, 0), track.RegionOf(1, 1));
        Assert.Equal(RegionChangeKind.Born, track.RegionOf(1, 0)!.Changes[0].Kind);
        Assert.Equal(3, track.Regions.Count);
    }

    [Fact]
    public void Times_keep_a_move_of_another_minute_from_linking_strangers()
    {
        Assert.Equal(3, Traced([Move(60, "100-200", "500-640")], Before, "500-640 rw-p 1\n900-910 rw-p 64").Regions.Count);
        Assert.Equal(2, Traced([Move(null, "100-200", "500-640")], Before, "500-640 rw-p 1\n900-910 rw-p 64").Regions.Count);
    }

    [Fact]
    public void A_trace_that_saw_the_target_mapped_refutes_the_move_that_likeness_suggests()
    {
        const string After = "500-640 rw-p 1216\n900-910 rw-p 64", Table = "100-200 rw-p 960\n900-910 rw-p 64";

        Assert.Equal(2, Traced([], Table, After).Regions.Count);
        Assert.Equal(3, Traced([Map(0.5, "500-640")], Table, After).Regions.Count);
        Assert.Equal(3, Traced([Map(null, "500-640")], Table, After).Regions.Count);
        Assert.Equal(3, Traced([Map(-30, "100-200"), End(0.5, "100-200")], Table, After).Regions.Count);
        Assert.Equal(3, Traced([Map(-30, "700-840"), Move(0.5, "700-840", "500-640")], Table, After).Regions.Count);
        // Before its first call a trace has seen nothing: the table may have been moved there a moment before.
        Assert.Equal(2, Traced([Move(0.5, "700-840", "500-640")], Table, After).Regions.Count);
        Assert.Equal(2, Traced([Move(0.5, "100-200", "700-840")], Table, After).Regions.Count);
    }

    [Fact]
    public void A_small_piece_that_moves_into_a_large_region_leaves_both_where_they_are()
    {
        var track = Traced([Move(0.5, "100-110", "4f0-500")], "100-200 rw-p 1024\n500-900 rw-p 4096", "110-200 rw-p 960\n4f0-900 rw-p 4160");

        Assert.Equal(2, track.Regions.Count);
        Assert.All([0, 1], row => Assert.Same(track.RegionOf(0, row), track.RegionOf(1, row)));
    }

    [Fact]
    public void A_traces_records_are_its_moves_their_ends_and_what_lasted()
    {
        var records = Records(
            Call(MemoryCall.Mmap, 0, length: 0x1000, result: 0x7000), Call(MemoryCall.Munmap, 1, address: 0x7000, length: 0x1000),
            Call(MemoryCall.Mmap, 2, length: 0x1000, result: 0x7000), Call(MemoryCall.Mremap, 500, 0x7000, 0x2000, 0x1000, result: 0x10000),
            Call(MemoryCall.Mremap, 501, 0x10000, 0x3000, 0x2000, result: 0x10000), Call(MemoryCall.Munmap, 502, address: 0x10000, length: 0x3000));

        Assert.Equal([(0UL, 0x7000UL), (0x7000UL, 0x10000UL), (0x10000UL, 0x10000UL), (0x10000UL, 0UL)], records.Select(r => (r.From.Start, r.To.Start)));
    }

    [Fact]
    public void What_mremap_maps_over_has_ended_and_a_failed_call_says_nothing()
    {
        var records = Records(
            Call(MemoryCall.Mremap, 1, 0x1000, 0x1000, 0x1000, result: 0x8000), Call(MemoryCall.Mremap, 2, 0x2000, 0x1000, 0x1000, result: 0x8000),
            Call(MemoryCall.Mremap, 3, 0x8000, 0x1000, 0x1000, result: 0x9000) with { Failed = true }, Call(MemoryCall.Mremap, 4, 0x8000, 0x1000, 0, result: 0x9000));

        Assert.Equal([(0x1000UL, 0x8000UL), (0x8000UL, 0UL), (0x2000UL, 0x8000UL)], records.Select(r => (r.From.Start, r.To.Start)));
    }

    [Fact]
    public void Records_over_the_cap_are_counted_and_moves_come_first()
    {
        var calls = Enumerable.Range(0, 50).SelectMany(i => new[] { Call(MemoryCall.Mmap, i, length: 0x1000, result: 0x100000 + ((ulong)i * 0x2000)), Call(MemoryCall.Mremap, i, 0x1000, 0x1000, 0x1000, result: 0x900000 + ((ulong)i * 0x1000)) });
        var moves = TracedMoves.Of(new Trace("t", ClockDomain.Monotonic, new ProcessHint(), [.. calls], [], []), 60);

        Assert.Equal(50, moves.Records.Count(r => !r.From.IsEmpty));
        Assert.Equal((60, 40), (moves.Records.Count, moves.LeftOut));
    }

    [Fact]
    public void A_table_that_goes_to_and_fro_all_day_is_linked_in_moments()
    {
        var moves = Enumerable.Range(0, 100_000).Select(i => Move(i / 1000.0, i % 2 == 0 ? "100-200" : "500-600", i % 2 == 0 ? "500-600" : "100-200")).ToList();
        var track = Traced(moves, [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? "100-200 rw-p 1024" : "500-600 rw-p 1024")]);

        Assert.Single(track.Regions);
    }

    private static Track Traced(IReadOnlyList<TracedMove> moves, params string[] tables) =>
        Track.Build(Maps.Process, SnapshotSource.Smaps, tables.Select((text, i) => Maps.Point(i + 1, Maps.Table(text))), MoveEvidence.Of([moves]));

    private static TracedMove Move(double? second, string from, string to) => new(0, At(second), Maps.Range(from), Maps.Range(to));

    private static TracedMove Map(double? second, string to) => new(0, At(second), default, Maps.Range(to));

    private static TracedMove End(double? second, string from) => new(0, At(second), Maps.Range(from), default);

    private static DateTimeOffset? At(double? second) => second is { } s ? Maps.Point(1, VmaTable.Empty).TakenAt.AddSeconds(s) : null;

    private static IReadOnlyList<TracedMove> Records(params TraceEvent[] events) =>
        TracedMoves.Of(new Trace("t", ClockDomain.Monotonic, new ProcessHint(), events, [], []), Limits.Default.TraceMoves).Records;

    private static TraceEvent Call(MemoryCall call, long ms, ulong address = 0, ulong length = 0, ulong oldLength = 0, ulong result = 0) => new()
    {
        Call = call, TimeNs = ms * 1_000_000, Address = address, Length = length, OldLength = oldLength, Result = result, HasResult = true, Callchain = -1,
    };
}
