namespace MemScope.Core.Analysis.Growth;

/// <summary>Fits a series of bytes over seconds. Points of which either is not a number are left out.</summary>
public static class GrowthFit
{
    /// <summary>Slope, interval, linearity and shape of a series in ascending time. Fewer than two points give slopes of 0 and the shape flat.</summary>
    public static GrowthMeasure Measure(ReadOnlySpan<double> seconds, ReadOnlySpan<double> bytes)
    {
        var (t, y) = Finite(seconds, bytes);
        if (y.Length == 0) return new(0, 0, 0, 0, 0, GrowthShape.Flat, 0, 0, 0) { Steady = default };
        var line = Line.Fit(t, y);
        var robust = TheilSen.Fit(t, y);
        var (calmT, calmY) = Spikes.Without(t, y);
        var shape = ShapeOf.Series(calmT, calmY);
        var from = WarmUp(shape, calmT, calmY);
        var steady = from == 0
            ? new SteadyGrowth(t[0], line.Slope, robust.Low, robust.High)
            : Behind(calmT[from..], calmY[from..]);
        return new(line.Slope, robust.Median, robust.Low, robust.High, line.RSquared, shape, (long)y[0], (long)y[^1], y.Length)
        {
            Steady = steady,
            WarmUpSeconds = from == 0 ? 0 : calmT[from] - t[0],
            FloorBytesPerSecond = shape == GrowthShape.Sawtooth ? Teeth.FloorSlope(calmT, calmY) : null,
        };
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
        var (t, y) = Calm(seconds, bytes);
        return ShapeOf.Series(t, y);
    }

    /// <summary>The finite points without spikes.</summary>
    internal static (double[] Seconds, double[] Bytes) Calm(ReadOnlySpan<double> seconds, ReadOnlySpan<double> bytes)
    {
        var (t, y) = Finite(seconds, bytes);
        return Spikes.Without(t, y);
    }

    /// <summary>
    /// Index of the first point behind the warm-up: where the line begins, or the level that a rise came to; 0 for shapes without one. The last change of slope tells it to the point;
    /// the rules that find the shape only look at some places.
    /// </summary>
    private static int WarmUp(GrowthShape shape, double[] t, double[] y)
    {
        var from = shape switch
        {
            GrowthShape.Linear => Math.Max(0, Straight.From(t, y)),
            GrowthShape.Plateau or GrowthShape.BurstHold or GrowthShape.Step when Rise.LevelFrom(y) is var level && level < y.Length - 1 => level,
            _ => 0,
        };
        if (from == 0 || ChangePoints.Places(t, y, shape) is not [.., var last] || last > y.Length - ChangePoints.FewestPoints) return from;
        return shape == GrowthShape.Linear ? Math.Min(from, last) : Math.Max(from, last);
    }

    private static SteadyGrowth Behind(double[] t, double[] y)
    {
        var robust = TheilSen.Fit(t, y);
        return new(t[0], Line.Fit(t, y).Slope, robust.Low, robust.High);
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
