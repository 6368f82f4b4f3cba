using System.Collections.Concurrent;
using MemScope.Storage.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemScope.Storage.Regions;

/// <summary>
/// Writes the rows of regions behind the uploads, at most every ten seconds for each process however often it changes. What nobody announced (a start, a new version of the analysis, a
/// connection that was away) is looked for once a minute.
/// </summary>
internal sealed class RegionRowsLoop(RegionRows rows, ChangeFeed feed, TimeProvider time, ILogger<RegionRowsLoop> logger) : BackgroundService
{
    private const int MostPerLook = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Rest = TimeSpan.FromSeconds(10), Look = TimeSpan.FromMinutes(1), Setback = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<Guid, byte> _changed = new();
    private readonly Dictionary<Guid, DateTimeOffset> _writtenAt = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = feed.SubscribeAll((process, _) => _changed.TryAdd(process, 0));
        using var timer = new PeriodicTimer(Pause, time);
        var lookedAt = DateTimeOffset.MinValue;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = time.GetUtcNow();
                if (now - lookedAt >= Look)
                {
                    foreach (var process in await rows.StaleAsync(MostPerLook, stoppingToken)) _changed.TryAdd(process, 0);
                    lookedAt = now;
                    Forget(now);
                }
                foreach (var process in _changed.Keys)
                    if (now - _writtenAt.GetValueOrDefault(process) >= Rest) await WriteAsync(process, stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                logger.LogDebug("Rows of regions are written later: {Problem}", e.Message);
            }
        }
    }

    private async Task WriteAsync(Guid process, CancellationToken cancel)
    {
        // Taken off before: what is announced meanwhile counts for the next time.
        _changed.TryRemove(process, out _);
        _writtenAt[process] = time.GetUtcNow();
        try
        {
            await rows.UpdateAsync(process, cancel);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            _changed.TryAdd(process, 0);
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A damaged block, or a defect: it must not end the server, nor be tried again every minute.
            logger.LogError(e, "The regions of process {Process} cannot be written", process);
            _writtenAt[process] = time.GetUtcNow() + Setback;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var process in _writtenAt.Where(w => now - w.Value > Look).Select(w => w.Key).ToList()) _writtenAt.Remove(process);
    }
}
