using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;

namespace MemScope.Torture;

/// <summary>Asks the store and compares with the oracle: every snapshot that was acknowledged before the question is there exactly once, equal in every column.</summary>
internal sealed class Checks(TrackQuery tracks, SnapshotQuery snapshots, ProcessQuery processes, TrackCache cache, Tally tally)
{
    private const int RankedPoints = 200, CachedPoints = 40;
    private const double Tolerance = 1e-6;

    /// <summary>All snapshots of a process, and what follows from them.</summary>
    public async Task WholeAsync(ProcessOracle process, Random random)
    {
        var expected = process.Acknowledged();
        var points = await LoadAsync(process, 0);
        Check(process, expected, points, "all");
        for (var i = 1; i < points.Count; i++)
            if (points[i - 1].TakenAt > points[i].TakenAt) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: not in the order of time");
        var from = random.Next(Math.Max(1, points.Count - RankedPoints));
        Growth(process, [.. points.Skip(from).Take(RankedPoints)]);
    }

    /// <summary>What has come since a number; with what was known before it must be all.</summary>
    public async Task SinceAsync(ProcessOracle process, Known known)
    {
        var expected = process.Acknowledged();
        var more = await LoadAsync(process, known.LastNumber);
        if (more.Exists(p => p.Number <= known.LastNumber)) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: a snapshot that was known came again");
        known.LastNumber = more.Aggregate(known.LastNumber, (n, p) => Math.Max(n, p.Number));
        known.Points.AddRange(more);
        Check(process, expected, known.Points, "since");
    }

    /// <summary>One snapshot by its number.</summary>
    public async Task OneAsync(ProcessOracle process, Random random)
    {
        var numbers = process.Numbers.ToArray();
        if (numbers.Length == 0) return;
        var (number, ticks) = numbers[random.Next(numbers.Length)];
        var point = await tracks.FindAsync(process.Id!.Value, number, CancellationToken.None);
        if (point is null) tally.Complain(ref tally.Lost, $"pid {process.Pid}: snapshot {number} is not found");
        else Equal(process, point);
        if (point is not null && point.TakenAt.UtcTicks != ticks) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: snapshot {number} is another");
    }

    /// <summary>The plain rows: their sums.</summary>
    public async Task SumsAsync(ProcessOracle process)
    {
        var expected = process.Acknowledged();
        foreach (var row in await snapshots.ListAsync(process.Id!.Value, SnapshotSource.Smaps, CancellationToken.None))
        {
            expected.Remove(row.TakenAt.UtcTicks);
            if (!process.Snapshots.TryGetValue(row.TakenAt.UtcTicks, out var sent)) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: a row that was never sent");
            else if (row.RssBytes != sent.Vmas.SumBytes(Metric.Rss) || row.SwapBytes != sent.Vmas.SumBytes(Metric.Swap) || row.VmaCount != sent.Vmas.Count)
                tally.Complain(ref tally.Wrong, $"pid {process.Pid}: sums of snapshot {row.Number}");
        }
        foreach (var ticks in expected) tally.Complain(ref tally.Lost, $"pid {process.Pid}: no row for {new DateTime(ticks):O}");
    }

    /// <summary>The track that answers are made of, kept in memory and brought up to date: all snapshots, and the tables of some.</summary>
    public async Task CachedAsync(ProcessOracle process, Random random)
    {
        var expected = process.Acknowledged();
        var row = await processes.FindAsync(Projects.Default, process.Id!.Value, CancellationToken.None);
        if (row is null)
        {
            tally.Complain(ref tally.Lost, $"pid {process.Pid}: there is no such process");
            return;
        }
        var (times, tables) = await cache.UseAsync(row, SnapshotSource.Smaps, PartOf, CancellationToken.None);
        foreach (var point in tables) Equal(process, point);
        expected.ExceptWith(times);
        foreach (var ticks in expected) tally.Complain(ref tally.Lost, $"pid {process.Pid}: the snapshot of {new DateTime(ticks):O} is not there (cached)");
        if (times.Distinct().Count() != times.Count) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: a snapshot stands twice (cached)");

        (List<long>, List<TrackPoint>) PartOf(Track track)
        {
            var from = random.Next(Math.Max(1, track.Points.Count - CachedPoints));
            return ([.. track.Points.Select(p => p.TakenAt.UtcTicks)], [.. track.Points.Skip(from).Take(CachedPoints).Select((p, i) => new TrackPoint(p.Number, p.TakenAt, track.VmasAt(from + i)))]);
        }
    }

