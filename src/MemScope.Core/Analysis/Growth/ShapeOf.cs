namespace MemScope.Core.Analysis.Growth;

/// <summary>Says which form a series has.</summary>
internal static class ShapeOf
{
    /// <summary>The shape of finite points in ascending time.</summary>
    public static GrowthShape Series(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        var line = Line.Fit(t, y);
        double least = double.MaxValue, most = double.MinValue, sum = 0;
        foreach (var v in y) (least, most, sum) = (Math.Min(least, v), Math.Max(most, v), sum + v);
        if (y.Length < 2 || most - least <= Math.Max(64 * 1024, 0.01 * sum / y.Length)) return GrowthShape.Flat;
        if (line.RSquared >= 0.97) return GrowthShape.Linear;
        var late = TheilSen.Fit(t[(t.Length / 2)..], y[(t.Length / 2)..]);
        return y[^1] - y[0] > 0.8 * (most - least) && late.Low <= 0 ? GrowthShape.Plateau : GrowthShape.Bounded;
    }
}
