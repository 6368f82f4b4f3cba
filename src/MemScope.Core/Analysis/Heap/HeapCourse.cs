using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Heap;

/// <summary>How a heap profile was put on the time line of the snapshots.</summary>
public enum HeapTie : byte
{
    /// <summary>The file says when its moments were (UTC).</summary>
    WallTime,

    /// <summary>The profiler counts from the process' start, and that is known.</summary>
    ProcessStart,

    /// <summary>The profiler read RSS itself (heaptrack): its course of RSS lies over that of the snapshots.</summary>
    ResidentSize,

    /// <summary>Only the time of the file is known: it is taken for the last moment.</summary>
    FileTime,
}

/// <summary>What a heap profiler or allocator held live at a moment. Bytes.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="LiveBytes">Allocated and not freed.</param>
public readonly record struct HeapMoment(DateTimeOffset At, long LiveBytes)
{
    /// <summary>What the allocator adds to the blocks (massif's mem_heap_extra), or null.</summary>
    public long? OverheadBytes { get; init; }
}

/// <summary>The live bytes of one heap profile on the time line of the snapshots.</summary>
/// <param name="Profile">The heap profile; empty for a course that was made of an allocator's own figures (<see cref="AllocatorStates.Courses"/>).</param>
/// <param name="Tool">Slug of its format: <c>heaptrack</c>, <c>massif</c> …</param>
/// <param name="Tie">How it was placed in time.</param>
/// <param name="Moments">Oldest first; one at least.</param>
public sealed record HeapCourse(Guid Profile, string Tool, HeapTie Tie, IReadOnlyList<HeapMoment> Moments)
{
    /// <summary>What one moment stands for before and behind it, and the most that any course stands for behind its last: a person runs two commands one after the other within a minute.</summary>
    private static readonly TimeSpan OneMoment = TimeSpan.FromMinutes(1);

    /// <summary>The least that a course stands for behind its last moment: snapshots and profiles are rarely taken at the same instant.</summary>
    private static readonly TimeSpan LeastSlack = TimeSpan.FromSeconds(1);

    /// <summary>In words, for people: <c>by the profiler's own RSS, within 40 ms</c>.</summary>
    public string TieWords { get; init; } = "";

    /// <summary>How far it may be off, milliseconds; null when that is not known.</summary>
    public long? WithinMs { get; init; }

    /// <summary>Whether every block was counted; false for samples, for tools that report only what leaked or only one runtime's objects, and for one that began late.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Whether only the time of receipt is known: no growth may be read from it.</summary>
    public bool IsGuess { get; init; }

    /// <summary>
    /// How long the last moment stands for what comes behind it: the mean time between two moments, since between two of them nothing more is known either; a second at least, a minute at most and for a single moment.
    /// </summary>
    public TimeSpan Slack => Moments.Count < 2 ? OneMoment : TimeSpan.FromTicks(Math.Clamp((Moments[^1].At - Moments[0].At).Ticks / (Moments.Count - 1), LeastSlack.Ticks, OneMoment.Ticks));

    /// <summary>
    /// Live bytes at a moment: of the last point at or before it. Null outside of what the profile covers: before its first point (of a single one, more than a minute before it) and longer than <see cref="Slack"/> behind the
    /// last.
    /// </summary>
    public long? LiveAt(DateTimeOffset time)
    {
        if (Moments.Count == 0 || time - Moments[^1].At > Slack) return null;
        if (time < Moments[0].At) return Moments.Count == 1 && Moments[0].At - time <= Slack ? Moments[0].LiveBytes : null;
        return Moments[LastUpTo(time)].LiveBytes;
    }

    /// <summary>The point nearest to a moment, the earlier of two that are equally near.</summary>
    public HeapMoment NearestTo(DateTimeOffset time)
    {
        var at = LastUpTo(time);
        return at + 1 < Moments.Count && Moments[at + 1].At - time < (time - Moments[at].At).Duration() ? Moments[at + 1] : Moments[at];
    }

    /// <summary>Place of the last point at or before a moment; 0 where all are behind it.</summary>
    private int LastUpTo(DateTimeOffset time)
    {
        var (low, high) = (0, Moments.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Moments[middle].At <= time) low = middle;
            else high = middle - 1;
        }
        return low;
    }
}

/// <summary>A callchain of a heap profile with what it holds. Frames leaf first.</summary>
/// <param name="Profile">The heap profile.</param>
/// <param name="Frames">Its frames, named as far as possible.</param>
/// <param name="LiveBytes">Live bytes of the last dump.</param>
/// <param name="LiveCount">Live blocks.</param>
public sealed record HeapSiteFacts(Guid Profile, IReadOnlyList<Findings.SiteFrame> Frames, long LiveBytes, long LiveCount);
