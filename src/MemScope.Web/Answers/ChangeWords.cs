using System.Globalization;
using MemScope.Core.Analysis;
using MemScope.Core.Analysis.Growth;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Change points in words: <c>Since 14:03:10 it grows by 24.7 MiB/min; before, it was level.</c></summary>
internal static class ChangeWords
{
    /// <summary>A slope of less than this per minute is level: of bytes a page, of a count a tenth.</summary>
    private const double LevelBytes = 4096, LevelCount = 0.1;

    /// <summary>A slope below this share of the other one is level beside it.</summary>
    private const double LevelShare = 0.03;

    /// <summary>For the wire; times are those of the window.</summary>
    public static ChangePointWire ToWire(TrackWindow window, ChangePoint change, GrowthMetric metric)
    {
        var at = window.First.TakenAt.AddSeconds(change.Seconds);
        return new ChangePointWire(at, change.BeforeBytesPerSecond, change.AfterBytesPerSecond, change.JumpBytes, Words(at, change, metric));
    }

    private static string Words(DateTimeOffset at, ChangePoint change, GrowthMetric metric)
    {
        var (before, after) = (change.BeforeBytesPerSecond * 60, change.AfterBytesPerSecond * 60);
        var level = Math.Max(metric.IsBytes ? LevelBytes : LevelCount, LevelShare * Math.Max(Math.Abs(before), Math.Abs(after)));
        var clock = at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var jump = change.JumpBytes == 0 ? "" : $"At {clock} it jumps {(change.JumpBytes > 0 ? "up" : "down")} by {Amount(change.JumpBytes, metric)}. ";
        if (Math.Abs(before) <= level && Math.Abs(after) <= level) return jump.Length > 0 ? jump.TrimEnd() : $"At {clock} its slope changes a little.";
        var now = Math.Abs(after) <= level ? "is level" : $"{(after > 0 ? "grows" : "falls")} by {Amount(after, metric)}/min";
        var then = Math.Abs(before) <= level ? "was level" : $"{(before > 0 ? "grew" : "fell")} by {Amount(before, metric)}/min";
        return $"{jump}Since {clock} it {now}; before, it {then}.";
    }

    private static string Amount(double value, GrowthMetric metric) =>
        metric.IsBytes ? SizeWords.Size((long)value) : Math.Abs(value).ToString(Math.Abs(value) < 10 ? "0.#" : "0", CultureInfo.InvariantCulture);
}
