using MemScope.Web.Hosting;
using MemScope.Web.Ingest;

namespace MemScope.Web.Api;

/// <summary>The HTTP API under <c>/api/v1</c>.</summary>
internal static class ApiEndpoints
{
    /// <summary>How the API reads and writes JSON.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services) => services
        .ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(new FiniteDoubleConverter()))
        .Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true)
        .AddApiDescription();

    /// <summary>Answers failures: problem documents to programs, the page <c>/not-found</c> to people.</summary>
    public static void UseProblems(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseWhen(context => !RequestPaths.IsForPrograms(context.Request.Path), pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
    }

    /// <summary>Maps all endpoints.</summary>
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1");
        api.MapCaptures();
        api.MapStoredCaptures();
        api.MapProcesses();
        api.MapRegions();
        api.MapAddressSpace();
        api.MapDiffs();
        api.MapCallchains();
        api.MapTraces();
        api.MapLedger();
        api.MapHeapCourses();
        api.MapFindings();
        api.MapProbes();
        api.MapSymbols();
        api.MapNotes();
        api.MapShares();
        api.MapAdministration();
        api.MapSearch();
        api.MapReference();
    }
}
