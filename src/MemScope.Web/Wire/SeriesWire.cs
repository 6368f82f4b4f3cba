namespace MemScope.Web.Wire;

/// <summary>Columns for a chart: one time column, then one value column per key, all of equal length. NaN marks a point where a series does not exist.</summary>
/// <param name="Source">The track.</param>
/// <param name="Metric">Which number: a slug of <see cref="Core.Analysis.Growth.GrowthMetric"/>.</param>
/// <param name="Keys">Names of the series: category slugs, backings, region ids, or <c>total</c>; top of a stack first.</param>
/// <param name="Titles">Names for people, in the order of the keys.</param>
/// <param name="Numbers">Snapshot number per point.</param>
/// <param name="UnixMs">Time per point, milliseconds since 1970 UTC.</param>
/// <param name="Values">Values in <see cref="Unit"/>, per key then per point.</param>
/// <param name="Decimated">Whether points were left out; least and greatest are kept.</param>
public sealed record SeriesWire(string Source, string Metric, IReadOnlyList<string> Keys, IReadOnlyList<string> Titles, int[] Numbers, double[] UnixMs, double[][] Values, bool Decimated)
{
    /// <summary>How many of the track's earliest snapshots are missing, because the server does not hold more in memory; 0 as a rule.</summary>
    public int LeftOutSnapshots { get; init; }

    /// <summary>Of regions and backings: the category of each key, in their order; empty else, and for <c>other</c> an empty text.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary><c>bytes</c> or <c>count</c>.</summary>
    public string Unit { get; init; } = "bytes";

    /// <summary>Why there are no values: <c>pmap -x does not print PSS.</c>; else null.</summary>
    public string? Missing { get; init; }

    /// <summary>What <see cref="Numbers"/> are: <c>snapshot</c> numbers, or <c>ms</c> since the beginning of a trace.</summary>
    public string NumberUnit { get; init; } = "snapshot";

    /// <summary>Whether <see cref="UnixMs"/> counts from the trace's first event, because nothing ties its clock to wall time.</summary>
    public bool IsRelative { get; init; }
}
