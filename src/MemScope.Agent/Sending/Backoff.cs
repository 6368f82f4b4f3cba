using System.Net;

namespace MemScope.Agent.Sending;

/// <summary>When and how long to wait before a request is sent again.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Whether another try may help: the server is away, busy or restarting.</summary>
    public static bool MayHelp(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>A random wait between half and the whole of a doubling step, so that many agents do not come back at once. Never shorter than the server asked for.</summary>
    /// <param name="attempt">Failed attempts so far, from 1.</param>
    /// <param name="asked">Retry-After, or null.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan Wait(int attempt, TimeSpan? asked, double random)
    {
        var step = First * Math.Pow(2, Math.Min(attempt - 1, 10));
        if (step > Longest) step = Longest;
        var wait = step * (0.5 + random / 2);
        return asked is { } least && least > wait ? least + step * (random / 2) : wait;
    }
}
