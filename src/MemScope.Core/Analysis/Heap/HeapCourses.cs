using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Heap;

/// <summary>Puts heap profiles on the time line of the snapshots.</summary>
public static class HeapCourses
{
    /// <summary>The course of a profile, or null when it has no live bytes or is not in bytes.</summary>
    /// <param name="id">The heap profile.</param>
    /// <param name="profile">Its content.</param>
    /// <param name="fileTime">When its file was taken (UTC).</param>
    /// <param name="start">Start of the process, or null.</param>
    /// <param name="rss">RSS of the snapshots: times in order, and bytes; empty without any.</param>
    public static HeapCourse? Place(Guid id, HeapProfile profile, DateTimeOffset fileTime, DateTimeOffset? start, IReadOnlyList<HeapMoment> rss)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(rss);
        return profile.LiveBytes is { } live ? new HeapCourse(id, profile.Tool, HeapTie.FileTime, [new HeapMoment(fileTime, live)]) : null;
    }
}
