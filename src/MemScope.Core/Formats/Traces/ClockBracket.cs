using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>
/// Finds what lies between a trace's clock and wall time where a file prints both: on one line, or in lines of which the one with the date stands between two events. Each such date
/// says that the difference is at most that to the event before it and at least that to the event behind it; many narrow it down.
/// </summary>
internal sealed class ClockBracket
{
    // bpftrace turns its clock into wall time by a difference that it takes when it begins; both clocks are read one after the other.
    private const long SameLineMs = 10;
    private const long MillisecondNs = 1_000_000, SecondNs = 1_000_000_000;

    private ClockAnchor? _sameLine;
    private long? _lastNs, _pendingNs, _least, _greatest;
    private bool _zoneKnown = true;

    /// <summary>Both clocks on one line.</summary>
    public void Both(long traceNs, DateTimeOffset at, bool zoneKnown)
    {
        See(traceNs);
        _sameLine ??= new ClockAnchor(ClockAnchorOrigin.InFile, traceNs, at, !zoneKnown ? null : HasFraction(at) ? SameLineMs : 1000);
    }

    /// <summary>A time of the trace's clock.</summary>
    public void See(long traceNs)
    {
        if (_pendingNs is { } wall) _least = Math.Max(_least ?? long.MinValue, unchecked(wall - traceNs));
        _pendingNs = null;
        _lastNs = traceNs;
    }

    /// <summary>A wall time on a line of its own.</summary>
    public void Wall(DateTimeOffset at, bool zoneKnown)
    {
        _zoneKnown &= zoneKnown;
        var wall = (at - DateTimeOffset.UnixEpoch).Ticks * 100;
        _pendingNs = wall;
        if (_lastNs is { } last) _greatest = Math.Min(_greatest ?? long.MaxValue, unchecked(wall - last) + (HasFraction(at) ? MillisecondNs : SecondNs));
    }

    /// <summary>The anchor, or null when nothing ties the clocks.</summary>
    public ClockAnchor? Anchor()
    {
        if (_sameLine is not null) return _sameLine;
        if (_least is { } least && _greatest is { } greatest && least <= greatest)
        {
            var half = (greatest - least) / 2;
            return Of(least + half, _zoneKnown ? half / MillisecondNs + 1 : null);
        }
        return (_least ?? _greatest) is { } one ? Of(one, null) : null;
    }

    // The difference as an anchor at the trace's own time 0, within the times that a date can have.
    private static ClockAnchor? Of(long differenceNs, long? withinMs) => new(ClockAnchorOrigin.InFile, 0, DateTimeOffset.UnixEpoch.AddTicks(differenceNs / 100), withinMs);

    private static bool HasFraction(DateTimeOffset at) => at.Ticks % TimeSpan.TicksPerSecond != 0;
}
