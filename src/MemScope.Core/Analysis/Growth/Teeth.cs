namespace MemScope.Core.Analysis.Growth;

/// <summary>Finds sawteeth: slow rises that end in sudden falls, again and again, as garbage collectors draw them.</summary>
internal static class Teeth
{
    /// <summary>A tooth is at least this share of the range high.</summary>
    public const double Height = 0.4;

    /// <summary>Fewest teeth of a sawtooth.</summary>
    public const int Fewest = 3;

    /// <summary>Teeth make up at least this share of all that falls: noise has high falls too, between many small ones.</summary>
    private const double Share = 0.7;

    /// <summary>Share of the variance of the floor, what is left after each fall, that a line must explain for the floor to rise.</summary>
    private const double FloorRSquared = 0.9;

    /// <summary>Fewest floors that tell a rise.</summary>
    private const int FewestFloors = 4;

    /// <summary>Whether at least three falls of that height happen, each within two steps, behind rises that take at least twice as long; on level ground or on a slope.</summary>
    public static bool Are(ReadOnlySpan<double> t, ReadOnlySpan<double> y) => Falls(y) is not null || Falls(Levelled(t, y)) is not null;

    /// <summary>Slope of what is left after each fall, bytes per second: what the teeth hide. Null where there are no teeth, too few, or no line through their floors.</summary>
    public static double? FloorSlope(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        if ((Falls(y) ?? Falls(Levelled(t, y))) is not { Count: >= FewestFloors } falls) return null;
        var (times, floors) = (new double[falls.Count], new double[falls.Count]);
        for (var i = 0; i < falls.Count; i++) (times[i], floors[i]) = (t[falls[i]], y[falls[i]]);
        var line = Line.Fit(times, floors);
        return line.Slope > 0 && line.RSquared >= FloorRSquared && floors[^1] - floors[0] > ShapeOf.FlatBytes ? line.Slope : null;
    }

    /// <summary>What a line through a series leaves over: a floor that rises hides teeth from a look at the range.</summary>
    private static double[] Levelled(ReadOnlySpan<double> t, ReadOnlySpan<double> y)
    {
        var slope = Line.Fit(t, y).Slope;
        var rest = new double[y.Length];
        for (var i = 0; i < rest.Length; i++) rest[i] = y[i] - (slope * (t[i] - t[0]));
        return rest;
    }

    /// <summary>Index of the foot of each tooth, or null when these are no teeth.</summary>
    private static List<int>? Falls(ReadOnlySpan<double> y)
    {
        var (from, top) = (0, 0);
        var feet = new List<int>();
        double fallen = 0, falls = 0;
        var height = Height * Extent.Of(y).Range;
        for (var i = 1; i < y.Length; i++) falls += Math.Max(0, y[i - 1] - y[i]);
        for (var i = 1; i < y.Length; i++)
        {
            if (y[i] >= y[top])
            {
                top = i;
                continue;
            }
            if (y[top] - y[i] < height) continue;
            while (i + 1 < y.Length && y[i + 1] < y[i]) i++;
            if (i - top <= 2 && top - from >= 4 && y[top] - y[from] >= height && IsSlope(y[from..(top + 1)]))
            {
                feet.Add(i);
                fallen += y[top] - y[i];
            }
            (from, top) = (i, i);
        }
        return feet.Count >= Fewest && fallen >= Share * falls ? feet : null;
    }

    /// <summary>Rises throughout: at most a tenth of the way up is lost again in between.</summary>
    private static bool IsSlope(ReadOnlySpan<double> y)
    {
        double falls = 0;
        for (var i = 1; i < y.Length; i++) falls += Math.Max(0, y[i - 1] - y[i]);
        return falls <= 0.1 * (y[^1] - y[0]);
    }
}
