namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of figures beside the snapshots: status, cgroup, meminfo.</summary>
internal static class FigureChecks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } = [];

    /// <summary>Pid of the tracer that status names, 0 for none; null when no status in or before the window says it.</summary>
    public static long? Tracer(CaseFacts c)
    {
        if (c.Count == 0) return null;
        var end = c.Track.Points[c.To].TakenAt.AddSeconds(1);
        long? tracer = null;
        foreach (var figure in c.File.Figures)
            if (figure.Kind == "status" && figure.At <= end && figure.Counts.TryGetValue("TracerPid", out var pid)) tracer = pid;
        return tracer;
    }
}
