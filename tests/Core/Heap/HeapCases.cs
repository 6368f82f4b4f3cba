using System.Globalization;
using System.Text;
using System.Text.Json;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>The captured runs that heaptrack and the snapshots saw together, and what their programs counted themselves.</summary>
internal static class HeapCases
{
    /// <summary>The time of receipt of a file that says nothing of its time: a day behind all cases.</summary>
    public static readonly DateTimeOffset Received = new(2026, 11, 21, 22, 0, 0, TimeSpan.Zero);

    public static readonly Guid Profile = Guid.Parse("01900000-0000-7000-8000-0000000ea700");

    /// <summary>The snapshots of a case's run under heaptrack.</summary>
    public static Track Snapshots(string name) => CaseTracks.OfFile(Fixtures.Case(name, Path.Combine("with-heaptrack", "smaps.tar.gz")));

    /// <summary>The raw file of heaptrack of that run: <c>ucx-leak.raw.zst</c>.</summary>
    public static HeapProfile Heaptrack(string name) => Assert.Single(Reading.Of(Fixtures.Bytes("heaptrack", name == "ucx-leak" ? "ucx-leak.raw.zst" : "malloc-leak-long.raw.zst")).Parsed.HeapProfiles);

    /// <summary>RSS of a track's points.</summary>
    public static IReadOnlyList<HeapMoment> Rss(Track track) => [.. TrackSeries.Total(track, Metric.Rss).Select((bytes, i) => new HeapMoment(track.Points[i].TakenAt, (long)bytes))];

    /// <summary>The course of that run, tied to its snapshots by nothing but what the files hold.</summary>
    public static HeapCourse Course(string name) => HeapCourses.Place(Profile, Heaptrack(name), Received, null, Rss(Snapshots(name)), TimeOrigin.Receipt)!;

    /// <summary>A case over a window of points, all of them by default.</summary>
    public static CaseFile File(Track track, int from = 0, int? to = null) => new(track, from, to ?? track.Points.Count - 1);

    /// <summary>A time of capture.json, which the script that recorded it noted.</summary>
    public static DateTimeOffset TimeOf(string name, string key) =>
        DateTimeOffset.UnixEpoch.AddSeconds(JsonDocument.Parse(System.IO.File.ReadAllBytes(Fixtures.Case(name, Path.Combine("with-heaptrack", "capture.json")))).RootElement.GetProperty(key).GetDouble());

    /// <summary>Bytes that a program knows that it holds, once a second.</summary>
    public static IEnumerable<(DateTimeOffset At, long Bytes)> Counters(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var root = JsonDocument.Parse(line).RootElement;
            var bytes = root.GetProperty("sites").EnumerateObject().Sum(s => s.Value.GetProperty("outstanding_bytes").GetInt64());
            yield return (DateTimeOffset.UnixEpoch.AddSeconds(root.GetProperty("t").GetDouble()), bytes);
        }
    }

    /// <summary>The malloc_info dumps of glibc-fragmentation as figures, oldest first; their times are those that the program wrote beside them (mallinfo2).</summary>
    public static IReadOnlyList<SideFacts> FragmentationFigures()
    {
        var figures = new List<SideFacts>();
        var folder = Fixtures.Case("glibc-fragmentation", "run");
        foreach (var file in Directory.GetFiles(folder, "malloc_info.*.xml"))
        {
            var at = TimeBeside(file);
            figures.AddRange(Reading.Of(System.IO.File.ReadAllText(file)).Figures.Select(f => new SideFacts(f.Kind, f.Label, at, f.Bytes, f.Counts)));
        }
        return [.. figures.OrderBy(f => f.At)];
    }

    /// <summary>Figures of a fixture as of one moment.</summary>
    public static IReadOnlyList<SideFacts> Figures(params string[] fixture) =>
        [.. Reading.Of(Fixtures.Bytes(fixture), fixture[^1]).Parsed.Figures.Select(f => new SideFacts(f.Kind, f.Label, Received, f.Bytes, f.Counts))];

    public static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static DateTimeOffset TimeBeside(string file)
    {
        var beside = file.Replace("malloc_info.", "mallinfo2.", StringComparison.Ordinal).Replace(".xml", ".txt", StringComparison.Ordinal);
        var line = System.IO.File.ReadLines(beside).First(l => l.StartsWith("time ", StringComparison.Ordinal));
        return DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(line.AsSpan(5), CultureInfo.InvariantCulture));
    }
}
