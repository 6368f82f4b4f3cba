using System.Diagnostics;
using MemScope.Storage.Folding;
using Npgsql;

namespace MemScope.Torture;

/// <summary>Folds without a pause in a process of its own, to be killed. Tells on its output what it is at: <c>b</c> begins a process, <c>f</c> has made a fold, <c>e</c> ends.</summary>
internal static class Folder
{
    public const string ApplicationName = "torture-fold";

    /// <summary>The child.</summary>
    public static async Task<int> RunAsync(string connection)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { ApplicationName = ApplicationName, MaxPoolSize = 4 });
        var folding = new BlockFolding(source);
        var output = Console.Out;
        while (true)
        {
            try
            {
                foreach (var process in await folding.FindAsync(CancellationToken.None))
                {
                    await output.WriteLineAsync('b');
                    await output.FlushAsync();
                    await folding.FoldAsync(process, DateTimeOffset.UnixEpoch, quiet: true, async _ => { await output.WriteLineAsync('f'); await output.FlushAsync(); }, CancellationToken.None);
                    await output.WriteLineAsync('e');
                    await output.FlushAsync();
                }
                await Task.Delay(20);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                await Task.Delay(100); // the database was killed
            }
            catch (InvalidDataException e)
            {
                await output.WriteLineAsync("!" + e.Message);
                await output.FlushAsync();
            }
        }
    }

    /// <summary>Starts children and kills each after a while, mostly in the middle of folding.</summary>
    public static async Task KeepKillingAsync(string connection, Tally tally, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var start = new ProcessStartInfo("dotnet", [typeof(Folder).Assembly.Location, "fold", connection]) { RedirectStandardOutput = true, UseShellExecute = false };
            using var child = Process.Start(start)!;
            var state = 'e';
            var begun = new TaskCompletionSource();
            child.OutputDataReceived += (_, line) =>
            {
                if (line.Data is not { Length: > 0 } told) return;
                state = told[0];
                if (state == 'f') Interlocked.Increment(ref tally.Folds);
                if (state == '!') tally.Complain(ref tally.Wrong, told);
                begun.TrySetResult();
            };
            child.BeginOutputReadLine();
            try
            {
                await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), stop);
                await Task.Delay(random.Next(5, random.Next(2) == 0 ? 1500 : 9000), stop);
                // Not between two folds: that is where nothing can happen.
                for (var patience = 200; state == 'e' && patience > 0; patience--) await Task.Delay(5, stop);
            }
            catch (Exception e) when (e is OperationCanceledException or TimeoutException)
            {
                // Killed all the same.
            }
            var inFold = state is 'b' or 'f';
            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
            Interlocked.Increment(ref tally.Kills);
            if (inFold) Interlocked.Increment(ref tally.KillsInFold);
        }
    }
}
