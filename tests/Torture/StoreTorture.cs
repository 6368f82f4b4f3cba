using System.Diagnostics;
using System.Globalization;
using MemScope.Storage;
using MemScope.Storage.Captures;
using MemScope.Storage.Folding;
using MemScope.Storage.Postgres;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MemScope.Torture;

/// <summary>Folding, reading, late arrivals and kill -9 together: no answer may be wrong and no acknowledged snapshot lost.</summary>
public static class StoreTorture
{
    private const int SnapshotsPerProcess = 1500, Readers = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    /// <summary>Runs and prints what happened; 0 when nothing was wrong and nothing lost.</summary>
    /// <param name="duration">How long the killing goes on; the final check takes a while more.</param>
    /// <param name="seed">Of everything random; what the machine does in which order stays its own.</param>
    /// <param name="output">Gets the report.</param>
    public static async Task<int> RunAsync(TimeSpan duration, int seed, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("memscope-torture-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101); // as root the database runs as nobody
        try
        {
            using var postgres = PrivatePostgres.Start(folder, syncToDisk: false);
            await using var services = new ServiceCollection().AddLogging().AddMemScopeStorage(new StorageOptions(postgres.ConnectionString) { Fold = false }).BuildServiceProvider();
            await services.GetRequiredService<Database>().MigrateAsync(CancellationToken.None);
            var run = new Run(services, postgres, seed);
            return await run.GoAsync(duration, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Run(ServiceProvider services, PrivatePostgres postgres, int seed)
    {
        private readonly Tally _tally = new();
        private readonly List<ProcessOracle> _processes = [];
        private int _pids = 100;

        public async Task<int> GoAsync(TimeSpan duration, TextWriter output)
        {
            var clock = Stopwatch.StartNew();
            using var stop = new CancellationTokenSource(duration);
            var checks = new Checks(services.GetRequiredService<TrackQuery>(), services.GetRequiredService<SnapshotQuery>(), services.GetRequiredService<ProcessQuery>(),
                services.GetRequiredService<TrackCache>(), _tally);
            List<Task> tasks =
            [
                WriteAsync([0], stop.Token), WriteAsync([0], stop.Token), WriteAsync([0, 1], stop.Token), // the last process has two senders
                Folder.KeepKillingAsync(postgres.ConnectionString, _tally, new Random(seed), stop.Token), Folder.KeepKillingAsync(postgres.ConnectionString, _tally, new Random(seed + 1), stop.Token),
                KillPostgresAsync(new Random(seed + 2), duration, stop.Token), .. Enumerable.Range(0, Readers).Select(r => ReadAsync(checks, new Random(seed + 10 + r), stop.Token)),
                TellAsync(clock, output, stop.Token),
            ];
            await Task.WhenAll(tasks);
            await FinallyAsync(checks, "as the last kill left it", output);
            await FoldAllAsync();
            await FinallyAsync(checks, "after all is folded", output);
            await ReportAsync(clock.Elapsed, output);
            return _tally.Wrong + _tally.Lost == 0 ? 0 : 1;
        }

        /// <summary>One process behind the other, each with a sender or more.</summary>
        private async Task WriteAsync(int[] lanes, CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                var process = new ProcessOracle(Interlocked.Increment(ref _pids));
                lock (_processes) _processes.Add(process);
                await Task.WhenAll(lanes.Select(lane =>
                    new Writer(services.GetRequiredService<CaptureStore>(), process, _tally, lane, seed + (process.Pid * Writer.Lanes) + lane).RunAsync(SnapshotsPerProcess / lanes.Length, Pause, stop)));
            }
        }

        private async Task ReadAsync(Checks checks, Random random, CancellationToken stop)
        {
            var known = new Dictionary<ProcessOracle, Checks.Known>();
            while (!stop.IsCancellationRequested)
            {
                ProcessOracle[] all;
                lock (_processes) all = [.. _processes.Where(p => p.Id is not null)];
                if (all.Length == 0)
                {
                    await Task.Delay(20, CancellationToken.None);
                    continue;
                }
                var process = all[^(1 + (int)Math.Min(all.Length - 1, random.NextDouble() * random.NextDouble() * all.Length))]; // the latest change most
                try
                {
                    switch (random.Next(8))
                    {
                        case 0: await checks.WholeAsync(process, random); break;
                        case < 3:
                            if (!known.TryGetValue(process, out var before) || random.Next(10) == 0) known[process] = before = new Checks.Known();
                            await checks.SinceAsync(process, before);
                            break;
                        case 3: await checks.SumsAsync(process); break;
                        case 4: await checks.CachedAsync(process, random); break;
                        default: await checks.OneAsync(process, random); break;
                    }
                    Interlocked.Increment(ref _tally.Reads);
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
                {
                    Interlocked.Increment(ref _tally.Interrupted);
                    await Task.Delay(50, CancellationToken.None);
                }
            }
        }

        /// <summary>Kills the folder's backend or the whole server, by turns.</summary>
        private async Task KillPostgresAsync(Random random, TimeSpan duration, CancellationToken stop)
        {
            var every = TimeSpan.FromSeconds(Math.Clamp(duration.TotalSeconds / 12, 6, 40));
            for (var turn = 0; !stop.IsCancellationRequested; turn++)
            {
                try
                {
                    await Task.Delay(every * (0.5 + random.NextDouble()), stop);
                    if ((turn % 2 == 0 ? await BackendAsync() : postgres.ServerProcessId) is not { } pid) continue;
                    using var process = Process.GetProcessById(pid);
                    process.Kill();
                    Interlocked.Increment(ref _tally.PostgresKills);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException or ArgumentException or InvalidOperationException)
                {
                    // It was gone already.
                }
            }
        }

        private async Task<int?> BackendAsync()
        {
            await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand($"SELECT pid FROM pg_stat_activity WHERE application_name = '{Folder.ApplicationName}' ORDER BY random() LIMIT 1");
            return (int?)await command.ExecuteScalarAsync(CancellationToken.None);
        }

        private async Task TellAsync(Stopwatch clock, TextWriter output, CancellationToken stop)
        {
            try
            {
                while (true)
                {
                    await Task.Delay(TimeSpan.FromSeconds(30), stop);
                    await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                        $"{clock.Elapsed.TotalSeconds:f0} s: {_tally.Snapshots} snapshots, {_tally.Folds} folds, {_tally.Kills} kills, {_tally.Reads} reads, {_tally.Wrong} wrong, {_tally.Lost} lost"));
                    await output.FlushAsync(CancellationToken.None);
                }
            }
            catch (OperationCanceledException)
            {
                // The time is over.
            }
        }

        private async Task FinallyAsync(Checks checks, string when, TextWriter output)
        {
            foreach (var process in _processes.Where(p => p.Id is not null))
                await AgainAsync(async () =>
                {
                    await checks.WholeAsync(process, new Random(seed));
                    await checks.SumsAsync(process);
                    await checks.SinceAsync(process, new Checks.Known());
                    await checks.CachedAsync(process, new Random(seed));
                });
            await output.WriteLineAsync($"full check of {_processes.Count} processes, {when}: {_tally.Wrong} wrong, {_tally.Lost} lost");
        }

        private Task FoldAllAsync() => AgainAsync(async () =>
        {
            var folding = services.GetRequiredService<BlockFolding>();
            foreach (var process in _processes.Where(p => p.Id is not null))
                _tally.Folds += await folding.FoldAsync(process.Id!.Value, DateTimeOffset.UnixEpoch, quiet: true, _ => Task.CompletedTask, CancellationToken.None) ?? 0;
        });

        /// <summary>The database may just be coming back.</summary>
        private static async Task AgainAsync(Func<Task> what)
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await what();
                    return;
                }
                catch (Exception e) when (attempt < 100 && e is NpgsqlException or TimeoutException or IOException)
                {
                    await Task.Delay(300);
                }
            }
        }

