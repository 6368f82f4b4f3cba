using System.Collections.Concurrent;
using MemScope.Storage.Tokens;
using MemScope.Web.Hosting;
using Microsoft.AspNetCore.SignalR;

namespace MemScope.Web.Security;

/// <summary>
/// Ends the connections of a token that was revoked or expired: circuits of open pages and watchers of the hub. A connection is let in once and then lives for hours; its token is looked at again
/// every five seconds.
/// </summary>
internal sealed class RevokedConnections(LiveTokens live, ServerOptions options, TimeProvider time, ILogger<RevokedConnections> log) : BackgroundService, IHubFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (Guid Token, HubCallerContext Connection)> _open = new(StringComparer.Ordinal);

    /// <summary>How many connections are looked after.</summary>
    public int Count => _open.Count;

    /// <inheritdoc/>
    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        if (context.Context.GetHttpContext()?.Items[typeof(TokenRow)] is TokenRow token) _open[context.Context.ConnectionId] = (token.Id, context.Context);
        return next(context);
    }

    /// <inheritdoc/>
    public Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        _open.TryRemove(context.Context.ConnectionId, out _);
        return next(context, exception);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.AsksForSignIn) return;
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var (id, (token, connection)) in _open)
                {
                    if (await live.FindAsync(token, stoppingToken) is not null) continue;
                    _open.TryRemove(id, out _);
                    connection.Abort();
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning("Tokens of open connections could not be looked at: {Problem}", e.Message); // the database is away; they are looked at again
            }
        }
    }
}
