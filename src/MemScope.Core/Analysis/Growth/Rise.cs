namespace MemScope.Core.Analysis.Growth;

/// <summary>Finds series that rise from a low level to a high one and stay there: steps, plateaus, bursts that are held.</summary>
internal static class Rise
{
    /// <summary>Share of the points that must be level at the end; ten seconds of flat memory behind half a minute of warm-up are more than that.</summary>
    private const double HeldShare = 0.15;

    /// <summary>Slope of the level end, as a share of the slope of the rise.</summary>
    private const double LevelSlope = 0.1;

    /// <summary>Most jumps that still read as steps.</summary>
    private const int MostJumps = 5;

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

    /// <summary>A few single jumps make up the range, level between: nothing falls, and what is no jump adds up to little.</summary>
    private static bool IsSteps(ReadOnlySpan<double> y, Extent extent)
    {
        var rises = new List<double>();
        double falls = 0;
        for (var i = 1; i < y.Length; i++)
        {
            if (y[i] > y[i - 1]) rises.Add(y[i] - y[i - 1]);
            else falls += y[i - 1] - y[i];
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

/// <summary>Finds sawteeth: slow rises that end in sudden falls, again and again, as garbage collectors draw them.</summary>
internal static class Teeth
{
    /// <summary>A tooth is at least this share of the range high.</summary>
    private const double Height = 0.4;

    private const int Fewest = 3;

    /// <summary>Teeth make up at least this share of all that falls: noise has high falls too, between many small ones.</summary>
    private const double Share = 0.7;

    /// <summary>Whether at least three falls of that height happen, each within two steps, behind rises that take at least twice as long.</summary>
    public static bool Are(ReadOnlySpan<double> y, Extent extent)
    {
        var (teeth, from, top) = (0, 0, 0);
        double fallen = 0, falls = 0;
        for (var i = 1; i < y.Length; i++) falls += Math.Max(0, y[i - 1] - y[i]);
        for (var i = 1; i < y.Length; i++)
        {
            if (y[i] >= y[top])
            {
                top = i;
                continue;
            }
            if (y[top] - y[i] < Height * extent.Range) continue;
            while (i + 1 < y.Length && y[i + 1] < y[i]) i++;
            if (i - top <= 2 && top - from >= 4 && y[top] - y[from] >= Height * extent.Range && IsSlope(y[from..(top + 1)])) (teeth, fallen) = (teeth + 1, fallen + y[top] - y[i]);
            (from, top) = (i, i);
        }
        return teeth >= Fewest && fallen >= Share * falls;
    }

    /// <summary>Rises throughout: at most a tenth of the way up is lost again in between.</summary>
    private static bool IsSlope(ReadOnlySpan<double> y)
    {
        double falls = 0;
        for (var i = 1; i < y.Length; i++) falls += Math.Max(0, y[i - 1] - y[i]);
        return falls <= 0.1 * (y[^1] - y[0]);
    }
}
