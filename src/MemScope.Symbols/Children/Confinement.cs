using System.Diagnostics;
using System.Globalization;

namespace MemScope.Symbols.Children;

/// <summary>
/// Wraps a command so that it runs with caps and without privileges: prlimit for memory, CPU time and files; setpriv for no new privileges and, when the server is
/// root, another user without groups and capabilities; unshare for no network, where the kernel lets it. Each of them executes the next one, so that the process that
/// was started is in the end the tool itself.
/// </summary>
internal static class Confinement
{
    /// <summary>The overflow user and group (nobody, nogroup) by number: images without /etc/passwd entries have them as well.</summary>
    private const string Nobody = "65534";
    private static readonly Lazy<string?> Unshare = new(FindUnshare);

    /// <summary>The whole command, or null with the reason when running it would be unsafe.</summary>
    public static IReadOnlyList<string>? Wrap(string tool, IReadOnlyList<string> arguments, ChildLimits limits, out string? reason)
    {
        reason = null;
        var command = new List<string>();
        if (Unshare.Value is { } unshare) command.AddRange([unshare, "--net", "--"]);
        if (Tools.Find("prlimit") is { } prlimit) command.AddRange([prlimit, .. Caps(limits), "--"]);
        if (Tools.Find("setpriv") is { } setpriv)
        {
            command.AddRange([setpriv, "--no-new-privs"]);
            if (Environment.IsPrivilegedProcess)
                command.AddRange(["--reuid=" + Nobody, "--regid=" + Nobody, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]);
            command.Add("--");
        }
        else if (Environment.IsPrivilegedProcess)
        {
            reason = "setpriv (package util-linux) is missing, and the server runs as root: uploaded files are not handed to a tool that runs as root.";
            return null;
        }
        return [.. command, tool, .. arguments];
    }

    private static IEnumerable<string> Caps(ChildLimits limits) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"--as={limits.AddressSpaceBytes}"), string.Create(CultureInfo.InvariantCulture, $"--cpu={limits.CpuSeconds}"),
        string.Create(CultureInfo.InvariantCulture, $"--nofile={limits.OpenFiles}"), "--core=0", "--fsize=0",
    ];

    /// <summary>Containers often forbid new network namespaces: tried once.</summary>
    private static string? FindUnshare()
    {
        if (!Environment.IsPrivilegedProcess || Tools.Find("unshare") is not { } unshare || Tools.Find("true") is not { } nothing) return null;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(unshare, ["--net", "--", nothing]) { RedirectStandardError = true, UseShellExecute = false });
            return process is not null && process.WaitForExit(2000) && process.ExitCode == 0 ? unshare : null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }
}
