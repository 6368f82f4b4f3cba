using System.Collections.Concurrent;
using System.Text.Json;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests.Findings;

/// <summary>The captured runs of <c>tests/fixtures/signatures</c> as case files: what lies in the folder of a run is all that is known of it.</summary>
internal static class SignatureRuns
{
    private static readonly string[] Figures = ["status", "meminfo", "vmstat"];

    private static readonly ConcurrentDictionary<string, CaseFile> Read = new(StringComparer.Ordinal);

    /// <summary>A run (<c>s19-python-arenas/hold</c>), or a case of the corpus where there is no run of that name.</summary>
    public static CaseFile Of(string name) =>
        Directory.Exists(Folder(name)) ? Read.GetOrAdd(name, Whole) : Cases.Named(name);

    /// <summary>What the program counted at the moment of a snapshot: the last line it had printed by then.</summary>
    public static JsonElement Counted(string name, DateTimeOffset at)
    {
        var truth = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(name), "truth.json"))).RootElement;
        return truth.GetProperty("counted").EnumerateArray().Last(c => DateTimeOffset.UnixEpoch.AddSeconds(c.GetProperty("at").GetDouble()) <= at);
    }

    /// <summary>How much a number of the program rose between the first and the last snapshot.</summary>
    public static double CountedRise(string name, string number)
    {
        var points = Of(name).Track.Points;
        return Counted(name, points[^1].TakenAt).GetProperty(number).GetDouble() - Counted(name, points[0].TakenAt).GetProperty(number).GetDouble();
    }

    private static CaseFile Whole(string name)
    {
        var snapshots = new[] { "smaps.tar.gz", "smaps.tar.zst", "maps.tar.gz", "maps.tar.zst" }.Select(f => Path.Combine(Folder(name), f)).First(File.Exists);
        var parsed = Parsed(snapshots);
        var track = Track.Build(Maps.Process, parsed.Snapshots[0].Source, parsed.Snapshots.Select(s => new TrackPoint(s.SeriesNumber!.Value, s.TakenAt!.Value, s.Vmas)));
        var file = Cases.OfTrack(track) with
        {
            Figures = [.. Figures.Select(f => Path.Combine(Folder(name), f + ".tar.gz")).Where(File.Exists).SelectMany(f => Parsed(f).Figures).Where(f => f.TakenAt is not null)
                .Select(f => new SideFacts(f.Kind, f.Label, f.TakenAt!.Value, f.Bytes, f.Counts)).OrderBy(f => f.At)],
        };
        var (heap, strace) = (Path.Combine(Folder(name), "heaptrack.zst"), Path.Combine(Folder(name), "strace.txt.gz"));
        if (File.Exists(heap)) file = file.WithHeap(Path.GetRelativePath(Fixtures.PathOf(), heap));
        return File.Exists(strace) && Parsed(strace).Traces is [var trace, ..] ? file.With(trace) : file;
    }

    private static ParsedCapture Parsed(string path) => Reading.Of(File.ReadAllBytes(path), Path.GetFileName(path)).Parsed;

    private static string Folder(string name) => Fixtures.PathOf(["signatures", .. name.Split('/')]);
}
