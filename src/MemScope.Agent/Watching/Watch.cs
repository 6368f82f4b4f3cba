using System.Globalization;
using MemScope.Agent.Proc;
using MemScope.Agent.Sending;

namespace MemScope.Agent.Watching;

/// <summary>
/// Takes snapshots at a fixed rhythm and sends them on a task of its own, so that a slow or absent server never delays a snapshot. One line is printed per snapshot.
/// </summary>
internal sealed class Watch(TargetProcess target, WatchPlan plan, ServerConnection server, Spool spool, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    private long _lastRssBytes = -1;
    private int _stored;
    private int _refused;
    private bool _pagePrinted;

    /// <summary>Runs until the process ends, the plan's time is over or <paramref name="stop"/> is signalled; then sends what is left. 0 when everything taken was stored, else 1.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var stopSending = new CancellationTokenSource();
        var sending = SendAllAsync(stopSending.Token);
        var taken = await TakeAllAsync(stop);
        spool.Complete();
        stopSending.CancelAfter(stop.IsCancellationRequested ? StopGrace : plan.SendRestFor);
        await sending;
        var lost = taken - _stored;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{taken} snapshots taken, {_stored} stored, {_refused} refused, {spool.Dropped} dropped"));
        return lost == 0 && taken > 0 ? 0 : 1;
    }

    private async Task<int> TakeAllAsync(CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        var due = TimeSpan.Zero;
        for (var number = 1; ; number++)
        {
            if (target.Take(number) is not { } snapshot)
            {
                await output.WriteLineAsync($"process {target.Pid} has ended");
                return number - 1;
            }
            spool.Add(new WaitingSnapshot(snapshot, SnapshotArchive.Pack(snapshot), Guid.NewGuid().ToString()));
            var pause = plan.PauseAfter(snapshot.ReadingCpu);
            var elapsed = time.GetElapsedTime(begin);
            due = elapsed > due + pause ? elapsed + pause : due + pause; // a late one is not caught up
            if (due > plan.Duration) return number;
            try
            {
                await Task.Delay(due - elapsed, time, stop);
            }
            catch (OperationCanceledException)
            {
                return number;
            }
        }
    }

    private async Task SendAllAsync(CancellationToken stop)
    {
        try
        {
            while (await spool.NextAsync(stop) is { } waiting)
            {
                var address = CaptureAddress.Of(target, plan.Host, waiting.Snapshot, plan.Labels);
                var begin = time.GetTimestamp();
                var delivery = await server.SendAsync(() => CaptureRequest.Post(address, new ByteArrayContent(waiting.Archive), "watch.tar.gz", waiting.Key), stop);
                await ReportAsync(waiting, delivery, time.GetElapsedTime(begin));
            }
        }
        catch (OperationCanceledException)
        {
            // The grace is over; RunAsync counts what was not sent.
        }
    }

    private async Task ReportAsync(WaitingSnapshot waiting, Delivery delivery, TimeSpan took)
    {
        if (delivery.Accepted) _stored++;
        else _refused++;
        if (delivery.Page is { } page && !_pagePrinted)
        {
            _pagePrinted = true;
            await output.WriteLineAsync(page.ToString());
        }
        var rss = waiting.Snapshot.RssBytes;
        var change = _lastRssBytes < 0 ? 0 : rss - _lastRssBytes;
        _lastRssBytes = rss;
        var cost = waiting.Snapshot.ReadingCpu;
        var share = cost / plan.PauseAfter(cost);
        var outcome = delivery.Accepted
            ? string.Create(CultureInfo.InvariantCulture, $"{waiting.Archive.Length / 1024.0:0.0} KiB sent in {took.TotalMilliseconds:0} ms")
            : delivery.Text;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{waiting.Snapshot.TakenAt:HH:mm:ss}Z RSS {Mib(rss)} MiB ({(change < 0 ? "-" : "+")}{Mib(Math.Abs(change))}), {outcome}, reading took {cost.TotalMilliseconds:0.0} ms ({share:0.0 %} of a core)"));
        await output.FlushAsync();
    }

    private static string Mib(long bytes) => (bytes / 1048576.0).ToString("0.00", CultureInfo.InvariantCulture);
}
