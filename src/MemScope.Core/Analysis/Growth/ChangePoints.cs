namespace MemScope.Core.Analysis.Growth;

/// <summary>Where a series begins to go another way.</summary>
/// <param name="Seconds">Time of the first point behind it, on the time axis of the series.</param>
/// <param name="BeforeBytesPerSecond">Slope of the stretch before.</param>
/// <param name="AfterBytesPerSecond">Slope of the stretch behind.</param>
/// <param name="JumpBytes">How far the line behind lies above the line before at that time; 0 where that is within noise.</param>
public readonly record struct ChangePoint(double Seconds, double BeforeBytesPerSecond, double AfterBytesPerSecond, double JumpBytes);

/// <summary>
/// Cuts a series into straight stretches: for each number of stretches the cut that leaves least over (optimal partitioning, Jackson et al. 2005), and of these numbers the one
/// that a penalty of Schwarz' kind prefers. Memory of neighbouring snapshots is alike, so the penalty grows with the correlation of what is left over.
/// </summary>
public static class ChangePoints
{
    /// <summary>Most change points that are told.</summary>
    public const int Most = 8;

    /// <summary>Fewest points of a stretch.</summary>
    public const int FewestPoints = 4;

    /// <summary>Longer series are thinned to this many points at even steps; the ends of stretches are then looked for among all points.</summary>
    private const int MostPoints = 300;

    /// <summary>A stretch costs a slope, a level and a place; each of them this many times the logarithm of the number of points.</summary>
    private const double Penalty = 3 * 1.5;

    /// <summary>What is left over is never taken for less than this share of the range: finer is not worth a sentence.</summary>
    private const double Fineness = 0.01;

    /// <summary>A change is told when the lines of its two stretches part by this share of the range within the shorter of them, or when it jumps by as much.</summary>
    public const double WorthTelling = 0.05;

    /// <summary>The change points in order of time; none of a series that is flat, is a sawtooth, or is too short. Points of which either number is not finite are left out.</summary>
    public static IReadOnlyList<ChangePoint> Of(ReadOnlySpan<double> seconds, ReadOnlySpan<double> bytes)
    {
        var (t, y) = GrowthFit.Calm(seconds, bytes);
        var places = Places(t, y, ShapeOf.Series(t, y));
        return places.Count == 0 ? [] : Told(new Sums(t, y), places, t, y).Changes;
    }

    /// <summary>Indexes of the change points of finite points in ascending time, whose shape is known.</summary>
    internal static List<int> Places(double[] t, double[] y, GrowthShape shape)
    {
        if (y.Length < 2 * FewestPoints || shape is GrowthShape.Flat or GrowthShape.Sawtooth) return [];
        var thin = Thin(y.Length);
        var cuts = Best([.. thin.Select(i => t[i])], [.. thin.Select(i => y[i])]);
        var sums = new Sums(t, y);
        var places = cuts.ConvertAll(c => thin[c]);
        if (thin.Length < y.Length) Refine(sums, places, y.Length, step: (y.Length / thin.Length) + 1);
        return Told(sums, places, t, y).Places;
    }

    /// <summary>Index of the first point of each stretch but the first.</summary>
    private static List<int> Best(double[] t, double[] y)
    {
        var n = y.Length;
        var sums = new Sums(t, y);
        var most = Math.Min(Most + 1, n / FewestPoints);
        var (cost, from) = (new double[most + 1, n + 1], new int[most + 1, n + 1]);
        for (var k = 0; k <= most; k++)
            for (var end = 0; end <= n; end++) cost[k, end] = double.PositiveInfinity;
        cost[0, 0] = 0;
        for (var end = FewestPoints; end <= n; end++)
        {
            for (var start = 0; start <= end - FewestPoints; start++)
            {
                var here = sums.LeftOver(start, end);
                for (var k = 1; k <= most; k++)
                {
                    if (cost[k - 1, start] + here < cost[k, end]) (cost[k, end], from[k, end]) = (cost[k - 1, start] + here, start);
                }
            }
        }
        var least = Math.Pow(Math.Max(Fineness * Extent.Of(y).Range, 4096), 2);
        var chosen = 1;
        var independent = 1.0;
        for (var round = 0; round < 2; round++)
        {
            var best = double.PositiveInfinity;
            for (var k = 1; k <= most; k++)
            {
                var score = (independent * n * Math.Log((cost[k, n] / n) + least)) + (Penalty * k * Math.Log(n));
                if (score < best) (best, chosen) = (score, k);
            }
            var correlation = Math.Clamp(sums.Correlation(Cuts(from, chosen, n), t, y), 0, 0.9);
            independent = (1 - correlation) / (1 + correlation);
        }
        return Cuts(from, chosen, n);
    }

    private static List<int> Cuts(int[,] from, int k, int n)
    {
        var cuts = new List<int>();
        for (var end = n; k > 1; k--) cuts.Add(end = from[k, end]);
        cuts.Reverse();
        return cuts;
    }

