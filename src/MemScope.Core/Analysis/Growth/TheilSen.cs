namespace MemScope.Core.Analysis.Growth;

/// <summary>A slope with its 95 % interval, bytes per second.</summary>
internal readonly record struct RobustSlope(double Median, double Low, double High);

/// <summary>
/// The median of the slopes of all pairs of points (Theil 1950, Sen 1968) with Sen's interval from the variance of Kendall's S under no trend: a few spikes do not move it.
/// Neighbouring snapshots of a heap resemble each other, so there is less in them than their number says: the interval is widened by √((1+ρ)/(1-ρ)), ρ the residuals'
/// correlation with their neighbours where that is positive (the effective sample size of a first-order process).
/// </summary>
internal static class TheilSen
{
    /// <summary>
    /// Series longer than this are thinned to this many points at even steps, first and last kept: 400 points are 79,800 pairs, about 10 ms, and the slope of thousands of
    /// points is told by a few hundred far enough.
    /// </summary>
    public const int MostPoints = 400;

    private const double Z95 = 1.959964;

    /// <summary>Fits finite points in ascending time. Fewer than two, or all at one time, give 0.</summary>
    public static RobustSlope Fit(ReadOnlySpan<double> seconds, ReadOnlySpan<double> bytes)
    {
        var n = Math.Min(seconds.Length, MostPoints);
        var (t, y) = (new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            var at = n < 2 ? 0 : (int)((long)i * (seconds.Length - 1) / (n - 1));
            (t[i], y[i]) = (seconds[at], bytes[at]);
        }
        var slopes = new double[n * (n - 1) / 2];
        var count = 0;
        for (var i = 0; i < n; i++)
        {
            for (var j = i + 1; j < n; j++)
            {
                if (t[j] > t[i]) slopes[count++] = (y[j] - y[i]) / (t[j] - t[i]);
            }
        }
        if (count == 0) return default;
        Array.Sort(slopes, 0, count);
        var median = Median(slopes.AsSpan(0, count));
        var correlation = Math.Clamp(ResidualCorrelation(t, y, median), 0, 0.95);
        var half = Z95 * Math.Sqrt(KendallVariance(y) * (1 + correlation) / (1 - correlation)) / 2;
        var low = Math.Clamp((int)Math.Floor((count / 2.0) - half), 0, count - 1);
        var high = Math.Clamp((int)Math.Ceiling((count / 2.0) + half), 0, count - 1);
        return new(median, slopes[low], slopes[high]);
    }

    private static double Median(ReadOnlySpan<double> sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    /// <summary>Lag-1 autocorrelation of what the line of this slope leaves over; 0 when it leaves nothing.</summary>
    public static double ResidualCorrelation(ReadOnlySpan<double> t, ReadOnlySpan<double> y, double slope)
    {
        var residuals = new double[y.Length];
        double mean = 0, squares = 0, products = 0;
        for (var i = 0; i < y.Length; i++) mean += (residuals[i] = y[i] - (slope * t[i])) / y.Length;
        for (var i = 0; i < y.Length; i++)
        {
            residuals[i] -= mean;
            squares += residuals[i] * residuals[i];
            if (i > 0) products += residuals[i] * residuals[i - 1];
        }
        return squares > 0 ? products / squares : 0;
    }

    /// <summary>Var(S) = (n(n-1)(2n+5) - Σ t(t-1)(2t+5)) / 18 over groups of t equal values.</summary>
    private static double KendallVariance(double[] values)
    {
        var sorted = (double[])values.Clone();
        Array.Sort(sorted);
        static double Term(double k) => k * (k - 1) * ((2 * k) + 5);
        var sum = Term(sorted.Length);
        for (var i = 0; i < sorted.Length;)
        {
            var j = i;
            while (j < sorted.Length && sorted[j].Equals(sorted[i])) j++;
            sum -= Term(j - i);
            i = j;
        }
        return sum / 18;
    }
}
