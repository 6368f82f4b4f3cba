namespace MemScope.Web.Components.Charts;

/// <summary>Another run, drawn as a line over the chart and aligned with its beginning.</summary>
/// <param name="Words">What it is, with its last value.</param>
/// <param name="Short">The same where there is little room.</param>
/// <param name="UnixMs">Time of each point on the axis of the chart, milliseconds since 1970 UTC; none behind the chart's end.</param>
/// <param name="Bytes">RSS of each point.</param>
public sealed record ChartRun(string Words, string Short, IReadOnlyList<double> UnixMs, IReadOnlyList<double> Bytes);
