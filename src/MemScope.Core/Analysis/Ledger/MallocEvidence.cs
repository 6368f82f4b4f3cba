using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>What heap profilers and allocators say at the moment of one snapshot.</summary>
internal sealed record MallocEvidence
{
    /// <summary>A person who takes one figure after the other by hand needs less between them.</summary>
    private static readonly TimeSpan LeastReach = TimeSpan.FromMinutes(1);

    /// <summary>glibc serves larger blocks by mmap (M_MMAP_THRESHOLD, mallopt(3)), until a freed one has raised that bound.</summary>
    private const long LargeBlockBytes = 128 << 10;

    /// <summary>The course whose live bytes are taken, or null.</summary>
    public HeapCourse? Course { get; init; }

    /// <summary>Live bytes at the snapshot.</summary>
    public long LiveBytes { get; init; }

    /// <summary>The part of them in blocks of 128 KiB and more.</summary>
    public long LargeBytes { get; init; }

    /// <summary>What allocators say of themselves near the snapshot, one of each kind.</summary>
    public IReadOnlyList<AllocatorState> States { get; init; } = [];

    /// <summary>Kinds of which there are figures, but none near the snapshot.</summary>
    public IReadOnlyList<AllocatorState> Far { get; init; } = [];

    /// <summary>Whether nothing is known of what lives in malloc's heap.</summary>
    public bool IsNone => Course is null && States.Count == 0;

    /// <summary>The evidence at a point of the case's track.</summary>
    public static MallocEvidence At(CaseFile file, int at)
    {
        var when = file.Track.Points[at].TakenAt;
        // A course without a profile is an allocator's: its figures are taken as that.
        var course = file.Heaps.Where(h => h.Profile != Guid.Empty && h.LiveAt(when) is >= 0).OrderByDescending(h => h.IsComplete).FirstOrDefault();
        var live = course?.LiveAt(when) ?? 0;
        var nearest = file.Allocators.GroupBy(a => a.Kind, StringComparer.Ordinal).Select(g => g.MinBy(a => (a.At - when).Duration())!).OrderBy(a => a.Kind, StringComparer.Ordinal).ToList();
        var reach = Reach(file, at);
        return new MallocEvidence
        {
            Course = course,
            LiveBytes = live,
            LargeBytes = course is null ? 0 : Large(file, course, live),
            States = nearest.FindAll(a => (a.At - when).Duration() <= reach),
            Far = nearest.FindAll(a => (a.At - when).Duration() > reach),
        };
    }

    /// <summary>An allocator's figures hold for a snapshot when they are as near to it as its neighbours are, or within a minute.</summary>
    private static TimeSpan Reach(CaseFile file, int at)
    {
        var (points, reach) = (file.Track.Points, LeastReach);
        if (at > 0 && points[at].TakenAt - points[at - 1].TakenAt is var before && before > reach) reach = before;
        if (at + 1 < points.Count && points[at + 1].TakenAt - points[at].TakenAt is var after && after > reach) reach = after;
        return reach;
    }

    private static long Large(CaseFile file, HeapCourse course, long live)
    {
        Int128 all = 0, large = 0;
        foreach (var site in file.HeapSites)
        {
            if (site.Profile != course.Profile || site.LiveBytes <= 0) continue;
            all += site.LiveBytes;
            if (site.LiveCount > 0 && site.LiveBytes / site.LiveCount >= LargeBlockBytes) large += site.LiveBytes;
        }
        return all > 0 ? (long)(live * large / all) : 0;
    }
}
