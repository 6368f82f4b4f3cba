using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Traces as wire records.</summary>
internal static class TraceWires
{
    /// <summary>A trace in a list.</summary>
    public static TraceWire ToWire(this TraceRow row) =>
        new(row.Id, row.Tool, row.Events, row.From, row.To, ClockWords(row), [.. row.Losses.Select(l => l.Text)], row.CaptureId, row.FileName);

    private static string ClockWords(TraceRow row) => row.Clock switch
    {
        ClockDomain.Monotonic or ClockDomain.WallTimeOfDay when row.AnchorAt is not null => "placed on the time line by the takenAt of its upload, which stands for the first event",
        ClockDomain.Wall => "Unix time, as printed",
        ClockDomain.WallTimeOfDay => "time of day without a date: not placed on the time line",
        ClockDomain.Monotonic => "time since boot: not placed on the time line, because nothing ties it to the wall clock",
        _ => "no times",
    };
}
