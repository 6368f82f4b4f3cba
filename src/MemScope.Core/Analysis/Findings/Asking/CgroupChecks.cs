using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of what the cgroup of a process is charged, against what the process holds.</summary>
internal static class CgroupChecks
{
    private const string None = "no figures of the cgroup beside the snapshots: memory.current and memory.stat (cgroup v2), or memory.usage_in_bytes (v1)";

    /// <summary>What a cgroup's bytes are. Of each the first keys that the files have count, added up: v2, then v1, whose sums over child groups are called total_ (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst).</summary>
    private static readonly Dictionary<string, string[][]> Parts = new(StringComparer.Ordinal)
    {
        ["file"] = [["file"], ["total_cache"], ["cache"]],
        ["reclaimable-file"] = [["total_inactive_file", "total_active_file"], ["inactive_file", "active_file"]],
        ["anon"] = [["anon"], ["total_rss"], ["rss"]],
        ["kernel"] = [["kernel"], ["memory.kmem.usage_in_bytes"], ["slab", "kernel_stack", "pagetables", "percpu", "sock", "vmalloc"], ["slab_unreclaimable", "slab_reclaimable"]],
        ["shmem"] = [["shmem"], ["total_shmem"]],
        ["slab-kept"] = [["slab_unreclaimable"]],
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("cgroup-outgrows", "what the cgroup is charged grows, and RSS does not",
            [new("least", ArgumentKind.Share, "of what the cgroup is charged at the end came in the window"), new("bytes", ArgumentKind.Size, "and at least so much"),
             new("most", ArgumentKind.Share, "of that growth is RSS of this process")], Outgrows),
        new("cgroup-part", "that share of the cgroup's growth is of this kind",
            [new("part", ArgumentKind.Words, "which, of memory.stat") { Words = [.. Parts.Keys] }, new("least", ArgumentKind.Share, "of the growth of the cgroup")], Part),
    ];

    private static CheckResult Outgrows(CheckCall call)
    {
        var c = call.Case;
        if (Usage(c) is not { Count: >= Assessment.ProcessAssessor.FewestSnapshots } usage) return CheckResult.Unknown(None);
        var (first, last) = (Courses.NearestIndex(c, usage[0].At), Courses.NearestIndex(c, usage[^1].At));
        var (grown, rss) = (usage[^1].Value - usage[0].Value, c.Rss[last] - c.Rss[first]);
        if (!double.IsFinite(rss)) return CheckResult.Unknown("the snapshots print no RSS");
        var figures = $"cgroup {SizeWords.Size((long)usage[0].Value)} → {SizeWords.Size((long)usage[^1].Value)}; RSS {SizeWords.Size((long)c.Rss[first])} → {SizeWords.Size((long)c.Rss[last])}";
        var holds = grown > 0 && grown >= call.Share("least") * usage[^1].Value && grown >= call.Size("bytes") && rss <= call.Share("most") * grown;
        return CheckResult.Of(holds, figures, Source) with { Curve = CaseFacts.Curve([.. usage.Select(u => u.Value)]), Metric = GrowthChecks.Signed((long)grown) };
    }

    private static CheckResult Part(CheckCall call)
    {
        var c = call.Case;
        if (Usage(c) is not { Count: >= 2 } usage) return CheckResult.Unknown(None);
        var (grown, part) = (usage[^1].Value - usage[0].Value, call.Text("part")!);
        if (grown <= 0) return CheckResult.Of(false, "what the cgroup is charged does not grow", Source);
        if (Course(c, part) is not { Count: >= 2 } course) return CheckResult.Unknown($"the figures of the cgroup have no {part.Replace('-', ' ')}");
        var bytes = course[^1].Value - course[0].Value;
        return CheckResult.Of(bytes >= call.Share("least") * grown, $"{part.Replace('-', ' ')}: {SizeWords.Size((long)course[0].Value)} → {SizeWords.Size((long)course[^1].Value)}, {GrowthChecks.Percent(bytes / grown)} of the cgroup's growth", Source) with
        {
            Curve = CaseFacts.Curve([.. course.Select(r => r.Value)]), Metric = GrowthChecks.Percent(bytes / grown),
        };
    }

    private static List<FigureReading> Usage(CaseFacts c) => Of(c, [["memory.current"], ["memory.usage_in_bytes"]]);

    private static List<FigureReading> Course(CaseFacts c, string part) => Of(c, Parts[part]);

    /// <summary>Of the cgroup with most readings: an upload may hold those of parents too.</summary>
    private static List<FigureReading> Of(CaseFacts c, string[][] choices)
    {
        var group = FigureCourses.In(c, "cgroup").GroupBy(f => f.Label ?? "", StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key.Length).FirstOrDefault();
        if (group is null) return [];
        foreach (var keys in choices)
        {
            var readings = group.Select(f => (f.At, Values: keys.Select(k => FigureCourses.Value(f, k)).Where(v => v is not null).ToList())).Where(r => r.Values.Count > 0)
                .Select(r => new FigureReading(r.At, r.Values.Sum(v => v!.Value))).ToList();
            if (readings.Count > 0) return readings;
        }
        return [];
    }

    private static EvidenceSource Source => new(EvidenceKind.Figures, "cgroup, snapshots");
}
