using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>
/// Lineage of random histories of a kernel's address space, whose pages have known identities. Between two snapshots, the rows that share addresses form groups. What is observable:
/// <list type="bullet">
/// <item>in a group where no address holds another page than before (nothing was unmapped and mapped again there), overlap is identity: two rows of one class that share pages with each
/// other and with no other row of that class are one region, if an end stayed or half of the larger is shared, and the larger part of a merge or split takes the region along;</item>
/// <item>of a piece that the trace shows moved, once or more, the two rows are one region and the link is exact if each row holds the whole piece and is made up of it by more than half.</item>
/// </list>
/// Everything else may go either way, and inferred links say so.
/// </summary>
public sealed class KernelModelTests
{
    private const int Steps = 25;

    /// <summary>Thousands are run by setting MEMSCOPE_HISTORIES.</summary>
    private static readonly int Histories = int.TryParse(Environment.GetEnvironmentVariable("MEMSCOPE_HISTORIES"), System.Globalization.CultureInfo.InvariantCulture, out var count) ? count : 60;

    [Fact]
    public void What_is_observable_is_recovered()
    {
        var (inPlace, moves) = (0, 0);
        for (var seed = 0; seed < Histories; seed++)
        {
            var (track, states, calls) = Run(seed);
            for (var at = 0; at + 1 < states.Count; at++)
            {
                inPlace += AssertInPlace(track, states, calls, at, seed);
                moves += AssertMoves(track, states, calls, at, seed);
            }
        }
        // A test that finds nothing to look at proves nothing.
        Assert.True(inPlace > Histories * Steps && moves > Histories / 2, $"{inPlace} in place, {moves} moves");
    }

