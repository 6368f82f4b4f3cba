namespace MemScope.Core.Analysis.Growth;

/// <summary>Takes single points out that stand far from all their neighbours: a snapshot that was torn, or a child that lived for one of them, is no form of the series.</summary>
internal static class Spikes
{
    /// <summary>A spike stands off by this many times what points usually stand off from their neighbours.</summary>
    public const double StandsOff = 10;

    /// <summary>The neighbours of a spike differ from each other by at most this share of its height; those of a step do not.</summary>
    private const double NeighboursAgree = 0.25;

    /// <summary>One point in this many may be a spike; more of them belong to the form.</summary>
    public const int OneIn = 20;

    private const int FewestPoints = 7;

    /// <summary>The points without spikes; the same arrays when there are none or too many.</summary>
    public static (double[] Seconds, double[] Bytes) Without(double[] t, double[] y)
    {
        if (y.Length < FewestPoints) return (t, y);
        var offs = new double[y.Length];
        Span<double> near = stackalloc double[4];
        for (var i = 1; i < y.Length - 1; i++)
        {
            (near[0], near[1], near[2], near[3]) = (y[Math.Max(i - 2, 0)], y[i - 1], y[i + 1], y[Math.Min(i + 2, y.Length - 1)]);
            near.Sort();
            offs[i] = Math.Abs(y[i] - ((near[1] + near[2]) / 2));
        }
        var sorted = (double[])offs.Clone();
        Array.Sort(sorted);
        var least = Math.Max(ShapeOf.FlatBytes, StandsOff * sorted[sorted.Length / 2]);
        var spikes = new List<int>();
        for (var i = 1; i < y.Length - 1; i++)
        {
            if (offs[i] > least && Math.Abs(y[i + 1] - y[i - 1]) <= NeighboursAgree * offs[i]) spikes.Add(i);
        }
        if (spikes.Count == 0 || spikes.Count > Math.Max(1, y.Length / OneIn)) return (t, y);
        return ([.. t.Where((_, i) => !spikes.Contains(i))], [.. y.Where((_, i) => !spikes.Contains(i))]);
    }
}
