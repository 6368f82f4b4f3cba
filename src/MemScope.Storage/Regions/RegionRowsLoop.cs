using System.Collections.Concurrent;
using MemScope.Storage.Live;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemScope.Storage.Regions;

/// <summary>
/// Writes the rows of regions behind the uploads, at most every ten seconds for each process however often it changes, and where that takes long less often: at most a hundredth of a core for
/// each process, and half a core for all. What nobody announced (a start, a new version of the analysis, a connection that was away) is looked for once a minute.
/// </summary>
internal sealed class RegionRowsLoop(RegionRows rows, ChangeFeed feed, TimeProvider time, ILogger<RegionRowsLoop> logger) : BackgroundService
{
    private const int MostPerLook = 500, RestsForEachWrite = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Rest = TimeSpan.FromSeconds(10), Look = TimeSpan.FromMinutes(1), Setback = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<Guid, byte> _changed = new();
    private readonly Dictionary<Guid, DateTimeOffset> _restsUntil = [];

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
                    foreach (var process in _restsUntil.Where(r => r.Value <= now).Select(r => r.Key).ToList()) _restsUntil.Remove(process);
                }
                foreach (var process in _changed.Keys)
                    if (_restsUntil.GetValueOrDefault(process) <= now) await WriteAsync(process, stoppingToken);
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
        var begun = time.GetUtcNow();
        try
        {
            await rows.UpdateAsync(process, cancel);
            var took = time.GetUtcNow() - begun;
            _restsUntil[process] = begun + (took * RestsForEachWrite is var rest && rest > Rest ? rest : Rest);
            await Task.Delay(took, time, cancel);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            _changed.TryAdd(process, 0);
            _restsUntil[process] = begun + Rest;
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A damaged block, or a defect: it must not end the server, nor be tried again every minute.
            logger.LogError(e, "The regions of process {Process} cannot be written", process);
            _restsUntil[process] = begun + Setback;
        }
    }
}
