using Radzen;

namespace MemScope.Web.Components;

/// <summary>Puts the pages into the server: services before it is built, routes after.</summary>
public static class ComponentsSetup
{
    /// <summary>Services that pages need.</summary>
    public static IServiceCollection AddMemScopePages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        return services;
    }

    /// <summary>Routes of all pages. The pipeline before them needs antiforgery.</summary>
    public static void MapMemScopePages(this IEndpointRouteBuilder routes) =>
        // The policy of the house forbids framing already; Blazor would send a second one.
        routes.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
}
