using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>A list of processes as it is shown.</summary>
/// <param name="Rows">The rows, filtered and in order.</param>
/// <param name="Read">How many of the newest processes were looked at.</param>
/// <param name="IsWhole">Whether these are all that pass search and host; else older ones were not looked at.</param>
/// <param name="Verdicts">How many of those looked at have each verdict.</param>
public sealed record FleetRows(IReadOnlyList<ProcessWire> Rows, int Read, bool IsWhole, IReadOnlyDictionary<string, int> Verdicts);

/// <summary>Which processes are there, in an order of the reader's. Verdicts and rates are judged, not stored as columns: what asks for them looks at the newest processes, so many at most.</summary>
public sealed class Fleet(ProcessAnswers processes)
{
    /// <summary>Processes that are looked at for a verdict or an order.</summary>
    public const int Most = 500;

    /// <summary>The processes of a list.</summary>
    /// <param name="shown">Which, and in which order.</param>
    /// <param name="rows">How many of the newest are wanted where nothing must be looked for among them.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task<FleetRows> AskAsync(FleetShown shown, int rows, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(shown);
        var wanted = Math.Clamp(shown.KnownVerdict is not null || shown.Order != FleetShown.Newest ? Most : rows, 1, Most);
        var page = await processes.ListAsync(shown.ToFilter(), verdict: null, cursor: null, wanted, cancel);
        var kinds = page.Items.CountBy(p => p.Assessment.Kind, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var passed = page.Items.Where(p => shown.KnownVerdict is not { } only || p.Assessment.Kind == only);
        return new FleetRows([.. Ordered(passed, shown.Order)], page.Items.Count, page.Next is null, kinds);
    }

    /// <summary>Processes in an order of <see cref="FleetShown.Sorts"/>: what is not known comes last, equals stay newest first.</summary>
    public static IEnumerable<ProcessWire> Ordered(IEnumerable<ProcessWire> processes, string order) => order switch
    {
        "growth" => processes.OrderByDescending(p => p.RssBytesPerSecond ?? double.NegativeInfinity),
        "rss" => processes.OrderByDescending(p => p.RssBytes ?? -1),
        "name" => processes.OrderBy(p => p.Comm.Length == 0).ThenBy(p => p.Comm, StringComparer.OrdinalIgnoreCase).ThenBy(p => p.Pid),
        "host" => processes.OrderBy(p => p.Host, StringComparer.OrdinalIgnoreCase),
        "verdict" => processes.OrderBy(p => Place(p.Assessment.Kind)).ThenByDescending(p => p.RssBytesPerSecond ?? double.NegativeInfinity),
        _ => processes,
    };

    private static int Place(string kind) => AssessmentWire.Kinds.TakeWhile(k => k != kind).Count();
}
