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
/// <param name="Profile">The heap profile.</param>
/// <param name="Tool">Slug of its format: <c>heaptrack</c>, <c>massif</c> …</param>
/// <param name="Tie">How it was placed in time.</param>
/// <param name="Moments">Oldest first; one at least.</param>
public sealed record HeapCourse(Guid Profile, string Tool, HeapTie Tie, IReadOnlyList<HeapMoment> Moments)
{
    /// <summary>In words, for people: <c>by the profiler's own RSS, within 40 ms</c>.</summary>
    public string TieWords { get; init; } = "";

    /// <summary>How far it may be off, milliseconds; null when that is not known.</summary>
    public long? WithinMs { get; init; }

    /// <summary>Whether every block was counted; false for samples and for tools that report only what leaked.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Live bytes at a moment: of the last point at or before it, null before the first and long after the last.</summary>
    public long? LiveAt(DateTimeOffset time)
    {
        if (Moments.Count == 0 || time < Moments[0].At) return null;
        var (low, high) = (0, Moments.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Moments[middle].At <= time) low = middle;
            else high = middle - 1;
        }
        return Moments[low].LiveBytes;
    }
}

/// <summary>A callchain of a heap profile with what it holds. Frames leaf first.</summary>
/// <param name="Profile">The heap profile.</param>
/// <param name="Frames">Its frames, named as far as possible.</param>
/// <param name="LiveBytes">Live bytes of the last dump.</param>
/// <param name="LiveCount">Live blocks.</param>
public sealed record HeapSiteFacts(Guid Profile, IReadOnlyList<Findings.SiteFrame> Frames, long LiveBytes, long LiveCount);