    private async Task<List<TrackPoint>> LoadAsync(ProcessOracle process, int afterNumber)
    {
        var points = new List<TrackPoint>();
        await foreach (var point in tracks.ByTimeAsync(process.Id!.Value, SnapshotSource.Smaps, afterNumber, CancellationToken.None)) points.Add(point);
        return points;
    }

    private void Check(ProcessOracle process, HashSet<long> expected, List<TrackPoint> points, string question)
    {
        var seen = new HashSet<long>();
        foreach (var point in points)
        {
            if (!seen.Add(point.TakenAt.UtcTicks)) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: snapshot {point.Number} stands twice ({question})");
            Equal(process, point);
        }
        expected.ExceptWith(seen);
        foreach (var ticks in expected) tally.Complain(ref tally.Lost, $"pid {process.Pid}: the snapshot of {new DateTime(ticks):O} is not there ({question})");
        Interlocked.Add(ref tally.Rows, points.Count);
    }

    private void Equal(ProcessOracle process, TrackPoint point)
    {
        var ticks = point.TakenAt.UtcTicks;
        if (process.Numbers.GetOrAdd(point.Number, ticks) != ticks) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: number {point.Number} has changed its snapshot");
        if (!process.Snapshots.TryGetValue(ticks, out var sent)) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: a snapshot that was never sent");
        else if (!sent.Vmas.HoldsSameAs(point.Vmas)) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: snapshot {point.Number} differs from what was sent");
    }

    /// <summary>The ranking over stored tables and over the oracle's; and its sum against the slope of the sums.</summary>
    private void Growth(ProcessOracle process, List<TrackPoint> points)
    {
        if (points.Count < 3 || points.Exists(p => !process.Snapshots.ContainsKey(p.TakenAt.UtcTicks))) return;
        var plain = points.ConvertAll(p => p with { Vmas = process.Snapshots[p.TakenAt.UtcTicks].Vmas });
        var stored = Rank(process, points);
        if (!stored.Select(Row).SequenceEqual(Rank(process, plain).Select(Row))) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: another ranking");
        var slope = Slope([.. plain.Select(p => (p.TakenAt - plain[0].TakenAt).TotalSeconds)], [.. plain.Select(p => (double)p.Vmas.SumBytes(Metric.Rss)!.Value)]);
        if (Math.Abs(stored.Sum(r => r.BytesPerSecond) - slope) > Tolerance * Math.Max(1, Math.Abs(slope))) tally.Complain(ref tally.Wrong, $"pid {process.Pid}: slopes do not add up");

        static (Guid, double, long, long) Row(RegionGrowth r) => (r.Region.Id, r.BytesPerSecond, r.FirstBytes, r.LastBytes);
    }

    private static IReadOnlyList<RegionGrowth> Rank(ProcessOracle process, List<TrackPoint> points)
    {
        var track = Track.Build(process.Id!.Value, SnapshotSource.Smaps, points);
        return GrowthRanking.Rank(track, 0, points.Count - 1);
    }

    private static double Slope(double[] x, double[] y)
    {
        double mx = x.Average(), my = y.Average();
        return x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum() / x.Sum(a => (a - mx) * (a - mx));
    }

    /// <summary>What a reader that asks for news knows.</summary>
    internal sealed class Known
    {
        public int LastNumber { get; set; }

        public List<TrackPoint> Points { get; } = [];
    }
}
