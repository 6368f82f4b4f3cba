using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Heap;

/// <summary>Puts heap profiles on the time line of the snapshots, by what can be trusted most.</summary>
public static class HeapCourses
{
    /// <summary>How long the loader, or valgrind itself, takes before a profiler's clock begins, and what a start that a person wrote down is rounded to.</summary>
    private const long StartWithinMs = 1000;

    /// <summary>The course of a profile, or null when it has no live bytes or is not in bytes.</summary>
    /// <param name="id">The heap profile.</param>
    /// <param name="profile">Its content.</param>
    /// <param name="fileTime">When its file was taken (UTC).</param>
    /// <param name="start">Start of the process, or null.</param>
    /// <param name="rss">RSS of the snapshots: times in order, and bytes; empty without any.</param>
    /// <param name="origin">Where <paramref name="fileTime"/> comes from.</param>
    public static HeapCourse? Place(Guid id, HeapProfile profile, DateTimeOffset fileTime, DateTimeOffset? start, IReadOnlyList<HeapMoment> rss, TimeOrigin origin = TimeOrigin.Query)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(rss);
        if (!HeapTools.HasLiveBytes(profile)) return null;
        if (HeapClock.DatedOf(profile) is { Count: > 0 } dated) return Course(HeapTie.WallTime, dated, "by the times in the file", PrintedWithinMs(dated));
        var moments = HeapClock.MomentsOf(profile);
        if (moments.Count == 0) return null;
        if (start is { } begin && HeapTools.CountsFromStart(profile)) return Course(HeapTie.ProcessStart, HeapClock.Placed(moments, begin, 0), "by the start of the process, within 1 s", StartWithinMs);
        if (ResidentTie.Of(moments, rss) is var (zero, within))
            return Course(HeapTie.ResidentSize, HeapClock.Placed(moments, zero, 0), string.Create(CultureInfo.InvariantCulture, $"by the profiler's own RSS, within {within} ms"), within);
        // When a file came says little of when its moments were: no growth may be read from that.
        if (origin == TimeOrigin.Receipt) moments = [moments[^1]];
        return Course(HeapTie.FileTime, HeapClock.Placed(moments, fileTime, moments[^1].TimeNs), FileWords(origin), null);

        HeapCourse Course(HeapTie tie, IReadOnlyList<HeapMoment> placed, string words, long? within) =>
            new(id, profile.Tool, tie, placed) { TieWords = words, WithinMs = within, IsComplete = HeapTools.CountsAll(profile), IsGuess = tie == HeapTie.FileTime && origin == TimeOrigin.Receipt };
    }

    /// <summary>
    /// Courses with the single dumps of one tool (jeprof.1.heap, jeprof.2.heap …) joined into one each, under the newest profile's id; the newest course first. Dumps whose time is a guess stay alone.
    /// </summary>
    public static IReadOnlyList<HeapCourse> Joined(IEnumerable<HeapCourse> courses)
    {
        ArgumentNullException.ThrowIfNull(courses);
        var joined = courses.GroupBy(c => c is { Moments.Count: 1, IsGuess: false } ? c.Tool : c.Profile.ToString(), StringComparer.Ordinal).Select(g => Join([.. g.OrderBy(c => c.Moments[0].At)]));
        return [.. joined.OrderByDescending(c => c.Moments[^1].At)];
    }

    private static HeapCourse Join(IReadOnlyList<HeapCourse> dumps)
    {
        HeapMoment[] moments = [.. dumps.SelectMany(d => d.Moments).GroupBy(m => m.At).Select(g => g.Last())];
        if (dumps.Count == 1 || moments.Length == 1) return dumps[^1];
        return dumps[^1] with
        {
            Moments = moments,
            Tie = dumps.Max(d => d.Tie),
            TieWords = string.Create(CultureInfo.InvariantCulture, $"{dumps.Count:N0} dumps, each {dumps.MaxBy(d => d.Tie)!.TieWords}"),
            WithinMs = dumps.Any(d => d.WithinMs is null) ? null : dumps.Max(d => d.WithinMs),
            IsComplete = dumps.All(d => d.IsComplete),
        };
    }

    /// <summary>Times that are printed in whole seconds are cut to them.</summary>
    private static long PrintedWithinMs(IReadOnlyList<HeapMoment> dated) => dated.All(m => m.At.Ticks % TimeSpan.TicksPerSecond == 0) ? 1000 : 1;

    private static string FileWords(TimeOrigin origin) => origin switch
    {
        TimeOrigin.Query => "by the takenAt of the upload, which stands for its last moment",
        TimeOrigin.InFile => "by the time in the file, which stands for its last moment",
        TimeOrigin.MemberName => "by the time in the file's name, which stands for its last moment: a guess",
        TimeOrigin.ModificationTime => "by the time of the file, which stands for its last moment: a guess",
        _ => "by the time of its receipt, which stands for its last moment: a guess, so its earlier ones are left out",
    };
}