    /// <summary>Moves each cut to where among the points around it least is left over.</summary>
    private static void Refine(Sums sums, List<int> places, int n, int step)
    {
        for (var c = 0; c < places.Count; c++)
        {
            var (start, end) = (c == 0 ? 0 : places[c - 1], c + 1 < places.Count ? places[c + 1] : n);
            var (best, least) = (places[c], double.PositiveInfinity);
            for (var at = Math.Max(start + FewestPoints, places[c] - step); at <= Math.Min(end - FewestPoints, places[c] + step); at++)
            {
                var cost = sums.LeftOver(start, at) + sums.LeftOver(at, end);
                if (cost < least) (best, least) = (at, cost);
            }
            places[c] = best;
        }
    }

    /// <summary>Drops the least of the changes that are not worth a sentence until all are, and says what the rest are.</summary>
    private static (List<int> Places, List<ChangePoint> Changes) Told(Sums sums, List<int> places, double[] t, double[] y)
    {
        var range = Extent.Of(y).Range;
        while (true)
        {
            var told = new List<ChangePoint>(places.Count);
            var (weakest, worth) = (-1, WorthTelling * range);
            for (var c = 0; c < places.Count; c++)
            {
                var (start, at, end) = (c == 0 ? 0 : places[c - 1], places[c], c + 1 < places.Count ? places[c + 1] : y.Length);
                var (before, after) = (sums.Fit(start, at), sums.Fit(at, end));
                var jump = Jump(before, after, t[at - 1], t[at]);
                var noise = 3 * Math.Sqrt(Math.Max(sums.LeftOver(start, at) / (at - start - 1), sums.LeftOver(at, end) / (end - at - 1)));
                var parts = Math.Abs(after.Slope - before.Slope) * Math.Min(t[at - 1] - t[start], t[end - 1] - t[at]);
                var size = Math.Max(parts, Math.Abs(jump));
                if (size < worth) (weakest, worth) = (c, size);
                told.Add(new ChangePoint(t[at], before.Slope, after.Slope, Math.Abs(jump) > Math.Max(noise, WorthTelling * range) ? jump : 0));
            }
            if (weakest < 0) return (places, told);
            places.RemoveAt(weakest);
        }
    }

    /// <summary>How far two lines lie apart between two points; 0 where they cross there, which is a bend and no jump.</summary>
    private static double Jump(Stretch before, Stretch after, double from, double to)
    {
        var (a, b) = (after.At(from) - before.At(from), after.At(to) - before.At(to));
        return a * b <= 0 ? 0 : Math.Abs(a) < Math.Abs(b) ? a : b;
    }

    private static int[] Thin(int n)
    {
        var count = Math.Min(n, MostPoints);
        var thin = new int[count];
        for (var i = 0; i < count; i++) thin[i] = (int)((long)i * (n - 1) / (count - 1));
        return thin;
    }

    /// <summary>A line y = level + slope · (t - origin).</summary>
    private readonly record struct Stretch(double Origin, double Level, double Slope)
    {
        public double At(double t) => Level + (Slope * (t - Origin));
    }

    /// <summary>Running sums, from which the line through any stretch takes constant time. Values are taken relative to the series' means, or the squares would drown the differences.</summary>
    private sealed class Sums
    {
        private readonly double[] _t, _y, _tt, _ty, _yy;
        private readonly double _meanT, _meanY;

        public Sums(double[] t, double[] y)
        {
            var n = t.Length;
            (_meanT, _meanY) = (t.Average(), y.Average());
            (_t, _y, _tt, _ty, _yy) = (new double[n + 1], new double[n + 1], new double[n + 1], new double[n + 1], new double[n + 1]);
            for (var i = 0; i < n; i++)
            {
                var (a, b) = (t[i] - _meanT, y[i] - _meanY);
                (_t[i + 1], _y[i + 1], _tt[i + 1], _ty[i + 1], _yy[i + 1]) = (_t[i] + a, _y[i] + b, _tt[i] + (a * a), _ty[i] + (a * b), _yy[i] + (b * b));
            }
        }

        public double LeftOver(int start, int end)
        {
            var (tt, ty, yy) = Moments(start, end);
            return Math.Max(0, tt > 0 ? yy - (ty * ty / tt) : yy);
        }

        public Stretch Fit(int start, int end)
        {
            var (tt, ty, _) = Moments(start, end);
            var n = end - start;
            return new(_meanT + ((_t[end] - _t[start]) / n), _meanY + ((_y[end] - _y[start]) / n), tt > 0 ? ty / tt : 0);
        }

        public double Correlation(List<int> cuts, double[] t, double[] y)
        {
            var rest = new double[y.Length];
            for (var c = 0; c <= cuts.Count; c++)
            {
                var (start, end) = (c == 0 ? 0 : cuts[c - 1], c < cuts.Count ? cuts[c] : y.Length);
                var line = Fit(start, end);
                for (var i = start; i < end; i++) rest[i] = y[i] - line.At(t[i]);
            }
            return TheilSen.ResidualCorrelation(t, rest, 0);
        }

        private (double Tt, double Ty, double Yy) Moments(int start, int end)
        {
            double n = end - start;
            var (t, y) = (_t[end] - _t[start], _y[end] - _y[start]);
            return (_tt[end] - _tt[start] - (t * t / n), _ty[end] - _ty[start] - (t * y / n), _yy[end] - _yy[start] - (y * y / n));
        }
    }
}
