using System.Globalization;
using System.Text;

namespace MemScope.Storage.Postgres;

/// <summary>The files of a private server: <c>data</c> is PostgreSQL's, <c>run</c> holds the socket, <c>start.log</c> what it printed before its own log began.</summary>
internal sealed class PostgresFolder
{
    /// <summary>Environment of the server that names the MemScope process which started it: <c>pid:start ticks</c>.</summary>
    public const string OwnerVariable = "MEMSCOPE_OWNER";

    private const int LongestSocketFolder = 90; // sun_path holds 107 bytes, the socket's own name takes 14 (unix(7))

    public PostgresFolder(string root)
    {
        Root = Path.GetFullPath(root);
        if (Encoding.UTF8.GetByteCount(Run) > LongestSocketFolder)
            throw new PostgresUnavailableException($"The path of the data folder is too long for a unix socket ({Run}): choose a shorter one with --data");
    }

    public string Root { get; }
    public string Data => Path.Combine(Root, "data");
    public string Run => Path.Combine(Root, "run");
    public string StartLog => Path.Combine(Root, "run", "start.log");
    public string Lock => Path.Combine(Root, "start.lock");
    private string PidFile => Path.Combine(Data, "postmaster.pid");
    private string VersionFile => Path.Combine(Data, "PG_VERSION");

    /// <summary>Major version of the data, or null when there is none yet.</summary>
    public int? DataMajor =>
        File.Exists(VersionFile) && int.TryParse(File.ReadAllText(VersionFile).Trim(), CultureInfo.InvariantCulture, out var major) ? major : null;

    /// <summary>Makes the folder and, on first use, the database cluster in it. A cluster appears complete or not at all.</summary>
    public void Prepare(PostgresPrograms programs, bool syncToDisk)
    {
        Directory.CreateDirectory(Root);
        PostgresPrograms.MakePrivateFolder(Run);
        if (DataMajor is not null) return;
        var fresh = Data + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        PostgresPrograms.MakePrivateFolder(fresh);
        List<string> arguments = ["-D", fresh, "-U", "memscope", "--auth-local=peer", "--auth-host=reject", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"];
        if (!syncToDisk) arguments.Add("--no-sync");
        var (code, output) = programs.Run("initdb", arguments, TimeSpan.FromMinutes(2));
        if (code != 0) throw new PostgresUnavailableException($"initdb could not make {Data}:\n{output.Trim()}{ClosedParentAdvice()}");
        File.WriteAllText(Path.Combine(fresh, "pg_hba.conf"), "# Only this machine's MemScope may connect, by its user on the socket.\nlocal all all peer map=memscope\n");
        string[] users = PostgresPrograms.IsRoot ? ["root", "nobody"] : [Environment.UserName];
        File.WriteAllLines(Path.Combine(fresh, "pg_ident.conf"), users.Select(u => $"memscope \"{u}\" memscope"));
        if (Directory.Exists(Data)) Directory.Delete(Data); // only when empty: anything else is not ours to remove
        Directory.Move(fresh, Data);
    }

    /// <summary>
    /// The process that serves the data now, or null. A postmaster.pid that a crash left behind while its number went to another program is removed:
    /// PostgreSQL itself would take that program for a running server and refuse to start.
    /// </summary>
    public int? Postmaster()
    {
        string first;
        try { first = File.ReadLines(PidFile).FirstOrDefault() ?? ""; }
        catch (IOException) { return null; }
        if (!int.TryParse(first, CultureInfo.InvariantCulture, out var pid) || !ProcFiles.IsAlive(pid)) return null;
        if (ProcFiles.CommandLine(pid).Contains(Data, StringComparer.Ordinal)) return pid;
        File.Delete(PidFile);
        return null;
    }

    /// <summary>The end of what the server printed while it started.</summary>
    public string StartMessages()
    {
        try { return string.Join('\n', File.ReadLines(StartLog).TakeLast(12)); }
        catch (IOException) { return ""; }
    }

    private string ClosedParentAdvice() =>
        PostgresPrograms.IsRoot ? $"\nAs root the database runs as the user nobody, who must be able to reach {Root}: choose a folder such as /var/lib/memscope with --data" : "";
}
