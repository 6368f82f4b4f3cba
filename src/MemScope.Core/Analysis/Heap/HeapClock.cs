using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Heap;

/// <summary>A point of a heap profile in the profile's own time, and what it says of that moment.</summary>
/// <param name="TimeNs">Nanoseconds in the profile's clock; 0 for all where it has none.</param>
/// <param name="LiveBytes">Allocated and not freed.</param>
internal readonly record struct ClockedMoment(long TimeNs, long LiveBytes)
{
    /// <summary>RSS as the profiler read it, or null.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>What the allocator adds, or null.</summary>
    public long? OverheadBytes { get; init; }
}

/// <summary>The moments of a heap profile in order of its own clock.</summary>
internal static class HeapClock
{
    /// <summary>
    /// The moments of a profile, in order of time: its course where it has one, else its dumps. A clock that measures no time (instructions, bytes allocated) leaves only the last. Moments with a negative number, as broken files
    /// have them, are left out; of several at one time the last of the file stays.
    /// </summary>
    public static IReadOnlyList<ClockedMoment> MomentsOf(HeapProfile profile)
    {
        var moments = new List<ClockedMoment>(Math.Max(profile.Timeline.Count, profile.Dumps.Count));
        foreach (var point in profile.Timeline)
            if (point.LiveBytes >= 0) moments.Add(new ClockedMoment(point.Time, point.LiveBytes) { ResidentBytes = point.ResidentBytes is >= 0 and var r ? r : null, OverheadBytes = point.OverheadBytes is >= 0 and var o ? o : null });
        if (moments.Count == 0)
        {
            foreach (var dump in profile.Dumps)
                if (dump.LiveBytes is >= 0 and var live) moments.Add(new ClockedMoment(dump.Time ?? 0, live));
        }
        if (moments.Count == 0) return [];
        if (!MeasuresTime(profile)) return [moments[^1] with { TimeNs = 0 }];
        return [.. moments.OrderBy(m => m.TimeNs).GroupBy(m => m.TimeNs).Select(g => g.Last())];
    }

    /// <summary>The moments of the dumps that say when they were (UTC); empty when the file does not say.</summary>
    public static IReadOnlyList<HeapMoment> DatedOf(HeapProfile profile)
    {
        if (profile.Clock == ClockDomain.Wall && profile.Timeline.Count > 0) return Placed(MomentsOf(profile), DateTimeOffset.UnixEpoch, 0);
        var dated = profile.Dumps.Where(d => d is { TakenAt: not null, TimeOrigin: TimeOrigin.InFile, LiveBytes: >= 0 }).Select(d => new HeapMoment(d.TakenAt!.Value.ToUniversalTime(), d.LiveBytes!.Value));
        return [.. dated.OrderBy(m => m.At).GroupBy(m => m.At).Select(g => g.Last())];
    }

    /// <summary>Moments on the time line, where a time of the profile's clock is known. A broken file's times end where dates do.</summary>
    public static IReadOnlyList<HeapMoment> Placed(IReadOnlyList<ClockedMoment> moments, DateTimeOffset at, long atNs)
    {
        var placed = new HeapMoment[moments.Count];
        for (var i = 0; i < placed.Length; i++)
        {
            var ticks = Saturating.Add(at.UtcTicks, Saturating.Subtract(moments[i].TimeNs, atNs) / 100);
            placed[i] = new HeapMoment(new DateTimeOffset(Math.Clamp(ticks, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero), moments[i].LiveBytes) { OverheadBytes = moments[i].OverheadBytes };
        }
        return placed;
    }

    private static bool MeasuresTime(HeapProfile profile) => profile.Clock is ClockDomain.Wall or ClockDomain.WallTimeOfDay or ClockDomain.Monotonic or ClockDomain.Relative;
}
