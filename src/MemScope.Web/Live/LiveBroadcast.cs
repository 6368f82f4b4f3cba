using MemScope.Storage.Live;
using Microsoft.AspNetCore.SignalR;

namespace MemScope.Web.Live;

/// <summary>What <see cref="LiveHub"/> sends: a process and the number of its latest change.</summary>
internal sealed record ProcessChanged(Guid ProcessId, long Seq);

/// <summary>Passes the changes of the database on to the connections that watch the process.</summary>
internal sealed class LiveBroadcast(ChangeFeed feed, IHubContext<LiveHub> hub) : IHostedService
{
    private IDisposable? _subscription;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = feed.SubscribeAll((process, seq) => _ = hub.Clients.Group(LiveHub.Group(process)).SendAsync("changed", new ProcessChanged(process, seq), CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }
}
