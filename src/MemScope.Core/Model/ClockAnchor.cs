namespace MemScope.Core.Model;

/// <summary>What says how a trace's clock lies to wall time, most trusted first. The values are stored.</summary>
public enum ClockAnchorOrigin : byte
{
    /// <summary>The clock is wall time: nothing is needed (strace -ttt).</summary>
    Clock,
    /// <summary>The upload names the time of the first event: <c>traceStart</c>.</summary>
    TraceStart,
    /// <summary>The file prints both clocks side by side: a TRACE-BEGIN line with the time, dates between the events.</summary>
    InFile,
    /// <summary>The upload's <c>takenAt</c>, taken for the time of the first event.</summary>
    TakenAt,
    /// <summary>The time in the archive member's name, for the date of times of day.</summary>
    MemberName,
    /// <summary>The modification time in the archive or the gzip header, for the date of times of day.</summary>
    ModificationTime,
}

/// <summary>
/// What ties a trace's clock to wall time. Two clocks are joined only through one: times since boot, times of day without a date and times since a beginning stand on no time line
/// without it.
/// </summary>
/// <param name="Origin">Where it comes from.</param>
/// <param name="TraceNs">A moment in the trace's clock, nanoseconds.</param>
/// <param name="At">The same moment in wall time (UTC).</param>
/// <param name="WithinMs">How far it may be off, milliseconds: 0 is exact; null is a guess of unknown error.</param>
public sealed record ClockAnchor(ClockAnchorOrigin Origin, long TraceNs, DateTimeOffset At, long? WithinMs)
{
    private const long DayNs = 86_400_000_000_000;

    // Clocks of two machines, and the time that writing takes.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    /// <summary>The anchor of a clock that counts nanoseconds since 1970.</summary>
    public static ClockAnchor UnixTimes { get; } = new(ClockAnchorOrigin.Clock, 0, DateTimeOffset.UnixEpoch, 0);

    /// <summary>How sure it is: <c>exact</c>, <c>within 10 ms</c>, <c>guessed</c>.</summary>
    public string Sureness => WithinMs switch { 0 => "exact", { } ms => FormattableString.Invariant($"within {ms} ms"), null => "guessed" };

    /// <summary>Where it comes from, for people.</summary>
    public string Words => Origin switch
    {
        ClockAnchorOrigin.Clock => "Unix time, as printed",
        ClockAnchorOrigin.TraceStart => "the upload's traceStart, the time of the first event",
        ClockAnchorOrigin.InFile => "wall times that the file prints beside the trace's own",
        ClockAnchorOrigin.TakenAt => "the takenAt of the upload, which stands for the first event",
        ClockAnchorOrigin.MemberName => "the time in the file's name, for the date",
        _ => "the time of the file, for the date",
    };

    /// <summary>The most trusted anchor of a trace, or null when nothing ties its clock to wall time.</summary>
    /// <param name="trace">The trace, with the anchor that its file gives.</param>
    /// <param name="firstNs">Its first event.</param>
    /// <param name="traceStart">When that was, as the upload says, or null.</param>
    /// <param name="takenAt">When the upload was taken, as it says, or null.</param>
    public static ClockAnchor? Of(Trace trace, long firstNs, DateTimeOffset? traceStart, DateTimeOffset? takenAt)
    {
        ClockAnchor? told = traceStart is { } start ? new ClockAnchor(ClockAnchorOrigin.TraceStart, firstNs, start, 0)
            : takenAt is { } taken ? new ClockAnchor(ClockAnchorOrigin.TakenAt, firstNs, taken, null) : null;
        return trace.Anchor is { } own && (told is null || own.Origin < told.Origin) ? own : told;
    }

    /// <summary>Wall time of a moment of the trace.</summary>
    public DateTimeOffset WallOf(long traceNs) => AtTicks(At.UtcTicks + unchecked(traceNs - TraceNs) / 100);

    /// <summary>An anchor for times of day: the latest date at which the last event lies before the file's own time. The zone of the times is not known; it is taken for UTC.</summary>
    /// <param name="lastNs">Last event, nanoseconds since the midnight before the first.</param>
    /// <param name="writtenAt">When the file was written.</param>
    /// <param name="origin">Where that is from.</param>
    public static ClockAnchor OfDay(long lastNs, DateTimeOffset writtenAt, ClockAnchorOrigin origin)
    {
        const long DayTicks = DayNs / 100;
        var latest = writtenAt.UtcTicks + Slack.Ticks - lastNs / 100;
        return new ClockAnchor(origin, 0, AtTicks(latest - latest % DayTicks), null);
    }

    // A damaged file's times may lie outside of what a date can be.
    private static DateTimeOffset AtTicks(long ticks) => new(Math.Clamp(ticks, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
}
