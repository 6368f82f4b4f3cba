using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>
/// Which part of a trace is asked for. Every call up to <see cref="ToNs"/> is replayed, for a block may have been moved, cut or unmapped by calls that are not asked for; but only calls in
/// [<see cref="FromNs"/>, <see cref="ToNs"/>] by <see cref="Tid"/> are counted and own blocks. Later calls are left out: the answer is that of the trace cut there.
/// </summary>
public sealed record ReplayFilter
{
    /// <summary>First moment that counts, in the trace's clock, nanoseconds; null from the beginning.</summary>
    public long? FromNs { get; init; }

    /// <summary>Last moment, in the trace's clock, nanoseconds: the answer is what was outstanding then; null to the end. A call counts by the time at which it began.</summary>
    public long? ToNs { get; init; }

    /// <summary>The thread whose calls count; null for all.</summary>
    public int? Tid { get; init; }

    /// <summary>Whether an event is replayed at all.</summary>
    public bool Reaches(in TraceEvent e) => ToNs is not { } to || e.TimeNs <= to;

    /// <summary>Whether an event lies in the time that is asked for, whoever made it.</summary>
    public bool IsInTime(in TraceEvent e) => Reaches(e) && (FromNs is not { } from || e.TimeNs >= from);

    /// <summary>Whether an event counts.</summary>
    public bool Counts(in TraceEvent e) => IsInTime(e) && (Tid is not { } tid || e.Tid == tid);
}
