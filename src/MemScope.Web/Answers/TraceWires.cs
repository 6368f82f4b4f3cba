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
            ObservedSeconds = row is { Clock: ClockDomain.Wall or ClockDomain.WallTimeOfDay or ClockDomain.Monotonic or ClockDomain.Relative, FromNs: { } first, ToNs: { } last } ? Saturating.Add(last, -first) / 1e9 : null,
        };

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
