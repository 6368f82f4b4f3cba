namespace MemScope.Core.Analysis.Growth;

/// <summary>A series that goes up by jumps, stays level between them, and was not level for longer at its end than between two of them: nobody knows whether another comes.</summary>
/// <param name="Steps">How many jumps.</param>
/// <param name="Bytes">Height of the middle one.</param>
/// <param name="Seconds">The middle time between two.</param>
/// <param name="SinceLast">Seconds from the last one to the end.</param>
internal readonly record struct Stairs(int Steps, double Bytes, double Seconds, double SinceLast)
{
    /// <summary>Two jumps are a start and a load; a third one makes a habit.</summary>
    private const int Fewest = 3;

    /// <summary>What changes between two points by less than this share of the range is level. Twenty such steps look like a line anyway.</summary>
    private const double Level = 0.05;

    /// <summary>Level for longer than this many times the longest wait for a jump: it is over.</summary>
    private const double Over = 2;

    /// <summary>The stairs of a series in ascending time, or null when it has another form or has come to rest. Points that are not finite are left out.</summary>
    public static Stairs? Of(ReadOnlySpan<double> seconds, ReadOnlySpan<double> bytes)
    {
        var (t, y) = GrowthFit.Calm(seconds, bytes);
        if (y.Length < 2 * Fewest) return null;
        var least = Level * Extent.Of(y).Range;
        var (at, heights, drift) = (new List<double>(), new List<double>(), 0.0);
        for (var i = 1; i < y.Length; i++)
        {
            var rise = y[i] - y[i - 1];
            if (rise <= -least) return null;
            if (rise < least) drift += Math.Abs(rise);
            // Memory that is touched while a snapshot is taken is seen in two of them: one jump.
            else if (i > 1 && at.Count > 0 && at[^1] == t[i - 1]) (at[^1], heights[^1]) = (t[i], heights[^1] + rise);
            else
            {
                at.Add(t[i]);
                heights.Add(rise);
            }
        }
        if (at.Count < Fewest || drift > heights.Sum() / 4) return null;
        var waits = at.Zip(at.Skip(1), (a, b) => b - a).Order().ToList();
        return t[^1] - at[^1] > Over * waits[^1] ? null : new Stairs(at.Count, heights.Order().ElementAt(heights.Count / 2), waits[waits.Count / 2], t[^1] - at[^1]);
    }
}
