namespace MemScope.Core.Analysis.Growth;

/// <summary>Finds straight lines: over all points, behind a warm-up, or behind a setback.</summary>
internal static class Straight
{
    /// <summary>Share of the variance that a line must explain to be called one. Captured leaks reach 0.9999, saturating warm-ups 0.90.</summary>
    public const double RSquared = 0.97;

    /// <summary>With fewer points a line fits anything, so the stricter pair of thresholds holds.</summary>
    public const int FewPoints = 20;

    /// <summary>The slope of the later half must be at least this share of the earlier half's, or growth is dying down: a saturating curve is straight for half a time constant.</summary>
    public const double Steady = 0.7;

    /// <summary>The same two for few points, and for what is left when the beginning is taken for warm-up: a piece of a saturating curve must not pass for a line.</summary>
    public const double StrictRSquared = 0.99, StrictlySteady = 0.8;

    /// <summary>
    /// A line under noise may explain less, if what it leaves over looks like noise: its correlation from one point to the next is at most <see cref="NoiseCorrelation"/>. A curve, a
    /// sawtooth or a random walk leaves over runs of one sign.
    /// </summary>
    public const double NoisyRSquared = 0.9, NoiseCorrelation = 0.1;

    /// <summary>
    /// The mean step is at least this many of its standard errors above zero, the error from the steps' long-run variance: a random walk may look like a line, but its steps go
    /// both ways.
    /// </summary>
    public const double Drift = 4;

    /// <summary>Points that must be left behind a warm-up.</summary>
    private const int FewestBehindWarmUp = 10;

    /// <summary>Up to this share of the points at the beginning may be warm-up.</summary>
    public const double WarmUp = 1.0 / 3;

    /// <summary>Behind a warm-up a line leads this share of its rise beyond all that was before.</summary>
    private const double BeyondBefore = 0.2;

    /// <summary>The last stretch of a line must still move by this share of what the line says.</summary>
    public const double LastStretch = 0.15, StillMoving = 0.2;

    /// <summary>Points that must be left behind a setback: a tracer or a pause holds a growing process up, and it catches up in a jump.</summary>
    public const int FewestBehindSetback = 15;

    /// <summary>Steepness of the line behind a setback against the whole with its jump. A saturating curve falls below this within one time constant.</summary>
    public const double StillAsSteep = 0.7;

    /// <summary>
    /// Index from which on the series is a straight line, 0 when it is one as a whole, -1 when it never is: a leak often begins behind a start-up jump, and its slope is that
    /// of the line only.
    /// </summary>
    public static int From(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        var few = y.Length < FewPoints;
        if (IsLine(t, y, few ? StrictRSquared : RSquared, few ? StrictlySteady : Steady)) return 0;
        var last = Math.Min((int)(y.Length * WarmUp), y.Length - FewestBehindWarmUp);
        for (var skip = 1; skip <= last; skip += Math.Max(1, last / 8))
        {
            if (IsLineOfItsOwn(t[skip..], y[skip..]) && GoesBeyond(y, skip)) return skip;
        }
        return BehindSetback(t, y);
    }

    /// <summary>Growth that has come to rest for the last stretch is a plateau, however straight the way up was.</summary>
    public static bool HasStopped(ReadOnlySpan<double> t, ReadOnlySpan<double> y, double slope)
    {
        var tail = y.Length - (int)(LastStretch * y.Length);
        return y.Length - tail >= 3 && Math.Abs(y[^1] - y[tail - 1]) < StillMoving * Math.Abs(slope) * (t[^1] - t[tail - 1]);
    }

    /// <summary>
    /// Index of the last third, of 15 points at least, if the series never gives back and that third is a line as steep as the whole; else -1. Warm-ups do not pass: what is left of their rise at the
    /// end is less steep than the whole was.
    /// </summary>
    private static int BehindSetback(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        var skip = y.Length - Math.Max(y.Length / 3, FewestBehindSetback);
        if (skip < y.Length / 2 || !ShapeOf.NeverGivesBack(y)) return -1;
        return IsLineOfItsOwn(t[skip..], y[skip..]) && Line.Fit(t[skip..], y[skip..]).Slope * (t[^1] - t[0]) >= StillAsSteep * (y[^1] - y[0]) ? skip : -1;
    }

    /// <summary>A rise that only leads back to where the series has been before is a tooth of a sawtooth, no growth behind a warm-up; the same downwards.</summary>
    private static bool GoesBeyond(ReadOnlySpan<double> y, int skip)
    {
        var (before, change) = (Extent.Of(y[..skip]), y[^1] - y[skip]);
        return change > 0 ? y[^1] - before.Most >= BeyondBefore * change : before.Least - y[^1] >= -BeyondBefore * change;
    }

    private static bool IsLineOfItsOwn(ReadOnlySpan<double> t, ReadOnlySpan<double> y) => Extent.Of(y).Range > ShapeOf.FlatBytes && IsLine(t, y, StrictRSquared, StrictlySteady);

    private static bool IsLine(ReadOnlySpan<double> t, ReadOnlySpan<double> y, double rSquared, double steady)
    {
        if (y.Length < 3) return false;
        var line = Line.Fit(t, y);
        if (line.Slope == 0 || (line.RSquared < rSquared && !IsNoisyLine(t, y, line))) return false;
        var half = y.Length / 2;
        var early = Line.Fit(t[..^half], y[..^half]).Slope;
        var late = Line.Fit(t[half..], y[half..]).Slope;
        return late * line.Slope > 0 && Math.Abs(late) >= steady * Math.Abs(early) && !HasStopped(t, y, line.Slope) && Drifts(t, y);
    }

    private static bool IsNoisyLine(ReadOnlySpan<double> t, ReadOnlySpan<double> y, Line line) =>
        y.Length >= FewPoints && line.RSquared >= NoisyRSquared && TheilSen.ResidualCorrelation(t, y, line.Slope) <= NoiseCorrelation;

    /// <summary>
    /// Whether the steps go one way by more than chance: (last - first) against √(n · long-run variance) of the steps less their share of the time, by Bartlett's weights over the
    /// nearest n/8 steps (Newey and West 1987). A pause between snapshots is no step of its own, as each is compared with what its length would bring.
    /// </summary>
    private static bool Drifts(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        var n = y.Length - 1;
        var (time, change) = (t[^1] - t[0], y[^1] - y[0]);
        if (time <= 0) return false;
        var rest = new double[n];
        for (var i = 0; i < n; i++) rest[i] = y[i + 1] - y[i] - (change * (t[i + 1] - t[i]) / time);
        var lags = Math.Max(1, n / 8);
        double variance = 0;
        for (var lag = 0; lag <= lags; lag++)
        {
            double products = 0;
            for (var i = lag; i < n; i++) products += rest[i] * rest[i - lag];
            variance += products * (lag == 0 ? 1 : 2 * (1 - (lag / (lags + 1.0))));
        }
        return change * change >= Drift * Drift * Math.Max(variance, 0);
    }
}
