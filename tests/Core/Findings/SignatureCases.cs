using System.Globalization;
using System.Text.Json;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;

namespace MemScope.Tests.Findings;

/// <summary>The captured signatures as case files: snapshots, figures and traces as far as they were recorded. tests/fixtures/signatures/README.md says what they are.</summary>
internal static class SignatureCases
{
    private static readonly string[] FigureFiles = ["status", "cgroup", "figures", "nmt", "mallocinfo"];
    private static readonly string[] TraceFiles = ["bt.txt.gz", "strace.txt.gz"];

    /// <summary>A run with all that was recorded of it: <c>s09-cgroup-page-cache/leak</c>.</summary>
    public static CaseFile Of(string name) => WithTraces(Untraced(name), name);

    /// <summary>A run without its traces.</summary>
    public static CaseFile Untraced(string name)
    {
        var track = CaseTracks.OfFile(PathOf(name, "smaps.tar.gz"));
        var figures = new List<SideFacts>();
        foreach (var kind in FigureFiles)
        {
            if (!File.Exists(PathOf(name, kind + ".tar.gz"))) continue;
            figures.AddRange(Reading.Of(File.ReadAllBytes(PathOf(name, kind + ".tar.gz")), kind + ".tar.gz").Parsed.Figures.Select(f => new SideFacts(f.Kind, f.Label, f.TakenAt!.Value, f.Bytes, f.Counts)));
        }
        var ordered = figures.OrderBy(f => f.At).ToList();
        var file = new CaseFile(track, 0, track.Points.Count - 1) { Figures = ordered, Allocators = AllocatorStates.Of(ordered) };
        return Directory.GetFiles(PathOf(name, ""), "heap_*.prof.gz") is [var heap] ? file with { Heaps = [CourseOf(heap)] } : file;
    }

    /// <summary>A heap profile whose time stands in its name.</summary>
    private static HeapCourse CourseOf(string path)
    {
        var profile = Assert.Single(Reading.Of(File.ReadAllBytes(path), Path.GetFileName(path)).Parsed.HeapProfiles);
        var at = DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(Path.GetFileName(path)["heap_".Length..^".prof.gz".Length], CultureInfo.InvariantCulture));
        return Assert.IsType<HeapCourse>(HeapCourses.Place(new Guid(7, 7, 7, new byte[8]), profile, at, null, []));
    }

    /// <summary>What the program counted itself, first and last.</summary>
    public static JsonElement Truth(string name) => JsonDocument.Parse(File.ReadAllBytes(PathOf(name, "truth.json"))).RootElement;

    /// <summary>A case up to a snapshot by its number.</summary>
    public static CaseFile UpTo(this CaseFile file, int number) => file with { To = file.Track.IndexOfNumber(number) };

    /// <summary>A case without figures of a kind.</summary>
    public static CaseFile Without(this CaseFile file, string kind) =>
        file with { Figures = [.. file.Figures.Where(f => f.Kind != kind)], Allocators = [.. file.Allocators.Where(a => a.Kind != kind)] };

    private static CaseFile WithTraces(CaseFile file, string name)
    {
        var traces = TraceFiles.Where(t => File.Exists(PathOf(name, t))).SelectMany(t => Reading.Of(File.ReadAllBytes(PathOf(name, t)), t).Parsed.Traces).ToArray();
        return traces.Length == 0 ? file : file.With(traces);
    }

    private static string PathOf(string name, string file) => Fixtures.PathOf(["signatures", .. name.Split('/'), file]);
}
