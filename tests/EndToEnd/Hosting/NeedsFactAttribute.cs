namespace MemScope.EndToEnd.Tests.Hosting;

/// <summary>A test that is skipped, with its reason, where a program of this machine is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    /// <summary>Needs all of <paramref name="programs"/> on the path.</summary>
    public NeedsFactAttribute(params string[] programs)
    {
        Programs = programs;
        var missing = programs.Where(p => !IsInstalled(p)).ToList();
        if (missing.Count > 0) Skip = $"not installed: {string.Join(", ", missing)}";
        else if (programs.Contains("strace") && !MayTrace) Skip = "this user may not attach to processes (kernel.yama.ptrace_scope)";
    }

    /// <summary>The programs.</summary>
    public string[] Programs { get; }

    private static bool MayTrace =>
        Environment.IsPrivilegedProcess || !File.Exists("/proc/sys/kernel/yama/ptrace_scope") || File.ReadAllText("/proc/sys/kernel/yama/ptrace_scope").Trim() == "0";

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
