using MemScope.Storage.Live;
using Microsoft.AspNetCore.SignalR;

namespace MemScope.Web.Live;

/// <summary>What <see cref="LiveHub"/> sends: a process and the number of its latest change.</summary>
internal sealed record ProcessChanged(Guid ProcessId, long Seq);

/// <summary>What <see cref="LiveHub"/> sends when notes or the stored verdict of a process are others.</summary>
internal sealed record BesideChanged(Guid ProcessId);

/// <summary>Passes the changes of the database on to the connections that watch the process.</summary>
internal sealed class LiveBroadcast(ChangeFeed feed, IHubContext<LiveHub> hub) : IHostedService
{
    private IDisposable? _subscription, _beside;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = feed.SubscribeAll((process, seq) => _ = hub.Clients.Group(LiveHub.Group(process)).SendAsync("changed", new ProcessChanged(process, seq), CancellationToken.None));
        _beside = feed.SubscribeBeside(process => _ = hub.Clients.Group(LiveHub.Group(process)).SendAsync("beside", new BesideChanged(process), CancellationToken.None));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        _beside?.Dispose();
        return Task.CompletedTask;
    }
}
