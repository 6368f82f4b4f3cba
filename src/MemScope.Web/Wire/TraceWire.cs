namespace MemScope.Web.Wire;

/// <summary>A trace in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tool"><c>strace</c>, <c>bpftrace</c>, <c>gdb</c>.</param>
/// <param name="Events">How many events.</param>
/// <param name="From">First event in wall time, or null when the clock could not be anchored.</param>
/// <param name="To">Last event in wall time, or null.</param>
/// <param name="Clock">Clock domain in words with how it was anchored.</param>
/// <param name="Losses">What it lost, in sentences.</param>
/// <param name="CaptureId">The file it came in.</param>
/// <param name="FileName">The name of that file, or empty.</param>
public sealed record TraceWire(Guid Id, string Tool, int Events, DateTimeOffset? From, DateTimeOffset? To, string Clock, IReadOnlyList<string> Losses, Guid CaptureId, string FileName)
{
    /// <summary>How sure <see cref="From"/> and <see cref="To"/> are: <c>exact</c>, <c>within 10 ms</c>, <c>guessed</c>; null when the clock could not be anchored.</summary>
    public string? Sureness { get; init; }

    /// <summary>Distinct callchains.</summary>
    public int Callchains { get; init; }

    /// <summary>Seconds from the first to the last event, which is less than the tracer was asked to watch for; null without times.</summary>
    public double? ObservedSeconds { get; init; }

    /// <summary>Losses by kind (<c>lost-events</c>, <c>began-late</c>, <c>missing-stacks</c> …) with how many, where that is known, else 0.</summary>
    public IReadOnlyDictionary<string, long> LossesByKind { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);
}
