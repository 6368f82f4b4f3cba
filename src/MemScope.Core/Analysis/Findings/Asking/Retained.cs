using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>What malloc holds at the window's end and how much of it is in use.</summary>
/// <param name="Who">Who says so.</param>
/// <param name="InUseBytes">In use.</param>
/// <param name="HeldBytes">Held.</param>
/// <param name="Source">Where that was read.</param>
public sealed record Retained(string Who, long InUseBytes, long HeldBytes, EvidenceSource Source)
{
    /// <summary>Share that is not in use.</summary>
    public double Share => HeldBytes > 0 ? Math.Clamp(1 - ((double)InUseBytes / HeldBytes), 0, 1) : 0;

    /// <summary>Free bytes.</summary>
    public long FreeBytes => Math.Max(0, HeldBytes - InUseBytes);

    /// <summary>
    /// What is in RAM of the heap, of arenas and of memory of no known owner, where an allocator's memory lies, at the snapshot nearest to a moment: free chunks that were given back (malloc_trim,
    /// purging) are still the allocator's, but cost nothing, so it keeps no more than this. Null when the snapshots do not say.
    /// </summary>
    public static long? ResidentAt(CaseFacts c, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(c);
        var at = Nearest(c, time);
        return c.Of([Category.Heap, Category.Arena, Category.Anonymous, Category.Huge]) is { } series && double.IsFinite(series[at - c.From]) ? (long)series[at - c.From] : null;
    }

    /// <summary>The point of the window that is nearest to a moment.</summary>
    public static int Nearest(CaseFacts c, DateTimeOffset time) => Enumerable.Range(c.From, c.Count).MinBy(i => Math.Abs((c.Track.Points[i].TakenAt - time).Ticks));

    /// <summary>
    /// By the allocator's own figures; without, by the live bytes of a heap profile that counts every block against the RSS of some categories. A profile that began late knows
    /// nothing of what was allocated before it, so one that covers less than the window says nothing here.
    /// </summary>
    public static Retained? Of(CaseFacts c, IReadOnlyList<Category> categories)
    {
        ArgumentNullException.ThrowIfNull(c);
        if (c.Count == 0) return null;
        if (AllocatorChecks.States(c, []) is [.., { HeldBytes: > 0 and var held, InUseBytes: { } used } state]) return new(state.Name, used, Math.Min(held, ResidentAt(c, state.At) ?? held), AllocatorChecks.Source(state));
        var (from, to) = (c.Track.Points[c.From].TakenAt, c.Track.Points[c.To].TakenAt);
        if (CaseFacts.Ends(c.Of(categories)) is not (_, > 0 and var resident)) return null;
        foreach (var course in c.File.Heaps)
        {
            if (!course.IsComplete || course.Moments[0].At > from || course.LiveAt(to) is not { } live) continue;
            return new(course.Tool, live, resident, new EvidenceSource(EvidenceKind.HeapProfile, $"{course.Tool}, {c.SnapshotWords}") { Trace = HeapChecks.IdOf(course) });
        }
        return null;
    }
}
