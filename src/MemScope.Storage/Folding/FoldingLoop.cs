using System.Collections.Concurrent;
using MemScope.Storage.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemScope.Storage.Folding;

/// <summary>
/// Folds blocks in the background: of processes that changed, as soon as there is enough to fold or nothing more comes, and at the start and every hour of all. One fold at a time, with pauses
/// as long as the folds: at most half a core. Several nodes may run it; a process is folded by one of them at a time.
/// </summary>
internal sealed class FoldingLoop(BlockFolding folding, ChangeFeed feed, StorageOptions options, TimeProvider time, ILogger<FoldingLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan QuietFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<Guid, Changed> _changed = new();
    private readonly HashSet<Guid> _damaged = [];

    /// <summary>Up to which change a process was heard of and looked at, and when it was last heard of.</summary>
    private sealed record Changed(long Seq, long SeenSeq, DateTimeOffset At);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Fold) return;
        using var subscription = feed.SubscribeAll((process, seq) =>
            _changed.AddOrUpdate(process, new Changed(seq, 0, time.GetUtcNow()), (_, known) => known with { Seq = Math.Max(seq, known.Seq), At = time.GetUtcNow() }));
        using var timer = new PeriodicTimer(Tick, time);
        var sweepAt = DateTimeOffset.MinValue;
        do
        {
            try
            {
                if (time.GetUtcNow() >= sweepAt)
                {
                    foreach (var process in await folding.FindAsync(stoppingToken)) await FoldAsync(process, DateTimeOffset.UnixEpoch, quiet: true, stoppingToken);
                    sweepAt = time.GetUtcNow() + SweepEvery;
                }
                foreach (var (process, changed) in _changed) await LookAtAsync(process, changed, stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                logger.LogDebug("Blocks are folded later: {Problem}", e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAtAsync(Guid process, Changed changed, CancellationToken cancel)
    {
        var quiet = time.GetUtcNow() - changed.At >= QuietFor;
        if (!quiet && changed.Seq - changed.SeenSeq < FoldPlan.FewestBlocks) return;
        // Midnight leaves the last blocks of yesterday to be folded.
        if (!await FoldAsync(process, Yesterday, quiet, cancel)) return;
        if (quiet) _changed.TryRemove(KeyValuePair.Create(process, changed)); // unless it changed meanwhile
        else _changed.AddOrUpdate(process, changed, (_, known) => known with { SeenSeq = changed.Seq });
    }

    private DateTimeOffset Yesterday => new(time.GetUtcNow().UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);

    private async Task<bool> FoldAsync(Guid process, DateTimeOffset since, bool quiet, CancellationToken cancel)
    {
        if (_damaged.Contains(process)) return true;
        try
        {
            return await folding.FoldAsync(process, since, quiet, took => Task.Delay(took, time, cancel), cancel) is not null;
        }
        catch (InvalidDataException e)
        {
            _damaged.Add(process);
            logger.LogError(e, "Blocks of process {Process} cannot be folded and stay as they are", process);
            return true;
        }
    }
}
