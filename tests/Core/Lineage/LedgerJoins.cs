using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>
/// Compares lineage with a program's own ledger. The truth of a row is the set of blocks that lie in it; a region that runs from one snapshot to the next is right when a
/// block lives in both of its rows, a wrong join when none does, and broken when it ends although its blocks live on.
/// </summary>
internal sealed class LedgerJoins
{
    public int Right { get; private set; }

    public int WronglyJoined { get; private set; }

    public int Broken { get; private set; }

    public int EndedRightly { get; private set; }

    /// <summary>Inferred moves among <see cref="WronglyJoined"/>.</summary>
    public int WrongMoves { get; private set; }

    public static LedgerJoins Of(string name) => Of(CaseTracks.Of(name), name);

    public static LedgerJoins Of(Track track, string name)
    {
        var blocks = BlocksPerPoint(track, CaseTracks.Ledger(name)).ToList();
        var joins = new LedgerJoins();
        for (var at = 0; at + 1 < track.Points.Count; at++)
        {
            for (var row = 0; row < track.CountAt(at); row++) joins.Count(track, at, row, blocks);
        }
        return joins;
    }

    public override string ToString() => $"{Right} right, {EndedRightly} ended rightly, {Broken} broken, {WronglyJoined} wrongly joined ({WrongMoves} by moves)";

    private void Count(Track track, int at, int row, List<Dictionary<int, AddressRange>> blocks)
    {
        var mine = Inside(blocks[at], track.VmasAt(at)[row].Range);
        if (mine.Count == 0) return;
        var region = track.RegionOf(at, row)!;
        if (!region.IsAliveAt(at + 1))
        {
            if (mine.Exists(blocks[at + 1].ContainsKey)) Broken++;
            else EndedRightly++;
            return;
        }
        if (Inside(blocks[at + 1], track.RangeOf(region, at + 1)).Exists(mine.Contains)) Right++;
        else
        {
            WronglyJoined++;
            if (region.Changes.Any(c => c.At == at + 1 && c.Kind == RegionChangeKind.Moved && c.Before.Overlap(c.After) == 0)) WrongMoves++;
        }
    }

    private static List<int> Inside(Dictionary<int, AddressRange> blocks, AddressRange row) =>
        [.. blocks.Where(b => b.Value.Start >= row.Start && b.Value.End <= row.End).Select(b => b.Key)];

    public static IEnumerable<Dictionary<int, AddressRange>> BlocksPerPoint(Track track, IEnumerable<LedgerLine> ledger)
    {
        var lines = new Queue<LedgerLine>(ledger);
        var (live, next) = (new Dictionary<ulong, (int Id, AddressRange Range)>(), 0);
        foreach (var point in track.Points)
        {
            // A snapshot's time is when reading began; the kernel walks the mappings within the next milliseconds.
            while (lines.TryPeek(out var line) && line.At <= point.TakenAt.AddMilliseconds(3))
            {
                lines.Dequeue();
                if (line.Operation == '+') live[line.Start] = (next++, line.Range);
                else if (line.Operation == '-') live.Remove(line.Start);
                else if (live.Remove(line.OldStart, out var moved)) live[line.Start] = (moved.Id, line.Range);
            }
            yield return live.Values.ToDictionary(b => b.Id, b => b.Range);
        }
    }
}
