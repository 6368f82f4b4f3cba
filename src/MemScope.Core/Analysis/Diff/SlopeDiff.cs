using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>RSS over a window of a process.</summary>
/// <param name="Seconds">Time of each point since the window's first.</param>
/// <param name="Total">Bytes per point.</param>
/// <param name="ByCategory">Bytes per category and point; they add up to <paramref name="Total"/>.</param>
public sealed record SideSeries(double[] Seconds, double[] Total, IReadOnlyDictionary<Category, double[]> ByCategory);

/// <summary>How fast a category grows on either side.</summary>
/// <param name="Category">The category, or null for the total.</param>
/// <param name="Base">In base.</param>
/// <param name="Current">In current.</param>
public sealed record SlopeRow(Category? Category, GrowthMeasure Base, GrowthMeasure Current)
{
    /// <summary>Least-squares slope of current minus that of base: the differences of all categories add up to that of the total.</summary>
    public double BytesPerSecond => Current.BytesPerSecond - Base.BytesPerSecond;

    /// <summary>Lower end of the 95 % interval of the difference of the robust slopes: two independent intervals combined by the method of variance estimates recovery (Zou and Donner 2008).</summary>
    public double LowBytesPerSecond => Current.RobustBytesPerSecond - Base.RobustBytesPerSecond - Spread(Current.RobustBytesPerSecond - Current.LowBytesPerSecond, Base.HighBytesPerSecond - Base.RobustBytesPerSecond);

    /// <summary>Upper end of that interval.</summary>
    public double HighBytesPerSecond => Current.RobustBytesPerSecond - Base.RobustBytesPerSecond + Spread(Current.HighBytesPerSecond - Current.RobustBytesPerSecond, Base.RobustBytesPerSecond - Base.LowBytesPerSecond);

    /// <summary>Whether both sides have enough points for an interval that says something: with fewer than three, every slope is exact and means nothing.</summary>
    public bool IsKnown => Base.Points > 2 && Current.Points > 2;

    /// <summary>Whether the interval excludes equal growth.</summary>
    public bool Differs => IsKnown && (LowBytesPerSecond > 0 || HighBytesPerSecond < 0);

    private static double Spread(double a, double b) => Math.Sqrt((a * a) + (b * b));
}

/// <summary>Growth side by side, each side over its own window: what proves a fix.</summary>
public static class SlopeDiffer
{
    /// <summary>The total first, then every category that either side has, the biggest difference first.</summary>
    public static IReadOnlyList<SlopeRow> Compare(SideSeries before, SideSeries after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var rows = new List<SlopeRow>();
        foreach (var category in Model.Categories.All)
        {
            if (!before.ByCategory.ContainsKey(category) && !after.ByCategory.ContainsKey(category)) continue;
            rows.Add(new(category, Measure(before, category), Measure(after, category)));
        }
        var total = new SlopeRow(null, GrowthFit.Measure(before.Seconds, before.Total), GrowthFit.Measure(after.Seconds, after.Total));
        return [total, .. rows.OrderByDescending(r => Math.Abs(r.BytesPerSecond)).ThenBy(r => r.Category)];
    }

    // A category that a process does not have stays at nothing over its whole window.
    private static GrowthMeasure Measure(SideSeries side, Category category) =>
        GrowthFit.Measure(side.Seconds, side.ByCategory.TryGetValue(category, out var values) ? values : new double[side.Seconds.Length]);
}
