using System.Globalization;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of threads and their stacks.</summary>
internal static class ThreadChecks
{
    private static readonly CheckArgument Stacks = new("stacks", ArgumentKind.Number, "at least so many");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("stacks-grow", "the number of thread stacks grows to the window's end", [Stacks], StacksGrow),
        new("threads-follow", "the number of running threads grows by that share of what the number of stacks grows by",
            [new("least", ArgumentKind.Share, "at least") { IsOptional = true }, new("most", ArgumentKind.Share, "at most") { IsOptional = true }], ThreadsFollow),
        new("stacks-thin", "half of the stacks hold at most so much", [new("bytes", ArgumentKind.Size, "in RAM, each")], StacksThin),
        new("stacks-full", "so many stacks are in RAM nearly whole and as long as huge pages are", [Stacks, new("least", ArgumentKind.Share, "of a stack's size is in RAM"), new("multiple", ArgumentKind.Size, "its size is a multiple of this")], StacksFull),
        new("stacks-huge", "that share of what those stacks hold is in huge pages", [new("least", ArgumentKind.Share, "of their RSS")], StacksHuge),
        new("stacks-born-full", "so many stacks are in RAM nearly whole in the first snapshot that has them", [Stacks, new("least", ArgumentKind.Share, "of a stack's size is in RAM")], StacksBornFull),
    ];

    private static CheckResult StacksGrow(CheckCall call)
    {
        var c = call.Case;
        if (c.Count < Assessment.ProcessAssessor.FewestSnapshots) return CheckResult.Unknown("too few snapshots to see stacks come");
        if (Counts(c) is not { } counts) return CheckResult.Of(false, "no snapshot has a thread's stack", c.SnapshotSource());
        var grown = counts[^1] - counts[0];
        // To the end: half of a steady growth comes in the second half and a quarter in the last quarter, of a pool that fills up nothing; half of that will do.
        var (late, last) = (counts[^1] - counts[counts.Length / 2], counts[^1] - counts[counts.Length * 3 / 4]);
        return CheckResult.Of(grown >= call.Number("stacks") && late >= grown / 4 && last >= grown / 8, $"{counts[0]:N0} → {counts[^1]:N0} stacks between {c.Number(c.From)} and {c.Number(c.To)}", c.SnapshotSource(Category.ThreadStack)) with
        {
            Curve = CaseFacts.Curve(counts), Metric = string.Create(CultureInfo.InvariantCulture, $"+{grown:N0}"),
        };
    }

    private static CheckResult ThreadsFollow(CheckCall call)
    {
        var c = call.Case;
        if (Counts(c) is not { } counts || counts[^1] <= counts[0]) return CheckResult.Unknown("the number of stacks does not grow");
        var readings = FigureCourses.Of(c, "status", "Threads");
        if (readings.Count < 2) return CheckResult.Unknown("no status beside the snapshots says how many threads run (/proc/PID/status, Threads)");
        var grown = readings[^1].Value - readings[0].Value;
        var share = grown / (counts[^1] - counts[0]);
        var figures = string.Create(CultureInfo.InvariantCulture, $"{readings[0].Value:N0} → {readings[^1].Value:N0} threads, {counts[0]:N0} → {counts[^1]:N0} stacks");
        return CheckResult.Of((!call.Has("least") || share >= call.Share("least")) && (!call.Has("most") || share <= call.Share("most")), figures, new EvidenceSource(EvidenceKind.Figures, "status, snapshots")) with
        {
            Curve = CaseFacts.Curve([.. readings.Select(r => r.Value)]), Metric = string.Create(CultureInfo.InvariantCulture, $"{(grown < 0 ? "−" : "+")}{Math.Abs(grown):N0}"),
        };
    }

    private static CheckResult StacksThin(CheckCall call)
    {
        var c = call.Case;
        var held = StacksAt(c).Select(s => s.Rss).Order().ToList();
        if (held.Count == 0) return CheckResult.Unknown("no snapshot has a thread's stack with RSS");
        var median = held[held.Count / 2];
        return CheckResult.Of(median <= call.Size("bytes"), $"half of {held.Count:N0} stacks hold at most {SizeWords.Size(median)}, together {SizeWords.Size(held.Sum())}", c.SnapshotSource(Category.ThreadStack)) with { Metric = SizeWords.Size(median) };
    }

    private static CheckResult StacksFull(CheckCall call)
    {
        var c = call.Case;
        if (c.Count == 0) return CheckResult.Unknown("no snapshot");
        var (all, share, multiple) = (StacksAt(c), call.Share("least"), call.Size("multiple"));
        var full = all.Where(s => s.Rss >= share * s.Size && s.Size >= multiple && s.Size % multiple == 0).ToList();
        var figures = string.Create(CultureInfo.InvariantCulture, $"{full.Count:N0} of {all.Count:N0} stacks: {SizeWords.Size(full.Sum(s => s.Rss))} in RAM of {SizeWords.Size(full.Sum(s => s.Size))} at {c.Number(c.To)}");
        return CheckResult.Of(full.Count >= call.Number("stacks"), figures, c.SnapshotSource(Category.ThreadStack)) with { Metric = string.Create(CultureInfo.InvariantCulture, $"{full.Count:N0} / {all.Count:N0}") };
    }

    private static CheckResult StacksHuge(CheckCall call)
    {
        var c = call.Case;
        if (c.Count == 0 || !c.Track.Has(c.To, Metric.AnonHugePages)) return CheckResult.Unknown("the snapshots print no AnonHugePages");
        var all = StacksAt(c);
        var (rss, huge) = (all.Sum(s => s.Rss), all.Sum(s => s.Huge));
        if (rss <= 0) return CheckResult.Unknown("no snapshot has a thread's stack with RSS");
        return CheckResult.Of(huge >= call.Share("least") * rss, $"AnonHugePages of the stacks: {SizeWords.Size(huge)} of {SizeWords.Size(rss)} at {c.Number(c.To)}", c.SnapshotSource(Category.ThreadStack)) with { Metric = GrowthChecks.Percent((double)huge / rss) };
    }

    private static CheckResult StacksBornFull(CheckCall call)
    {
        var c = call.Case;
        var (born, full) = (0, 0);
        foreach (var region in c.Track.Regions)
        {
            if (region.BornAt <= c.From || region.BornAt > c.To || c.File.Overrides.Apply(region, region.Assignment).Category != Category.ThreadStack) continue;
            if (c.Track.BytesOf(region, region.BornAt, Metric.Rss) is not { } rss || c.Track.BytesOf(region, region.BornAt, Metric.Size) is not { } size || size <= 0) continue;
            born++;
            if (rss >= call.Share("least") * size) full++;
        }
        if (born == 0) return CheckResult.Unknown("no stack came while snapshots were taken");
        return CheckResult.Of(full >= call.Number("stacks"), $"{full:N0} of {born:N0} stacks that came in the window were in RAM nearly whole at once", c.SnapshotSource(Category.ThreadStack)) with { Metric = string.Create(CultureInfo.InvariantCulture, $"{full:N0} / {born:N0}") };
    }

    /// <summary>How many stacks each point of the window has; null when none has any.</summary>
    private static double[]? Counts(CaseFacts c) =>
        c.Count > 0 && MappingCounts.ByCategory(c.Track, c.File.Overrides).TryGetValue(Category.ThreadStack, out var counts) ? counts[c.From..(c.To + 1)] : null;

    /// <summary>The stacks of the window's last point, bytes.</summary>
    private static List<(long Rss, long Size, long Huge)> StacksAt(CaseFacts c)
    {
        var stacks = new List<(long, long, long)>();
        if (c.Count == 0 || !c.Track.Has(c.To, Metric.Rss)) return stacks;
        var (regions, assigned) = (c.Track.AliveAt(c.To), c.Track.CategoriesAt(c.To));
        var vmas = c.Vmas;
        for (var i = 0; i < regions.Count; i++)
        {
            if (c.File.Overrides.Apply(regions[i], assigned[i]).Category != Category.ThreadStack) continue;
            stacks.Add((Math.Max(0, vmas[i][Metric.Rss] ?? 0) * 1024, (long)(vmas.EndColumn[i] - vmas.StartColumn[i]), Math.Max(0, vmas[i][Metric.AnonHugePages] ?? 0) * 1024));
        }
        return stacks;
    }
}
