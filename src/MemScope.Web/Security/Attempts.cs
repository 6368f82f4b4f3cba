using System.Collections.Concurrent;
using System.Net;

namespace MemScope.Web.Security;

/// <summary>Counts failed guesses of secrets per client, so that they cannot be tried out.</summary>
internal sealed class Attempts(TimeProvider time)
{
    private const int PerWindow = 20;
    private const int MostClients = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<IPAddress, (DateTimeOffset Since, int Failures)> _clients = new();

    /// <summary>Seconds that a client must wait before the next guess, or null when it may guess.</summary>
    public int? SecondsToWait(HttpContext context)
    {
        if (!_clients.TryGetValue(Client(context), out var seen) || seen.Failures < PerWindow) return null;
        var left = seen.Since + Window - time.GetUtcNow();
        return left > TimeSpan.Zero ? (int)Math.Ceiling(left.TotalSeconds) : null;
    }

    /// <summary>Counts a failed guess.</summary>
    public void Failed(HttpContext context)
    {
        var now = time.GetUtcNow();
        if (_clients.Count >= MostClients) Forget(now);
        _clients.AddOrUpdate(Client(context), _ => (now, 1), (_, seen) => now - seen.Since > Window ? (now, 1) : (seen.Since, seen.Failures + 1));
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (client, seen) in _clients)
        {
            if (now - seen.Since > Window) _clients.TryRemove(client, out _);
        }
        if (_clients.Count >= MostClients) _clients.Clear();
    }

    private static IPAddress Client(HttpContext context) => context.Connection.RemoteIpAddress ?? IPAddress.None;
}
