using System.Collections.Concurrent;
using System.Net;
using MemScope.Web.Api;

namespace MemScope.Web.Security;

/// <summary>Counts failed guesses of secrets per client, so that they cannot be tried out.</summary>
internal sealed class Attempts(TimeProvider time)
{
    private const int PerWindow = 20;
    private const int MostClients = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<IPAddress, (DateTimeOffset Since, int Failures)> _clients = new();

    /// <summary>Lets a client guess, unless it has guessed wrong too often.</summary>
    /// <exception cref="ProblemException">429 with the time to wait.</exception>
    public void Check(HttpContext context)
    {
        if (!_clients.TryGetValue(Client(context), out var seen) || seen.Failures < PerWindow) return;
        var left = seen.Since + Window - time.GetUtcNow();
        if (left <= TimeSpan.Zero) return;
        var seconds = (int)Math.Ceiling(left.TotalSeconds);
        throw new ProblemException(StatusCodes.Status429TooManyRequests, "too-many-attempts", $"Too many failed attempts from this address. Try again in {seconds} s.") { RetryAfterSeconds = seconds };
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
