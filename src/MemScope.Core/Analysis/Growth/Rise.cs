namespace MemScope.Core.Analysis.Growth;

/// <summary>Finds series that rise from a low level to a high one and stay there: steps, plateaus, bursts that are held.</summary>
internal static class Rise
{
    /// <summary>Share of the points that must be level at the end; ten seconds of flat memory behind half a minute of warm-up are more than that.</summary>
    public const double HeldShare = 0.15;

    /// <summary>Slope of the level end, as a share of the slope of the rise.</summary>
    public const double LevelSlope = 0.1;

    /// <summary>Most jumps that still read as steps.</summary>
    public const int MostJumps = 5;

    /// <summary>Steps up to this many times the median one are noise about a level.</summary>
    private const double NoiseSteps = 8;

    /// <summary>A level end keeps to this share of the range.</summary>
    private const double LevelRoom = 0.1;

    /// <summary>The shape, or null when it is none of them.</summary>
    public static GrowthShape? Of(ReadOnlySpan<double> t, ReadOnlySpan<double> y, Extent extent)
    {
        if (y.Length < 4) return null;
        if (IsSteps(y, extent)) return GrowthShape.Step;
        var (low, high) = (extent.Least + (0.1 * extent.Range), extent.Least + (0.9 * extent.Range));
        var (leaves, arrives) = (First(y, low), First(y, high));
        var held = y[arrives..];
        if (y[0] > low || held.Length < Math.Max(3, HeldShare * y.Length) || Extent.Of(held).Least < extent.Most - (0.2 * extent.Range)) return null;
        var rise = (y[arrives] - y[0]) / Math.Max(t[arrives] - t[Math.Max(leaves - 1, 0)], double.Epsilon);
        var tail = (int)(y.Length * (1 - HeldShare));
        if (Math.Abs(TheilSen.Fit(t[tail..], y[tail..]).Median) > LevelSlope * rise) return null;
        var (before, during) = ((double)leaves / y.Length, (double)(arrives - leaves) / y.Length);
        return before >= 0.1 && during <= 0.2 ? GrowthShape.BurstHold : GrowthShape.Plateau;
    }

    /// <summary>
    /// Index from which on the series stays within a tenth of its range of its last value, the last index when its end is not level.
    /// </summary>
    public static int LevelFrom(ReadOnlySpan<double> y)
    {
        var room = LevelRoom * Extent.Of(y).Range;
        var first = y.Length - 1;
        while (first > 0 && Math.Abs(y[first - 1] - y[^1]) <= room) first--;
        return first;
    }

    /// <summary>A few single jumps make up the range, level between: nothing falls, and what is no jump adds up to little. Steps as small as most of them are noise.</summary>
    private static bool IsSteps(ReadOnlySpan<double> y, Extent extent)
    {
        var sizes = new double[y.Length - 1];
        for (var i = 1; i < y.Length; i++) sizes[i - 1] = Math.Abs(y[i] - y[i - 1]);
        Array.Sort(sizes);
        var noise = NoiseSteps * sizes[sizes.Length / 2];
        var rises = new List<double>();
        double falls = 0;
        for (var i = 1; i < y.Length; i++)
        {
            var step = y[i] - y[i - 1];
            if (step > noise) rises.Add(step);
            else if (-step > noise) falls -= step;
        }
        rises.Sort();
        var jumps = rises.TakeLast(Math.Min(MostJumps, y.Length / 5)).Where(r => r >= 0.1 * extent.Range).Sum();
        return jumps >= 0.9 * extent.Range && rises.Sum() - jumps <= 0.1 * extent.Range && falls <= 0.1 * extent.Range;
    }

    private static int First(ReadOnlySpan<double> y, double level)
    {
        for (var i = 0; i < y.Length; i++) if (y[i] >= level) return i;
        return y.Length - 1;
    }
}
