namespace MemScope.Core.Analysis.Probes;

/// <summary>Snapshots by the agent.</summary>
internal static class WatchProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("watch", ProbeKind.Always, Make);

    /// <summary>What reading smaps does.</summary>
    public const string Risk = "Reads smaps once a second. The kernel holds the process's mmap lock for reading while it walks the page tables: about a millisecond per GB in RAM, in which mmap and page faults of the process may wait.";

    private static Probe Make(ProbeTarget target) =>
        new(Kind.Slug, $"Snapshots for {ProbeParts.WatchSeconds} s", $"memscope agent watch {Arguments(target, ProbeParts.Pid(target))}", "", Risk + " The agent measures that and takes fewer snapshots when it costs more than 5 % of a core.")
        {
            Needs = ["the agent", "the process's own user, or root"],
            Why = "Growth needs snapshots over time; a minute of them tells a line from a step. The agent sends them itself.",
        };

    /// <summary>Arguments of the agent for a pid, which may be <c>$!</c>.</summary>
    public static string Arguments(ProbeTarget target, string pid) =>
        $"--pid {pid} {ProbeParts.AgentHost(target)}--interval 1s --duration {ProbeParts.WatchSeconds}s --server {Shell.Quote(target.Server)}";
}
