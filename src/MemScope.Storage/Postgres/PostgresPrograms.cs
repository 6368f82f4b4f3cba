using System.Diagnostics;
using System.Globalization;

namespace MemScope.Storage.Postgres;

/// <summary>Where PostgreSQL's programs lie, and as whom they run: root may not run them, so root becomes nobody.</summary>
internal sealed class PostgresPrograms
{
    private const string Installed = "/usr/lib/postgresql";
    private static readonly string[] Needed = ["postgres", "initdb", "pg_ctl"];

    private PostgresPrograms(string folder, int major) => (Folder, Major) = (folder, major);

    /// <summary>The bin folder.</summary>
    public string Folder { get; }

    /// <summary>Major version.</summary>
    public int Major { get; }

    /// <summary>Whether this process is root.</summary>
    public static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>The group that nobody has here: Debian calls it nogroup.</summary>
    public static string NobodyGroup { get; } =
        File.Exists("/etc/group") && File.ReadLines("/etc/group").Any(l => l.StartsWith("nogroup:", StringComparison.Ordinal)) ? "nogroup" : "nobody";

    /// <summary>The newest version that is installed, or the one that made the data when <paramref name="dataMajor"/> is given.</summary>
    public static PostgresPrograms Find(int? dataMajor)
    {
        foreach (var tool in (string[])["/usr/bin/setsid", "/usr/bin/setpriv"])
            if (!File.Exists(tool)) throw new PostgresUnavailableException($"{tool} is missing: apt install util-linux");
        var found = Candidates().Where(c => Needed.All(p => File.Exists(Path.Combine(c.Folder, p)))).ToList();
        if (found.Count == 0)
            throw new PostgresUnavailableException("PostgreSQL is not installed: apt install postgresql (or give a server with --db or MEMSCOPE_DB)");
        if (dataMajor is not { } major) return found.MaxBy(c => c.Major)!;
        return found.Find(c => c.Major == major)
            ?? throw new PostgresUnavailableException($"The data was made by PostgreSQL {major}, which is not installed: apt install postgresql-{major}");
    }

    private static IEnumerable<PostgresPrograms> Candidates()
    {
        if (Directory.Exists(Installed))
            foreach (var version in Directory.EnumerateDirectories(Installed))
                if (int.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var major)) yield return new(Path.Combine(version, "bin"), major);
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            if (File.Exists(Path.Combine(folder, "initdb")) && VersionOf(Path.Combine(folder, "initdb")) is { } major) yield return new(folder, major);
    }

    private static int? VersionOf(string initdb)
    {
        // "initdb (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"
        using var process = Process.Start(new ProcessStartInfo(initdb, "--version") { RedirectStandardOutput = true, UseShellExecute = false })!;
        var words = process.StandardOutput.ReadToEnd().Split(' ');
        process.WaitForExit();
        return words.Length > 2 && int.TryParse(words[2].Split('.')[0], CultureInfo.InvariantCulture, out var major) ? major : null;
    }

    /// <summary>Makes a folder that only the user of the database may enter.</summary>
    public static void MakePrivateFolder(string folder)
    {
        string[] owner = IsRoot ? ["-o", "nobody", "-g", NobodyGroup] : [];
        var (code, output) = RunPlain("install", ["-d", "-m", "0700", .. owner, "--", folder], TimeSpan.FromSeconds(10));
        if (code != 0) throw new PostgresUnavailableException($"Cannot make {folder}: {output.Trim()}");
    }

    /// <summary>Runs one of the programs to its end and returns its exit code and all that it printed.</summary>
    public (int Code, string Output) Run(string program, IReadOnlyList<string> arguments, TimeSpan limit) =>
        RunPlain(Prefix(diesWithParent: false)[0], [.. Prefix(diesWithParent: false).Skip(1), Path.Combine(Folder, program), .. arguments], limit);

    /// <summary>Starts the server. It prints into <paramref name="logFile"/>, gets SIGINT when the calling thread ends, and none of the terminal's Ctrl-C.</summary>
    public Process StartServer(IReadOnlyList<string> arguments, string logFile, string owner)
    {
        string[] server = ["/usr/bin/setsid", .. Prefix(diesWithParent: true), Path.Combine(Folder, "postgres"), .. arguments];
        var start = Plain("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null", "sh", logFile, .. server]);
        start.Environment[PostgresFolder.OwnerVariable] = owner;
        return Process.Start(start)!;
    }

    private static string[] Prefix(bool diesWithParent)
    {
        string[] signal = diesWithParent ? ["--pdeathsig=INT"] : [];
        if (IsRoot) return ["/usr/bin/setpriv", .. signal, "--reuid=nobody", $"--regid={NobodyGroup}", "--clear-groups", "--inh-caps=-all", "--"];
        return diesWithParent ? ["/usr/bin/setpriv", .. signal, "--"] : ["/usr/bin/env", "--"];
    }

    private static (int Code, string Output) RunPlain(string program, IReadOnlyList<string> arguments, TimeSpan limit)
    {
        var start = Plain(program, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (process.WaitForExit(limit)) return (process.ExitCode, output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult());
        process.Kill(entireProcessTree: true);
        return (-1, $"no answer within {limit.TotalSeconds:0} s");
    }

    private static ProcessStartInfo Plain(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, WorkingDirectory = "/" };
        // PGDATA, PGPORT and friends of the caller must not steer a private server.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("PG", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}
