using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Web.Answers;

/// <summary>What the snapshots of a track say of a trace's time.</summary>
/// <param name="Times">When each snapshot was taken, ascending.</param>
/// <param name="Bytes">RSS of each; NaN where the source prints none.</param>
/// <param name="From">First moment that is asked for, or null.</param>
/// <param name="To">Last moment, or null.</param>
internal sealed record TraceRss(DateTimeOffset[] Times, double[] Bytes, DateTimeOffset? From, DateTimeOffset? To)
{
    /// <summary>Looks around a trace; null when the window names a snapshot that the track does not have.</summary>
    public static TraceRss? Of(Track track, WindowState window)
    {
        if (!TryTime(track, window.From, window.FromTime, out var from) || !TryTime(track, window.To, window.ToTime, out var to)) return null;
        if (from > to && window is { From: not null, To: not null }) (from, to) = (to, from);
        if (track.Points.Count == 0) return new TraceRss([], [], from, to);
        var times = new DateTimeOffset[track.Points.Count];
        for (var i = 0; i < times.Length; i++) times[i] = track.Points[i].TakenAt;
        return new TraceRss(times, TrackSeries.Total(track, Metric.Rss), from, to);
    }

    /// <summary>RSS at a moment, in a straight line between the snapshots around it; NaN outside of them.</summary>
    public double At(DateTimeOffset time)
    {
        if (Times.Length == 0 || time < Times[0] || time > Times[^1]) return double.NaN;
        var at = Array.BinarySearch(Times, time);
        if (at >= 0) return Bytes[at];
        var (before, after) = (~at - 1, ~at);
        return Bytes[before] + ((time - Times[before]) / (Times[after] - Times[before]) * (Bytes[after] - Bytes[before]));
    }

    private static bool TryTime(Track track, int? number, DateTimeOffset? asked, out DateTimeOffset? time)
    {
        time = asked;
        if (number is not { } snapshot) return true;
        var at = track.IndexOfNumber(snapshot);
        if (at < 0) return false;
        time = track.Points[at].TakenAt;
        return true;
    }
}
