namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>A number beside the snapshots at a time.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Value">Bytes or a count, as the file says.</param>
internal readonly record struct FigureReading(DateTimeOffset At, double Value);

/// <summary>Numbers of figures over a window.</summary>
internal static class FigureCourses
{
    /// <summary>A figure is often read a moment before or after its snapshot: by a tool that walks /proc, within a second.</summary>
    private static readonly TimeSpan Beside = TimeSpan.FromSeconds(1);

    /// <summary>Readings of the first of some keys that a kind of figures has, in the window, oldest first.</summary>
    public static IReadOnlyList<FigureReading> Of(CaseFacts c, string kind, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            var name = key;
            var readings = In(c, kind).Select(f => (f.At, Value: Value(f, name))).Where(r => r.Value is not null).Select(r => new FigureReading(r.At, r.Value!.Value)).ToList();
            if (readings.Count > 0) return readings;
        }
        return [];
    }

    /// <summary>Figures of a kind in the window, oldest first.</summary>
    public static IEnumerable<SideFacts> In(CaseFacts c, string kind)
    {
        if (c.Count == 0) return [];
        var (from, to) = (c.Track.Points[c.From].TakenAt - Beside, c.Track.Points[c.To].TakenAt + Beside);
        return c.File.Figures.Where(f => f.Kind == kind && f.At >= from && f.At <= to).OrderBy(f => f.At);
    }

    /// <summary>A number by its key, whichever of the two it is; null where the figure has none.</summary>
    public static double? Value(SideFacts figures, string key) => figures.Bytes.TryGetValue(key, out var bytes) ? bytes : figures.Counts.TryGetValue(key, out var count) ? count : null;
}
