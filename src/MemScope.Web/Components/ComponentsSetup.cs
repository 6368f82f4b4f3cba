using MemScope.Web.Live;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Radzen;

namespace MemScope.Web.Components;

/// <summary>Puts the pages into the server: services before it is built, routes after.</summary>
public static class ComponentsSetup
{
    private const long MostMessageBytes = 64 << 10;

    /// <summary>Services that pages need.</summary>
    public static IServiceCollection AddMemScopePages(this IServiceCollection services)
    {
        services.AddSingleton<OpenCircuits>().AddScoped<CircuitHandler, CircuitBudget>();
        // A circuit that lost its browser waits for it three minutes; a hundred of them at most, the oldest go first.
        services.AddRazorComponents().AddInteractiveServerComponents(o =>
        {
            o.DisconnectedCircuitMaxRetained = 100;
            o.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            o.MaxBufferedUnacknowledgedRenderBatches = 10;
            o.JSInteropDefaultCallTimeout = TimeSpan.FromMinutes(1);
        }).AddHubOptions(o => o.MaximumReceiveMessageSize = MostMessageBytes);
        services.AddRadzenComponents();
        return services;
    }

    /// <summary>Routes of all pages. The pipeline before them needs antiforgery.</summary>
    public static void MapMemScopePages(this IEndpointRouteBuilder routes) =>
        // The policy of the house forbids framing already; Blazor would send a second one.
        routes.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
}