    [Fact]
    public void No_resident_byte_is_invented_or_counted_twice()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var (track, states, _) = Run(seed);
            for (var at = 0; at < states.Count; at++)
            {
                Assert.Equal(states[at].Table.Count, track.AliveAt(at).Distinct().Count());
                Assert.Equal(states[at].Table.SumBytes(Metric.Rss) ?? 0, track.AliveAt(at).Sum(r => track.BytesOf(r, at, Metric.Rss) ?? 0));
                Assert.Equal(states[at].Table.SumBytes(Metric.Rss) ?? 0, track.Regions.Sum(r => track.BytesOf(r, at, Metric.Rss) ?? 0));
            }
        }
    }

    [Fact]
    public void An_exact_move_never_joins_strangers()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var (track, states, calls) = Run(seed);
            foreach (var (region, change) in track.Regions.SelectMany(r => r.Changes.Select(c => (r, c))).Where(x => x.c is { Kind: RegionChangeKind.Moved, Exact: true }))
            {
                var (before, after) = (Held(states[change.At - 1], change.Before), Held(states[change.At], change.After));
                Assert.True(before.Overlaps(after), $"seed {seed}: at {change.At} {change.Before} was joined to {change.After}: {Told(calls, change.At - 1)}");
            }
        }
    }

    private static (Track Track, List<State> States, IReadOnlyList<TraceEvent> Calls) Run(int seed)
    {
        var model = new KernelModel(seed);
        var states = new List<State>();
        for (var step = 0; step < Steps; step++)
        {
            // Calls lie 200 to 650 ms behind a snapshot, and the next snapshot at the full second.
            model.Step((step * 1_000_000_000L) + 200_000_000);
            var (table, held) = model.Snapshot();
            states.Add(new(table, held, model.PageIds()));
        }
        var start = Maps.Point(1, VmaTable.Empty).TakenAt.AddSeconds(-1);
        var trace = new Trace("model", ClockDomain.Monotonic, new ProcessHint(), model.Events, [], []);
        var moves = TracedMoves.Of(trace, Limits.Default.TraceMoves).Anchored(new ClockAnchor(ClockAnchorOrigin.TraceStart, 0, start, 0));
        return (Track.Build(Maps.Process, SnapshotSource.Smaps, states.Select((s, i) => Maps.Point(i + 1, s.Table)), MoveEvidence.Of([moves])), states, model.Events);
    }

    private static int AssertInPlace(Track track, List<State> states, IReadOnlyList<TraceEvent> calls, int at, int seed)
    {
        var (before, after) = (states[at], states[at + 1]);
        var found = 0;
        foreach (var (rows, laterRows) in CleanGroups(before, after))
        {
            foreach (var i in rows)
            {
                var heirs = laterRows.Where(j => SameClass(before, i, after, j) && before.Held[i].Overlaps(after.Held[j])).ToList();
                if (heirs is not [var heir] || rows.Count(k => SameClass(before, k, after, heir) && before.Held[k].Overlaps(after.Held[heir])) != 1) continue;
                var (a, b) = (before.Table[i].Range, after.Table[heir].Range);
                if (a.Start != b.Start && a.End != b.End && a.Overlap(b) * 2 < Math.Max(a.Length, b.Length)) continue;
                if (IsMovedAway(before, i, after) || IsMovedHere(before, after, heir)) continue;
                Assert.True(track.RegionOf(at, i) == track.RegionOf(at + 1, heir), $"seed {seed}: at {at + 1} {a} was not continued by {b}: {Told(calls, at)}");
                found++;
            }
        }
        return found;
    }

    private static int AssertMoves(Track track, List<State> states, IReadOnlyList<TraceEvent> calls, int at, int seed)
    {
        var (before, after) = (states[at], states[at + 1]);
        var found = 0;
        for (var i = 0; i < before.Held.Count; i++)
        {
            for (var j = 0; j < after.Held.Count; j++)
            {
                if (before.Table[i].Range.Overlap(after.Table[j].Range) > 0) continue;
                var moved = before.Held[i].Count(after.Held[j].Contains);
                if (moved * 2 <= before.Held[i].Count || moved * 2 <= after.Held[j].Count || !IsWholePiece(calls, at, before.Table[i].Range, after.Table[j].Range, moved)) continue;
                Assert.True(track.RegionOf(at, i) == track.RegionOf(at + 1, j), $"seed {seed}: at {at + 1} {before.Table[i].Range} was not followed to {after.Table[j].Range}: {Told(calls, at)}");
                Assert.True(track.RegionOf(at, i)!.Changes.Any(c => c.At == at + 1 && c is { Kind: RegionChangeKind.Moved, Exact: true }), $"seed {seed}: at {at + 1} the move of {before.Table[i].Range} is not exact: {string.Join(" | ", track.RegionOf(at, i)!.Changes)} to {after.Table[j].Range} {Told(calls, at)}");
                found++;
            }
        }
        return found;
    }

    /// <summary>Groups of rows that share addresses in which every address mapped at both times holds the same page.</summary>
    private static IEnumerable<(List<int> Before, List<int> After)> CleanGroups(State before, State after)
    {
        var seen = new HashSet<int>();
        for (var first = 0; first < before.Table.Count; first++)
        {
            if (!seen.Add(first)) continue;
            var (rows, laterRows, grew) = (new List<int> { first }, new List<int>(), true);
            while (grew)
            {
                var more = Enumerable.Range(0, after.Table.Count).Where(j => !laterRows.Contains(j) && rows.Exists(i => before.Table[i].Range.Overlap(after.Table[j].Range) > 0)).ToList();
                laterRows.AddRange(more);
                var back = Enumerable.Range(0, before.Table.Count).Where(i => !rows.Contains(i) && laterRows.Exists(j => before.Table[i].Range.Overlap(after.Table[j].Range) > 0)).ToList();
                rows.AddRange(back);
                seen.UnionWith(back);
                grew = back.Count > 0;
            }
            var clean = rows.TrueForAll(i => Addresses(before.Table[i].Range).All(p => after.Pages[p] is not { } now || now == before.Pages[p]));
            if (clean) yield return (rows, laterRows);
        }
    }

    private static IEnumerable<int> Addresses(AddressRange range) => Enumerable.Range((int)(range.Start / Maps.PageBytes), (int)(range.Length / Maps.PageBytes));

    private static bool SameClass(State a, int i, State b, int j) => BackingKeys.ClassOf(a.Table[i].Permissions) == BackingKeys.ClassOf(b.Table[j].Permissions);

    private static bool IsMovedAway(State before, int row, State after) =>
        Enumerable.Range(0, after.Pages.Length).Any(p => after.Pages[p] is { } id && before.Pages[p] != id && before.Held[row].Contains(id));

    private static bool IsMovedHere(State before, State after, int row) =>
        Enumerable.Range(0, before.Pages.Length).Any(p => before.Pages[p] is { } id && after.Pages[p] != id && after.Held[row].Contains(id));

    /// <summary>Whether mremap took all that two rows share, and nothing of it was lost: from a range inside the earlier row, place by place, to one inside the later.</summary>
    private static bool IsWholePiece(IReadOnlyList<TraceEvent> calls, int at, AddressRange before, AddressRange after, int shared)
    {
        var step = calls.Where(e => e.Call == MemoryCall.Mremap && e.TimeNs / 1_000_000_000 == at + 1).ToList();
        for (var first = 0; first < step.Count; first++)
        {
            var (from, piece) = (AddressRange.OfLength(step[first].Address, step[first].OldLength), step[first]);
            for (var next = first + 1; next < step.Count; next++) if (step[next].Address == piece.Result && step[next].OldLength == piece.Length) piece = step[next];
            var to = AddressRange.OfLength(piece.Result, piece.Length);
            var kept = Math.Min(from.Length, to.Length) / Maps.PageBytes == (ulong)shared;
            if (kept && from.Overlap(before) == from.Length && to.Overlap(after) == to.Length && from.Length * 2 > before.Length && to.Length * 2 > after.Length) return true;
        }
        return false;
    }

    private static string Told(IReadOnlyList<TraceEvent> calls, int at) => string.Join("; ", calls.Where(e => e.TimeNs / 1_000_000_000 == at + 1)
        .Select(e => $"{e.Call} {AddressRange.OfLength(e.Address, e.Call == MemoryCall.Mremap ? e.OldLength : e.Length)} -> {AddressRange.OfLength(e.Result, e.Length)}"));

    private static HashSet<int> Held(State state, AddressRange range) => state.Held[state.Table.IndexOf(range.Start)];

    private sealed record State(VmaTable Table, List<HashSet<int>> Held, int?[] Pages);
}
