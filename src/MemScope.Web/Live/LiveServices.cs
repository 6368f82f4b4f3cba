using MemScope.Web.Security;
using Microsoft.AspNetCore.SignalR;

namespace MemScope.Web.Live;

/// <summary>Registration of live updates.</summary>
internal static class LiveServices
{
    /// <summary>Adds the hub and its feed.</summary>
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSingleton<RevokedConnections>().AddHostedService(s => s.GetRequiredService<RevokedConnections>());
        services.AddSignalR(o =>
        {
            o.MaximumReceiveMessageSize = 32 << 10;
            o.AddFilter<RevokedConnections>();
        });
        return services.AddHostedService<LiveBroadcast>();
    }

    /// <summary>Maps the hub.</summary>
    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapHub<LiveHub>("/hubs/live");
}
