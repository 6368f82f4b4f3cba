using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MemScope.Web.Hosting;

/// <summary>Caps on connections, so that slow or many clients cannot take the server away from others.</summary>
internal static class ConnectionLimits
{
    private const long DefaultBodyBytes = 1 << 20; // uploads state their own cap at the endpoint

    /// <summary>Sets them.</summary>
    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MaxConcurrentConnections = 2000;
        limits.MaxConcurrentUpgradedConnections = 500;
        limits.MaxRequestBodySize = DefaultBodyBytes;
    }
}
