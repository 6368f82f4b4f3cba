namespace MemScope.Core.Analysis.Probes;

/// <summary>Snapshots without the agent.</summary>
internal static class WatchCurlProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("watch-curl", ProbeKind.Always, Make);

    private static Probe Make(ProbeTarget target)
    {
        var pid = ProbeParts.Pid(target);
        var command =
            $$"""
            for i in $(seq {{ProbeParts.WatchSeconds}}); do
              [ -e /proc/{{pid}} ] || break
              cat /proc/{{pid}}/smaps | {{ProbeParts.Curl(target)}} -o /dev/null --data-binary @- {{Shell.Quote(ProbeParts.Address(target, "smaps"))}}
              sleep 1
            done
            """;
        return new(Kind.Slug, $"Snapshots for {ProbeParts.WatchSeconds} s with nothing but a shell and curl", command, "", WatchProbe.Risk)
        {
            Needs = ["curl", "the process's own user, or root"],
            Why = "The same as the agent's snapshots where it is not installed.",
        };
    }
}
