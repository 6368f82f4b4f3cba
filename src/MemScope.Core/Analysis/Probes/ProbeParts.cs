using System.Globalization;

namespace MemScope.Core.Analysis.Probes;

/// <summary>What the commands of several probes have in common. Of a process there are only numbers in them, and texts that <see cref="Shell"/> quotes.</summary>
internal static class ProbeParts
{
    /// <summary>How long tracers run, seconds: long enough for a leak of one block a second to show ten times.</summary>
    public const int TraceSeconds = 10;

    /// <summary>How long snapshots and heap profilers run, seconds.</summary>
    public const int WatchSeconds = 60;

    /// <summary>Stand-in for the program's own command, which a capture does not tell so that it could be run again.</summary>
    public const string YourProgram = "./your-service";

    /// <summary>File with the process id of a program that a command has started.</summary>
    public const string RunPid = "memscope-run.pid";

    /// <summary>The process id as text.</summary>
    public static string Pid(ProbeTarget target) => target.Pid.ToString(CultureInfo.InvariantCulture);

    /// <summary>A file in the working folder that the result of a probe goes to: letters, digits, '-' and '.' only.</summary>
    public static string File(ProbeTarget target, string slug, string extension = "txt") => $"memscope-{slug}-{Pid(target)}.{extension}";

    /// <summary>The line that sends a file into the process.</summary>
    /// <param name="target">The process.</param>
    /// <param name="file">A name of <see cref="File"/>.</param>
    /// <param name="format">Slug of its format, or null where the file tells it or is an archive.</param>
    public static string Upload(ProbeTarget target, string file, string? format = null) => $"{Curl(target)} --data-binary @{file} {Shell.Quote(Address(target, format))}";

    /// <summary>The same for a trace whose clock is not wall time: the time at which the command began stands in a file.</summary>
    public static string UploadBegun(ProbeTarget target, string file, string begun, string? format = null) =>
        $"{Curl(target)} --data-binary @{file} {Shell.Quote(Address(target, format) + "&takenAt=")}\"$(cat {begun})\"";

    /// <summary>The line that sends what a new run has written into that run's own process, with a label that tells it from the old one.</summary>
    public static string UploadOfRun(ProbeTarget target, string files, string run, string? format = null) =>
        $"for f in {files}; do {Curl(target)} --data-binary @\"$f\" {Shell.Quote($"{target.Server}/api/v1/captures?{HostQuery(target)}label.run={run}{Format(format)}&pid=")}\"$(cat {RunPid})\"; done";

    /// <summary>Where captures of the process go. The pid says that whatever the file names is this process, seen from a container perhaps.</summary>
    public static string Address(ProbeTarget target, string? format = null) => $"{target.Server}/api/v1/captures?process={target.ProcessId:D}&pid={Pid(target)}{Format(format)}";

    /// <summary>curl with what every upload has: the answer is the page's address, and a token where the server may ask for one.</summary>
    public static string Curl(ProbeTarget target) =>
        IsLoopback(target.Server) ? "curl -sS -H 'Accept: text/plain'" : "curl -sS -H 'Accept: text/plain' ${MEMSCOPE_TOKEN:+\"-HAuthorization: Bearer $MEMSCOPE_TOKEN\"}";

    /// <summary><c>--host</c> of the agent, so that it names the machine as the captures before did; empty when they did not.</summary>
    public static string AgentHost(ProbeTarget target) => target.Host.Length == 0 ? "" : $"--host {Shell.Quote(target.Host)} ";

    /// <summary>Whether a module's path holds one of some words.</summary>
    public static bool HasModule(ProbeTarget target, params ReadOnlySpan<string> words)
    {
        foreach (var module in target.Modules)
        {
            foreach (var word in words)
                if (module.Contains(word, StringComparison.Ordinal)) return true;
        }
        return false;
    }

    /// <summary>Whether UCX's memory hooks are in the process.</summary>
    public static bool HasUcx(ProbeTarget target) => HasModule(target, "libucm");

    /// <summary>Whether malloc is glibc's, or it is not known.</summary>
    public static bool MayHaveGlibc(ProbeTarget target) =>
        target.Modules.Count == 0 || (HasModule(target, "libc.so.6", "libc-2.") && !HasModule(target, "libjemalloc", "libtcmalloc", "libmimalloc"));

    private static string HostQuery(ProbeTarget target) => target.Host.Length == 0 ? "" : $"host={Uri.EscapeDataString(target.Host)}&";

    private static string Format(string? format) => format is null ? "" : "&format=" + format;

    // On a loopback address no token is asked for (decision 9).
    private static bool IsLoopback(string server) => Uri.TryCreate(server, UriKind.Absolute, out var address) && address.IsLoopback;
}
