using System.Runtime.InteropServices;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Adds up a replay in all, per callchain and per thread, as far as the filter asks for it.</summary>
internal sealed class ReplayTally(Trace trace, ReplayFilter? filter)
{
    // Slot 0 is the events without a stack.
    private readonly ActivityTally?[] _callchains = new ActivityTally?[trace.Callchains.Count + 1];
    private readonly Dictionary<int, ActivityTally> _threads = [];
    private readonly bool _hasTimes = trace.Clock is not (ClockDomain.None or ClockDomain.Instructions or ClockDomain.AllocatedBytes);
    private long _firstNs = long.MaxValue, _lastNs = long.MinValue, _foreign;

    /// <summary>Everything together.</summary>
    public ActivityTally Total { get; } = new();

    /// <summary>Calls that failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Who wants to know what happens when, or null.</summary>
    public TimelineTally? Timeline { get; init; }

    /// <summary>The first and the last event of the time that is asked for, or null when none of them has a time.</summary>
    public ObservedSpan? Observed => _lastNs >= _firstNs ? new ObservedSpan(_firstNs, _lastNs) : null;

    /// <summary>Bytes unmapped that had been mapped before the trace.</summary>
    public long BeforeTraceUnmappedBytes => _foreign;

    /// <summary>Looks at every event once, failed ones too.</summary>
    public void See(in TraceEvent e)
    {
        if (filter is not null && !filter.IsInTime(e)) return;
        if (_hasTimes)
        {
            _firstNs = Math.Min(_firstNs, e.TimeNs);
            _lastNs = Math.Max(_lastNs, e.TimeNs);
        }
        if (!Counts(e)) return;
        Timeline?.Called(e);
        if (e.Failed)
        {
            Failed++;
            return;
        }
        Total.Called();
        CallchainOf(e).Called();
        ThreadOf(e).Called();
    }

    /// <summary>Whether an event is asked for.</summary>
    public bool Counts(in TraceEvent e) => filter is null || filter.Counts(e);

    /// <summary>A call mapped or grew memory.</summary>
    public void Mapped(in TraceEvent e, ulong bytes)
    {
        if (!Counts(e)) return;
        Total.Mapped(bytes);
        CallchainOf(e).Mapped(bytes);
        ThreadOf(e).Mapped(bytes);
        Timeline?.Mapped(e, bytes);
    }

    /// <summary>Nobody knows where bytes are that an event mapped.</summary>
    /// <param name="owner">The event that mapped them.</param>
    /// <param name="cause">The call after which it is not known.</param>
    /// <param name="bytes">How many.</param>
    public void Unplaced(in TraceEvent owner, in TraceEvent cause, ulong bytes)
    {
        if (!Counts(owner)) return;
        Total.Unplaced(bytes);
        CallchainOf(owner).Unplaced(bytes);
        ThreadOf(owner).Unplaced(bytes);
        Timeline?.Gone(cause, bytes);
    }

    /// <summary>A call unmapped bytes.</summary>
    /// <param name="e">The call.</param>
    /// <param name="bytes">How many, whoever had mapped them.</param>
    /// <param name="foreign">How many of them were mapped before the trace.</param>
    public void Unmapped(in TraceEvent e, ulong bytes, ulong foreign)
    {
        if (!Counts(e)) return;
        Total.Unmapped(bytes);
        CallchainOf(e).Unmapped(bytes);
        ThreadOf(e).Unmapped(bytes);
        Timeline?.Unmapped(e, bytes);
        _foreign = Saturating.Add(_foreign, (long)Math.Min(foreign, long.MaxValue));
    }

    /// <summary>Bytes that an event had mapped are gone.</summary>
    /// <param name="owner">The event that mapped them.</param>
    /// <param name="cause">What ended them.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="withProcess">Whether they ended with their process, which says nothing about how long they would have lived.</param>
    public void Freed(in TraceEvent owner, in TraceEvent cause, ulong bytes, bool withProcess)
    {
        if (!Counts(owner)) return;
        var (callchain, thread) = (CallchainOf(owner), ThreadOf(owner));
        Total.Freed(bytes);
        callchain.Freed(bytes);
        thread.Freed(bytes);
        Timeline?.Gone(cause, bytes);
        if (withProcess || !_hasTimes) return;
        var lived = cause.TimeNs - owner.TimeNs;
        Total.Lived(lived);
        callchain.Lived(lived);
        thread.Lived(lived);
    }

    /// <summary>A call of madvise gave bytes back.</summary>
    public void GaveBack(in TraceEvent e, ulong bytes)
    {
        if (!Counts(e)) return;
        Total.GaveBack(bytes);
        CallchainOf(e).GaveBack(bytes);
        ThreadOf(e).GaveBack(bytes);
    }

    /// <summary>A block is left at the end.</summary>
    public void Left(in TraceEvent owner, in OutstandingBlock block)
    {
        Total.Left(block);
        CallchainOf(owner).Left(block);
        ThreadOf(owner).Left(block);
    }

    /// <summary>Memory from before the trace is usable at the end because of a call.</summary>
    public void LeftUsable(in TraceEvent owner, ulong bytes)
    {
        Total.LeftUsable(bytes);
        CallchainOf(owner).LeftUsable(bytes);
        ThreadOf(owner).LeftUsable(bytes);
    }

    /// <summary>The callchains that made a call, most outstanding bytes first.</summary>
    public IReadOnlyList<CallchainActivity> Callchains()
    {
        var all = new List<CallchainActivity>();
        for (var slot = 0; slot < _callchains.Length; slot++)
            if (_callchains[slot] is { } tally) all.Add(new CallchainActivity(slot - 1, tally.ToActivity(ObservedNs)));
        return [.. all.OrderByDescending(c => c.Activity.OutstandingBytes).ThenByDescending(c => c.Activity.MappedBytes).ThenBy(c => c.Callchain)];
    }

    /// <summary>The threads that made a call, most outstanding bytes first.</summary>
    public IReadOnlyList<ThreadActivity> Threads() =>
        [.. _threads.Select(t => new ThreadActivity(t.Key, t.Value.ToActivity(ObservedNs))).OrderByDescending(t => t.Activity.OutstandingBytes).ThenByDescending(t => t.Activity.MappedBytes).ThenBy(t => t.Tid)];

    /// <summary>Nanoseconds observed.</summary>
    public long ObservedNs => Observed?.Ns ?? 0;

    private ActivityTally CallchainOf(in TraceEvent e)
    {
        var slot = e.Callchain >= 0 && e.Callchain < _callchains.Length - 1 ? e.Callchain + 1 : 0;
        return _callchains[slot] ??= new ActivityTally();
    }

    private ActivityTally ThreadOf(in TraceEvent e) => CollectionsMarshal.GetValueRefOrAddDefault(_threads, e.Tid, out _) ??= new ActivityTally();
}
