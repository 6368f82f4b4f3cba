using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Probes;

/// <summary>A test that runs a probe for real; skipped, with the reason, where a tool or a right is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProbeFactAttribute : FactAttribute
{
    /// <summary>Needs gcc, curl and all of <paramref name="tools"/>; bpftrace and perf need root and tracefs, the others the right to trace.</summary>
    public ProbeFactAttribute(params string[] tools)
    {
        Tools = tools;
        Skip = new NeedsFactAttribute(["gcc", "curl", .. tools]).Skip;
        if (Skip is not null || tools.Length == 0) return;
        if (tools.Any(t => t is "bpftrace" or "perf"))
        {
            if (!Environment.IsPrivilegedProcess) Skip = "needs root";
            else if (!File.Exists("/sys/kernel/tracing/available_events") && !File.Exists("/sys/kernel/debug/tracing/available_events")) Skip = "tracefs is not mounted";
        }
        else if (new NeedsFactAttribute("strace").Skip is { } reason) Skip = reason;
    }

    /// <summary>The tools.</summary>
    public string[] Tools { get; }
}
