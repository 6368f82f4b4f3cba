namespace MemScope.Core.Analysis.Growth;

/// <summary>
/// Says which form a series has. Each test asks for what a person would point at in the picture; the first that holds decides. The thresholds were set on the captures of
/// known truth and on the made series that the tests replay, with room on both sides.
/// </summary>
internal static class ShapeOf
{
    /// <summary>16 pages: less than that moves in any idle process.</summary>
    public const double FlatBytes = 64 * 1024;

    /// <summary>Movement below this share of the level is flat, unless it is a clean line.</summary>
    public const double FlatShare = 0.01;

    /// <summary>Growth by a factor takes at least this one from the first value to the last.</summary>
    public const double LeastFactor = 4;

    /// <summary>Fewest points of growth by a factor.</summary>
    private const int FewestGeometric = 10;

    /// <summary>Share of the variance of the logarithms that a line must explain, and by how much more than a line through the values themselves does.</summary>
    public const double GeometricRSquared = 0.95, StraighterBy = 0.02;

    /// <summary>Of all movement, this share may be downwards in a series that never gives back.</summary>
    private const double GivesBack = 0.05;

    /// <summary>The shape of finite points in ascending time, spikes among them taken out.</summary>
    public static GrowthShape Series(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        if (y.Length < 2) return GrowthShape.Flat;
        var extent = Extent.Of(y);
        if (extent.Range <= FlatBytes) return GrowthShape.Flat;
        if (IsGeometric(t, y)) return GrowthShape.Geometric;
        if (Straight.From(t, y) >= 0) return GrowthShape.Linear;
        if (extent.Range <= FlatShare * extent.Mean) return GrowthShape.Flat;
        if (Teeth.Are(t, y)) return GrowthShape.Sawtooth;
        return Rise.Of(t, y, extent) ?? GrowthShape.Bounded;
    }

    /// <summary>Whether of all movement next to none is downwards.</summary>
    public static bool NeverGivesBack(ReadOnlySpan<double> y)
    {
        double up = 0, down = 0;
        for (var i = 1; i < y.Length; i++)
        {
            if (y[i] > y[i - 1]) up += y[i] - y[i - 1];
            else down += y[i - 1] - y[i];
        }
        return up > 0 && down <= GivesBack * up;
    }

    /// <summary>
    /// At least four-fold, nearly always rising, straighter as a logarithm, faster in the later half than in the earlier one and not at rest at the end. Doublings by mremap are of that kind.
    /// </summary>
    private static bool IsGeometric(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        if (y.Length < FewestGeometric || y[0] <= 0 || y[^1] < LeastFactor * y[0] || !NeverGivesBack(y)) return false;
        var logarithms = new double[y.Length];
        for (var i = 0; i < y.Length; i++)
        {
            if (y[i] <= 0) return false;
            logarithms[i] = Math.Log(y[i]);
        }
        var line = Line.Fit(t, logarithms);
        var half = y.Length / 2;
        return line.RSquared >= GeometricRSquared && line.RSquared > Line.Fit(t, y).RSquared + StraighterBy
            && y[^1] - y[half] >= 2 * (y[half] - y[0]) && !Straight.HasStopped(t, logarithms, line.Slope);
    }
}

/// <summary>Least, greatest and mean value of a series.</summary>
internal readonly record struct Extent(double Least, double Most, double Mean)
{
    public double Range => Most - Least;

    public static Extent Of(ReadOnlySpan<double> y)
    {
        double least = double.MaxValue, most = double.MinValue, sum = 0;
        foreach (var v in y) (least, most, sum) = (Math.Min(least, v), Math.Max(most, v), sum + v);
        return y.Length == 0 ? default : new(least, most, sum / y.Length);
    }
}
