using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using OddTables = MemScope.Storage.Tests.Blocks.RandomTables;

namespace MemScope.Tests;

/// <summary>Histories of address spaces as lists of tables, for tests that compare a track with what went into it.</summary>
internal static class Histories
{
    /// <summary>Rows that come, go, change in every column and stand at one start; numbers that some snapshots print and others do not, and numbers that no kernel prints.</summary>
    public static List<TrackPoint> Odd(int seed) => [.. OddTables.Points(seed).OrderBy(p => p.TakenAt).ThenBy(p => p.Number)];

    /// <summary>Rows of everyday numbers on a small address space, of which some snapshots print less and some lines lack one.</summary>
    public static List<TrackPoint> Plain(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(1, 15).Select(number =>
        {
            var lines = RandomTables.Text(random).Split('\n');
            if (random.Next(5) == 0) lines = Array.ConvertAll(lines, l => WithoutNumber(l, _ => true));
            else lines = Array.ConvertAll(lines, l => WithoutNumber(l, _ => random.Next(10) == 0));
            return Maps.Point(number, Maps.Table(random.Next(12) == 0 ? "" : string.Join('\n', lines)));
        })];
    }

    /// <summary>The snapshots of a captured case.</summary>
    public static List<TrackPoint> OfCase(string name)
    {
        using var file = File.OpenRead(Fixtures.Case(name, "smaps.tar.gz"));
        var snapshots = CaptureReader.Read(file, "smaps.tar.gz", null, Limits.Default, CancellationToken.None).Parsed.Snapshots;
        return [.. snapshots.Select(s => new TrackPoint(s.SeriesNumber!.Value, s.TakenAt!.Value, s.Vmas)).OrderBy(p => p.TakenAt).ThenBy(p => p.Number)];
    }

    public static Track Track(IEnumerable<TrackPoint> points) => Core.Analysis.Lineage.Track.Build(Maps.Process, SnapshotSource.Smaps, points);

    private static string WithoutNumber(string line, Func<string, bool> chosen)
    {
        var parts = line.Split(' ');
        if (chosen(line)) parts[2] = "-";
        return string.Join(' ', parts);
    }
}
