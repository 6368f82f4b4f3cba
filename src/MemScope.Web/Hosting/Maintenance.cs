using MemScope.Core;
using MemScope.Storage;
using MemScope.Storage.Postgres;
using MemScope.Storage.Regions;

namespace MemScope.Web.Hosting;

/// <summary>What the server's program does beside serving, also while a server runs over the same data: it shares the database, not the server.</summary>
internal sealed record Maintenance(string Verb, string DataFolder, string? Database, Guid? Process)
{
    /// <summary>Text of <c>--help</c>.</summary>
    public const string Usage = """
        usage: MemScope.Web reprocess [--process ID] [--data DIR] [--db CONNECTION]
               MemScope.Web fsck [--data DIR] [--db CONNECTION]
          reprocess         compute sums by category and the rows of regions again; safe beside a running server, and may be broken off
          fsck              look whether what is stored fits together; prints what does not and ends with 1 then
          --process ID      only this process
          --data, --db      as for the server (or MEMSCOPE_DATA, MEMSCOPE_DB)
        """;

    private const int MostPerLook = 1000;

    /// <summary>The command that the arguments ask for, or null when they are for the server.</summary>
    /// <exception cref="FormatException">An argument is unknown or malformed; the message is for the person at the terminal.</exception>
    public static Maintenance? Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        if (args is not ["reprocess" or "fsck", ..]) return null;
        var (verb, serving, process) = (args[0], new List<string>(), (Guid?)null);
        for (var i = 1; i < args.Count; i++)
        {
            var (name, value) = args[i].IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (args[i][..at], args[i][(at + 1)..]) : (args[i], i + 1 < args.Count ? args[++i] : throw new FormatException($"{args[i]} needs a value; try --help"));
            if (name is "--data" or "--db") serving.AddRange([name, value]);
            else if (name is "--process" && verb is "reprocess") process = Guid.TryParse(value, out var id) ? id : throw new FormatException($"--process {value}: the id of a process is needed, as in the address of its page");
            else throw new FormatException($"unknown option {name} of {verb}; try --help");
        }
        var options = ServerOptions.Parse(serving, name => name is "MEMSCOPE_DATA" or "MEMSCOPE_DB" ? environment(name) : null);
        return new Maintenance(verb, options.DataFolder, options.Database, process);
    }

    /// <summary>Runs it; the program's exit code.</summary>
    /// <param name="postgres">The private database, or null with one of one's own.</param>
    /// <param name="output">Gets what is told.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<int> RunAsync(PrivatePostgres? postgres, TextWriter output, CancellationToken cancel)
    {
        await using var services = new ServiceCollection().AddLogging().AddSingleton(Limits.Default)
            .AddMemScopeStorage(new StorageOptions(Database ?? postgres!.ConnectionString)).BuildServiceProvider();
        await services.GetRequiredService<Database>().MigrateAsync(cancel);
        return Verb is "fsck" ? await CheckAsync(services.GetRequiredService<StoreCheck>(), output, cancel) : await ReprocessAsync(services.GetRequiredService<RegionRows>(), output, cancel);
    }

    private static async Task<int> CheckAsync(StoreCheck check, TextWriter output, CancellationToken cancel)
    {
        var problems = 0;
        await foreach (var problem in check.ProblemsAsync(cancel))
        {
            await output.WriteLineAsync(problem);
            problems++;
        }
        await output.WriteLineAsync(problems == 0 ? "Everything fits together." : FormattableString.Invariant($"{problems} problems."));
        return problems == 0 ? 0 : 1;
    }

    private async Task<int> ReprocessAsync(RegionRows rows, TextWriter output, CancellationToken cancel)
    {
        await rows.ForgetAsync(Process, cancel);
        var (sum, processes) = (new RegionRowsReport(0, 0, 0), 0);
        var done = new HashSet<Guid>();
        // The newest first, as pages ask for them; a server that runs beside takes some of the work.
        for (IReadOnlyList<Guid> stale; (stale = [.. (Process is { } one ? [one] : await rows.StaleAsync(MostPerLook, cancel)).Where(done.Add)]).Count > 0;)
        {
            foreach (var process in stale)
            {
                try
                {
                    if (await rows.UpdateAsync(process, cancel) is not { } report) continue;
                    (sum, processes) = (sum + report, processes + 1);
                }
                catch (InvalidDataException damage)
                {
                    await output.WriteLineAsync($"{process}: {damage.Message}");
                }
            }
        }
        if (Process is not null && processes == 0)
        {
            await output.WriteLineAsync("There is no process of that id.");
            return 1;
        }
        await output.WriteLineAsync(FormattableString.Invariant($"{processes} processes: {sum.Sums} snapshots have other sums, {sum.Written} rows of regions are new or others, {sum.Renamed} regions have another id."));
        return 0;
    }
}
