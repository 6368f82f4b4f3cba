using MemScope.Core.Analysis.Heap;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of heap profiles against RSS, over the part of the window that both cover.</summary>
internal static class HeapChecks
{
    private const string NoProfile = "no heap profile of this process covers the window";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("heap-profile-flat", "live bytes of the heap profile have no part in the growth", [new("most", ArgumentKind.Share, "of the growth of RSS")], ProfileFlat),
        new("residual", "that share of the growth is explained by no heap profile, file or shared memory", [new("least", ArgumentKind.Share, "of the growth of RSS"), new("bytes", ArgumentKind.Size, "and at least so much")], OfGrowth),
        new("heap-explains", "live bytes of the heap profile explain that share of the growth", [new("least", ArgumentKind.Share, "of the growth of RSS")], Explains),
        new("heap-site", "callchains of the heap profile through these functions hold that share of its live bytes",
            [new("function", ArgumentKind.Patterns, "functions") { IsOptional = true }, new("least", ArgumentKind.Share, "of live bytes; without functions, of the heaviest callchain")], Site),
        new("live-below", "live bytes of the heap profile are at most that share of what these categories hold",
            [new("category", ArgumentKind.Categories, "categories, taken together"), new("most", ArgumentKind.Share, "of their RSS at the window's end")], LiveBelow),
    ];

    private static CheckResult ProfileFlat(CheckCall call)
    {
        if (call.Case.Residual is not { RssBytes: > 0 } r) return CheckResult.Unknown(NoProfile);
        return CheckResult.Of(Math.Abs((double)r.LiveBytes / r.RssBytes) <= call.Share("most"), Words(r), Source(r)) with { Metric = GrowthChecks.Signed(r.LiveBytes), Curve = CurveOf(call.Case, r) };
    }

    private static CheckResult OfGrowth(CheckCall call)
    {
        if (call.Case.Residual is not { } r) return CheckResult.Unknown(NoProfile);
        if (r.Share is not { } share) return CheckResult.Of(false, $"{Words(r)}; RSS does not grow", Source(r));
        return CheckResult.Of(share >= call.Share("least") && r.Bytes >= call.Size("bytes"), $"{Words(r)}: {GrowthChecks.Percent(share)} is in neither heap, files nor shared memory", Source(r)) with { Metric = GrowthChecks.Percent(share), Curve = CurveOf(call.Case, r) };
    }

    private static CheckResult Explains(CheckCall call)
    {
        if (call.Case.Residual is not { } r) return CheckResult.Unknown(NoProfile);
        if (r.RssBytes <= 0) return CheckResult.Of(false, $"{Words(r)}; RSS does not grow", Source(r));
        var share = (double)r.LiveBytes / r.RssBytes;
        return CheckResult.Of(share >= call.Share("least"), $"{Words(r)}: {GrowthChecks.Percent(Math.Min(1, share))} of it", Source(r)) with { Metric = GrowthChecks.Percent(Math.Min(1, share)), Curve = CurveOf(call.Case, r) };
    }

    private static CheckResult Site(CheckCall call)
    {
        var sites = call.Case.File.HeapSites;
        var live = sites.SumOf(s => s.LiveBytes);
        if (live <= 0) return CheckResult.Unknown("no heap profile has live bytes by callchain");
        var functions = call.Texts("function");
        var held = functions.Count > 0 ? sites.Where(s => s.Frames.Any(f => Pattern.MatchesAny(functions, f.Function))).ToList() : [sites.MaxBy(s => s.LiveBytes)!];
        var share = (double)held.SumOf(s => s.LiveBytes) / live;
        var words = held.Count == 0 ? $"no callchain goes through {string.Join(" or ", functions)}" : $"{(SitePlace.Of(held[0].Frames) is { } frame ? SitePlace.Name(frame) : "unnamed code")}: {SizeWords.Size(held.SumOf(s => s.LiveBytes))} of {SizeWords.Size(live)} live";
        return CheckResult.Of(share >= call.Share("least"), words, new EvidenceSource(EvidenceKind.HeapProfile, "heap profile") { Trace = sites[0].Profile }) with { Metric = GrowthChecks.Percent(share) };
    }

    private static CheckResult LiveBelow(CheckCall call)
    {
        var (c, categories) = (call.Case, call.Categories("category"));
        if (c.Count == 0 || CaseFacts.Ends(c.Of(categories)) is not var (_, held) || held <= 0) return CheckResult.Unknown($"no snapshot has {GrowthChecks.Names(categories)} with RSS");
        foreach (var course in c.File.Heaps)
        {
            if (!course.IsComplete || course.LiveAt(c.Track.Points[c.To].TakenAt) is not { } live) continue;
            var share = (double)live / held;
            return CheckResult.Of(share <= call.Share("most"), $"{course.Tool}: {SizeWords.Size(live)} live; {GrowthChecks.Names(categories)} hold {SizeWords.Size(held)} at {c.Number(c.To)}",
                new EvidenceSource(EvidenceKind.HeapProfile, course.Tool) { Trace = IdOf(course) }) with { Metric = GrowthChecks.Percent(share) };
        }
        return CheckResult.Unknown(NoProfile);
    }

    /// <summary>The profile of a course; null of one that figures of an allocator make.</summary>
    public static Guid? IdOf(HeapCourse course) => course.Profile == Guid.Empty ? null : course.Profile;

    private static string Words(Residual r) => $"RSS {GrowthChecks.Signed(r.RssBytes)}, live bytes {GrowthChecks.Signed(r.LiveBytes)}, files and shared memory {GrowthChecks.Signed(r.FileBytes)}";

    private static EvidenceSource Source(Residual r) => new(EvidenceKind.HeapProfile, $"{r.Course.Tool}, snapshots") { Trace = IdOf(r.Course) };

    private static IReadOnlyList<double> CurveOf(CaseFacts c, Residual r) =>
        CaseFacts.Curve([.. c.Track.Points.Skip(c.From).Take(c.Count).Where(p => p.TakenAt >= r.From && p.TakenAt <= r.To).Select(p => r.Course.LiveAt(p.TakenAt) is { } live ? live : double.NaN)]);
}
