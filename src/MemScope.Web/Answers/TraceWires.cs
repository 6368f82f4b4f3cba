using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Traces as wire records.</summary>
internal static class TraceWires
{
    /// <summary>A trace in a list.</summary>
    public static TraceWire ToWire(this TraceRow row) =>
        new(row.Id, row.Tool, row.Events, row.From, row.To, ClockWords(row), [.. row.Losses.Select(l => l.Text)], row.CaptureId, row.FileName)
        {
            Sureness = row.Anchor?.Sureness,
            Callchains = row.Callchains,
            ObservedSeconds = MeasuresTime(row.Clock) && row is { FromNs: { } first, ToNs: { } last } ? new ObservedSpan(first, last).Ns / 1e9 : null,
            LossesByKind = row.Losses.GroupBy(l => l.Kind, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.SumOf(l => l.Count), StringComparer.Ordinal),
        };

    /// <summary>Whether a clock counts time, not instructions or bytes.</summary>
    public static bool MeasuresTime(ClockDomain clock) => clock is ClockDomain.Wall or ClockDomain.WallTimeOfDay or ClockDomain.Monotonic or ClockDomain.Relative;

    private static string ClockWords(TraceRow row) => row.Anchor switch
    {
        { Origin: ClockAnchorOrigin.Clock } => "Unix time, as printed",
        { } anchor => $"placed on the time line by {anchor.Words}: {anchor.Sureness}",
        null => row.Clock switch
        {
            ClockDomain.WallTimeOfDay => "time of day without a date: not placed on the time line",
            ClockDomain.Monotonic => "time since boot: not placed on the time line, because nothing ties it to the wall clock",
            ClockDomain.Relative => "time since the trace's beginning: not placed on the time line, because nothing says when that was",
            _ => "no times",
        },
    };
}
