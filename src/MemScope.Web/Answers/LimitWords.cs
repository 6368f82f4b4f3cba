using System.Globalization;
using MemScope.Core.Analysis;
using MemScope.Core.Analysis.Growth;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>The limit that growth runs into, in words.</summary>
internal static class LimitWords
{
    /// <summary>What is answered where no capture names a limit.</summary>
    public const string Unknown = "No limit known: send memory.max and memory.current of the cgroup, or /proc/meminfo.";

    /// <summary>The limit that is reached first, or without growth the one with the least left.</summary>
    /// <param name="figures">Latest figures of the process.</param>
    /// <param name="growth">Growth of RSS, or null where there is none.</param>
    /// <param name="to">Time of its last snapshot.</param>
    public static LimitWire Of(IEnumerable<FiguresRow> figures, GrowthMeasure? growth, DateTimeOffset? to)
    {
        var limits = figures.SelectMany(f => MemoryLimit.Of(f.Kind, f.Label, f.Bytes, f.TakenAt)).ToList();
        if (limits.Count == 0) return new LimitWire(null, null, null, null, null, Unknown);
        if (growth is not null && to is { } measured && TimeToLimit.Of(limits, growth, measured) is { } reached) return Reached(reached, growth, measured);
        var least = limits.MinBy(l => l.LeftBytes(growth?.LastBytes ?? 0))!;
        var why = growth is null ? "Growth is not known." : TimeToLimit.KeepsGrowing(growth) ? "At this rate it is more than ten years off." : "RSS does not keep growing.";
        return new LimitWire(least.Kind, least.Label, least.LimitBytes, least.UsedBytes, least.At, $"{Upper(Name(least))}: {SizeWords.Size(least.LeftBytes(growth?.LastBytes ?? 0))} left. {why}");
    }

    private static LimitWire Reached(TimeToLimit reached, GrowthMeasure growth, DateTimeOffset to)
    {
        var limit = reached.Limit;
        var left = reached.ReachedAt - to;
        var when = left <= TimeSpan.Zero
            ? $"By now RSS would have reached {Name(limit)}, which was read {Words(to - limit.At)} before the last snapshot."
            : $"RSS reaches {Name(limit)} in {Words(left)} at this rate{Between(Words(Positive(reached.EarliestAt - to)), Words(Positive(reached.LatestAt - to)))}.";
        return new LimitWire(limit.Kind, limit.Label, limit.LimitBytes, limit.UsedBytes, limit.At, $"{when} {Difference(limit, growth)}")
        {
            ReachedAt = reached.ReachedAt,
            EarliestAt = reached.EarliestAt,
            LatestAt = reached.LatestAt,
            SecondsLeft = Math.Max(0, left.TotalSeconds),
        };
    }

    /// <summary>What counts against the limit beside the process' RSS.</summary>
    private static string Difference(MemoryLimit limit, GrowthMeasure growth)
    {
        var faster = growth.Shape == GrowthShape.Geometric ? " It grows faster all the time, so sooner." : "";
        if (limit.UsedBytes is not { } used) return $"What else counts against it is not known: send memory.current too.{faster}";
        var others = used - growth.LastBytes;
        if (limit.Kind == "ram") return $"{SizeWords.Size(used)} of it were in use by all processes.{faster}";
        return others > 0 ? $"{SizeWords.Size(used)} counted against it, {SizeWords.Size(others)} more than this RSS: other processes, page cache and kernel memory.{faster}" : $"{SizeWords.Size(used)} counted against it.{faster}";
    }

    private static string Name(MemoryLimit limit) => limit.Kind == "ram" ? $"the machine's RAM of {SizeWords.Size(limit.LimitBytes)}" : $"the cgroup's limit of {SizeWords.Size(limit.LimitBytes)}";

    private static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    // An interval within the rounding of its ends says no more than the time itself.
    private static string Between(string earliest, string latest) => earliest == latest ? "" : $" (between {earliest} and {latest})";

    private static TimeSpan Positive(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;

    /// <summary><c>45 s</c>, <c>7 min 31 s</c>, <c>12 min</c>, <c>2 h 10 min</c>, <c>3 d 4 h</c>, <c>210 d</c>.</summary>
    public static string Words(TimeSpan time) => time switch
    {
        { TotalSeconds: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalMinutes: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
        { TotalMinutes: < 100 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        { TotalDays: < 14 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} d {time.Hours} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} d"),
    };
}
