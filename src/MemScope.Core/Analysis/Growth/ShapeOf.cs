namespace MemScope.Core.Analysis.Growth;

/// <summary>
/// Says which form a series has. Each test asks for what a person would point at in the picture; the first that holds decides. The thresholds were set on the captures of
/// known truth that the tests replay, with room on both sides.
/// </summary>
internal static class ShapeOf
{
    /// <summary>16 pages: less than that moves in any idle process.</summary>
    private const double FlatBytes = 64 * 1024;

    /// <summary>Movement below this share of the level is flat, unless it is a clean line.</summary>
    private const double FlatShare = 0.01;

    /// <summary>Share of the variance that a line must explain to be called one. Captured leaks reach 0.9999, saturating warm-ups 0.90.</summary>
    private const double LinearRSquared = 0.97;

    /// <summary>With fewer points a line fits anything, so the stricter pair of thresholds holds.</summary>
    private const int FewPoints = 20;

    /// <summary>Points that must be left behind a warm-up.</summary>
    private const int FewestBehindWarmUp = 10;

    /// <summary>The slope of the later half must be at least this share of the earlier half's, or growth is dying down: a saturating curve is straight for half a time constant.</summary>
    private const double Steady = 0.5;

    /// <summary>The same two for few points, and for what is left when the beginning is taken for warm-up: a piece of a saturating curve must not pass for a line.</summary>
    private const double StrictRSquared = 0.99, StrictlySteady = 0.8;

    /// <summary>The last stretch of a line must still move by this share of what the line says.</summary>
    private const double LastStretch = 0.15, StillMoving = 0.2;

    /// <summary>Points that must be left behind a setback: a tracer or a pause holds a growing process up, and it catches up in a jump.</summary>
    private const int FewestBehindSetback = 15;

    /// <summary>Steepness of the line behind a setback against the whole with its jump. A saturating curve falls below this within one time constant.</summary>
    private const double StillAsSteep = 0.7;

    /// <summary>Of all movement, this share may be downwards in a series that never gives back.</summary>
    private const double GivesBack = 0.05;

    /// <summary>Up to this share of the points at the beginning may be warm-up.</summary>
    private const double WarmUp = 1.0 / 3;

    /// <summary>The shape of finite points in ascending time.</summary>
    public static GrowthShape Series(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        if (y.Length < 2) return GrowthShape.Flat;
        var extent = Extent.Of(y);
        if (extent.Range <= FlatBytes) return GrowthShape.Flat;
        if (IsGeometric(t, y)) return GrowthShape.Geometric;
        if (LinearFrom(t, y) >= 0) return GrowthShape.Linear;
        if (extent.Range <= FlatShare * extent.Mean) return GrowthShape.Flat;
        if (Teeth.Are(y, extent)) return GrowthShape.Sawtooth;
        return Rise.Of(t, y, extent) ?? GrowthShape.Bounded;
    }

    /// <summary>
    /// Index from which on the series is a straight line, 0 when it is one as a whole, -1 when it never is: a leak often begins behind a start-up jump, and its slope is that
    /// of the line only.
    /// </summary>
    public static int LinearFrom(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        var few = y.Length < FewPoints;
        if (IsLine(t, y, few ? StrictRSquared : LinearRSquared, few ? StrictlySteady : Steady)) return 0;
        var last = Math.Min((int)(y.Length * WarmUp), y.Length - FewestBehindWarmUp);
        for (var skip = 1; skip <= last; skip += Math.Max(1, last / 8))
        {
            var rest = y[skip..];
            if (Extent.Of(rest).Range > FlatBytes && IsLine(t[skip..], rest, StrictRSquared, StrictlySteady)) return skip;
        }
        return LinearBehindSetback(t, y);
    }

    /// <summary>
    /// Index of the last third if the series never gives back and that third is a line as steep as the whole; else -1. Warm-ups do not pass: what is left of their rise at the
    /// end is less steep than the whole was.
    /// </summary>
    private static int LinearBehindSetback(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        var skip = y.Length - (y.Length / 3);
        if (y.Length - skip < FewestBehindSetback || !NeverGivesBack(y)) return -1;
        var rest = y[skip..];
        return Extent.Of(rest).Range > FlatBytes && IsLine(t[skip..], rest, StrictRSquared, StrictlySteady) && Line.Fit(t[skip..], rest).Slope >= StillAsSteep * Line.Fit(t, y).Slope ? skip : -1;
    }

    private static bool NeverGivesBack(ReadOnlySpan<double> y)
    {
        double up = 0, down = 0;
        for (var i = 1; i < y.Length; i++)
        {
            if (y[i] > y[i - 1]) up += y[i] - y[i - 1];
            else down += y[i - 1] - y[i];
        }
        return up > 0 && down <= GivesBack * up;
    }

    private static bool IsLine(ReadOnlySpan<double> t, ReadOnlySpan<double> y, double rSquared, double steady)
    {
        if (y.Length < 3) return false;
        var line = Line.Fit(t, y);
        if (line.RSquared < rSquared || line.Slope == 0) return false;
        var half = y.Length / 2;
        var early = Line.Fit(t[..^half], y[..^half]).Slope;
        var late = Line.Fit(t[half..], y[half..]).Slope;
        return late * line.Slope > 0 && Math.Abs(late) >= steady * Math.Abs(early) && !HasStopped(t, y, line.Slope);
    }

    /// <summary>Growth that has come to rest for the last stretch is a plateau, however straight the way up was.</summary>
    private static bool HasStopped(ReadOnlySpan<double> t, ReadOnlySpan<double> y, double slope)
    {
        var tail = y.Length - (int)(LastStretch * y.Length);
        return y.Length - tail >= 3 && Math.Abs(y[^1] - y[tail - 1]) < StillMoving * Math.Abs(slope) * (t[^1] - t[tail - 1]);
    }

    /// <summary>At least four-fold, nearly always rising, and straighter as a logarithm. Doublings by mremap are of that kind.</summary>
    private static bool IsGeometric(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        if (y.Length < FewestBehindWarmUp || y[0] <= 0 || y[^1] < 4 * y[0]) return false;
        var logarithms = new double[y.Length];
        double up = 0, down = 0;
        for (var i = 0; i < y.Length; i++)
        {
            if (y[i] <= 0) return false;
            logarithms[i] = Math.Log(y[i]);
            if (i == 0) continue;
            if (y[i] > y[i - 1]) up += y[i] - y[i - 1];
            else down += y[i - 1] - y[i];
        }
        var straight = Line.Fit(t, logarithms).RSquared;
        return down <= 0.05 * up && straight >= 0.95 && straight > Line.Fit(t, y).RSquared + 0.02;
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
