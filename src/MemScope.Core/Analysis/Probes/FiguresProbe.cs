namespace MemScope.Core.Analysis.Probes;

/// <summary>Figures beside the snapshots: status, rollup, the machine's and the cgroup's.</summary>
internal static class FiguresProbe
{
    /// <summary>The probe.</summary>
    public static ProbeKind Kind { get; } = new("proc-figures", ProbeKind.Always, Make);

    private static Probe Make(ProbeTarget target)
    {
        var (pid, file) = (ProbeParts.Pid(target), ProbeParts.File(target, "figures"));
        // cgroup v2 has one line that begins with 0::, v1 one with its controllers (cgroups(7)).
        var command =
            $$"""
            d=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/{{pid}}/cgroup)
            [ -e "$d/memory.stat" ] || d=/sys/fs/cgroup/memory$(sed -n 's/^[0-9]*:memory://p' /proc/{{pid}}/cgroup)
            { date -u +%FT%TZ; cat /proc/{{pid}}/status /proc/meminfo; for f in stat current max high events usage_in_bytes limit_in_bytes; do grep -H . "$d/memory.$f"; done 2>/dev/null; } > {{file}}
            """;
        return new(Kind.Slug, "Figures of the process, its cgroup and the machine", command, ProbeParts.Upload(target, file), "Reads a few files of /proc and of the cgroup: nothing that the process feels.")
        {
            Needs = ["the process's own user, or root"],
            Why = "Tells page cache, kernel memory and the limit of the container from the process's own memory, and how long it will last.",
        };
    }
}
