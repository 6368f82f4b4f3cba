namespace MemScope.Core.Analysis.Growth;

/// <summary>Fits a series of bytes over seconds. Points of which either is not a number are left out.</summary>
public static class GrowthFit
{
    /// <summary>Slope, interval, linearity and shape of a series in ascending time. Fewer than two points give slopes of 0 and the shape flat.</summary>
    public static GrowthMeasure Measure(ReadOnlySpan<double> seconds, ReadOnlySpan<double> bytes)
    {
        var (t, y) = Finite(seconds, bytes);
        if (y.Length == 0) return new(0, 0, 0, 0, 0, GrowthShape.Flat, 0, 0, 0);
        var line = Line.Fit(t, y);
        var robust = TheilSen.Fit(t, y);
        return new(line.Slope, robust.Median, robust.Low, robust.High, line.RSquared, ShapeOf.Series(t, y), (long)y[0], (long)y[^1], y.Length);
    }

    /// <summary>Closed-form least-squares slope in bytes per second; 0 for fewer than two points.</summary>
    public static double Slope(ReadOnlySpan<double> seconds, ReadOnlySpan<double> bytes)
    {
        var (t, y) = Finite(seconds, bytes);
        return Line.Fit(t, y).Slope;
    }

    /// <summary>The shape alone, for lists: the interval of <see cref="Measure"/> takes most of its time.</summary>
    public static GrowthShape Shape(ReadOnlySpan<double> seconds, ReadOnlySpan<double> bytes)
    {
        var (t, y) = Finite(seconds, bytes);
        return ShapeOf.Series(t, y);
    }

    private static (double[] Seconds, double[] Bytes) Finite(ReadOnlySpan<double> seconds, ReadOnlySpan<double> bytes)
    {
        if (seconds.Length != bytes.Length) throw new ArgumentException("as many times as values are needed", nameof(bytes));
        var (t, y, n) = (new double[seconds.Length], new double[seconds.Length], 0);
        for (var i = 0; i < seconds.Length; i++)
        {
            if (double.IsFinite(seconds[i]) && double.IsFinite(bytes[i])) (t[n], y[n], n) = (seconds[i], bytes[i], n + 1);
        }
        return (t[..n], y[..n]);
    }
}

/// <summary>A straight line by least squares.</summary>
/// <param name="Slope">Units of y per unit of t.</param>
/// <param name="RSquared">Share of the variance that it explains; 1 for a constant, which a level line explains wholly.</param>
internal readonly record struct Line(double Slope, double RSquared)
{
    public static Line Fit(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        var n = t.Length;
        if (n == 0) return default;
        double meanT = 0, meanY = 0;
        for (var i = 0; i < n; i++) (meanT, meanY) = (meanT + t[i], meanY + y[i]);
        (meanT, meanY) = (meanT / n, meanY / n);
        double tt = 0, ty = 0, yy = 0;
        for (var i = 0; i < n; i++)
        {
            var (dt, dy) = (t[i] - meanT, y[i] - meanY);
            (tt, ty, yy) = (tt + (dt * dt), ty + (dt * dy), yy + (dy * dy));
        }
        if (tt <= 0) return default;
        var slope = ty / tt;
        return new(slope, yy <= 0 ? 1 : Math.Clamp(ty * ty / (tt * yy), 0, 1));
    }
}