        private async Task ReportAsync(TimeSpan took, TextWriter output)
        {
            await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
                "SELECT count(*), coalesce(sum(snapshots), 0)::bigint, coalesce(sum(vmas), 0)::bigint, coalesce(sum(length(data)), 0)::bigint FROM snapshot_block");
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            await reader.ReadAsync(CancellationToken.None);
            var t = _tally;
            foreach (var line in t.Complaints) await output.WriteLineAsync(line);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"""
                {took.TotalSeconds:f0} s, seed {seed}: {t.Snapshots} snapshots in {t.Uploads} uploads of {_processes.Count} processes, {t.Late} late, {t.Retries} sent again without an answer, {t.Repeats} recognised
                {t.Folds} folds, {t.Kills} kills of the folding process ({t.KillsInFold} in the middle of folding), {t.PostgresKills} kills of PostgreSQL
                {t.Reads} reads of {t.Rows} snapshots compared, {t.Interrupted} interrupted
                blocks: {reader.GetInt64(0)} of {reader.GetInt64(1)} snapshots ({(double)reader.GetInt64(1) / Math.Max(1, reader.GetInt64(0)):f1} each), {(double)reader.GetInt64(3) / Math.Max(1, reader.GetInt64(2)):f2} bytes per mapping and snapshot
                {t.Wrong} wrong, {t.Lost} lost
                """));
        }
    }
}
