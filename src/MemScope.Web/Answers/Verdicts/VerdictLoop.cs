using System.Collections.Concurrent;
using MemScope.Storage.Live;
using MemScope.Storage.Verdicts;

namespace MemScope.Web.Answers;

/// <summary>
/// Keeps stored verdicts in step with the processes, behind the uploads and one at a time: at most every five seconds for each process and a twentieth of a core, and half a core for all. What
/// nobody announced (a start, another version, a connection that was away) is looked for once a minute, and when names of functions came. On several nodes each does it; what comes second
/// finds it done, or writes the same.
/// </summary>
internal sealed class VerdictLoop(VerdictMaker maker, VerdictStore store, ChangeFeed feed, TimeProvider time, ILogger<VerdictLoop> log) : BackgroundService
{
    /// <summary>Processes that wait at once; of more, the look finds those that were left out.</summary>
    private const int MostWaiting = 10_000;

    private const int MostPerLook = 500, RestsForEachVerdict = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Rest = TimeSpan.FromSeconds(5), Look = TimeSpan.FromMinutes(1), Setback = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<Guid, byte> _waiting = new();
    private readonly Dictionary<Guid, DateTimeOffset> _restsUntil = [];
    private int _namesCame;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changes = feed.SubscribeAll((process, _) => Wait(process));
        using var names = feed.SubscribeSymbols(() => Volatile.Write(ref _namesCame, 1));
        using var timer = new PeriodicTimer(Pause, time);
        var (lookedAt, now) = (DateTimeOffset.MinValue, time.GetUtcNow());
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                now = time.GetUtcNow();
                if (now - lookedAt >= Look || (now - lookedAt >= Rest && Interlocked.Exchange(ref _namesCame, 0) == 1))
                {
                    foreach (var process in await store.StaleAsync(VerdictMaker.Version, MostPerLook, stoppingToken)) Wait(process);
                    lookedAt = now;
                    foreach (var process in _restsUntil.Where(r => r.Value <= now).Select(r => r.Key).ToList()) _restsUntil.Remove(process);
                }
                foreach (var process in _waiting.Keys)
                    if (_restsUntil.GetValueOrDefault(process) <= now) await MakeAsync(process, stoppingToken);
            }
            catch (Exception e)
            {
                if (stoppingToken.IsCancellationRequested) return;
                log.LogDebug("Verdicts are stored later: {Problem}", e.Message);
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try { return await timer.WaitForNextTickAsync(stop); }
        catch (OperationCanceledException) { return false; }
    }

    private void Wait(Guid process)
    {
        if (_waiting.Count < MostWaiting) _waiting.TryAdd(process, 0);
    }

    private async Task MakeAsync(Guid process, CancellationToken cancel)
    {
        // Taken off before: what is announced meanwhile counts for the next time.
        _waiting.TryRemove(process, out _);
        var (begun, clock) = (time.GetUtcNow(), time.GetTimestamp());
        try
        {
            await maker.MakeAsync(process, cancel);
            var took = time.GetElapsedTime(clock);
            _restsUntil[process] = begun + (took * RestsForEachVerdict is var rest && rest > Rest ? rest : Rest);
            await Task.Delay(took, time, cancel); // pages come first
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            // One process that cannot be judged must not keep the others waiting, nor be tried again and again.
            var isDatabase = e is System.Data.Common.DbException or TimeoutException or IOException || e.InnerException is System.Data.Common.DbException;
            _restsUntil[process] = begun + (isDatabase ? Rest : Setback);
            if (isDatabase) Wait(process);
            log.Log(isDatabase ? LogLevel.Debug : LogLevel.Warning, e, "The verdict of process {Process} could not be computed", process);
        }
    }
}
