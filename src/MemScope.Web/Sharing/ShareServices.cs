using MemScope.Web.Api;
using MemScope.Web.Hosting;
using MemScope.Web.Security;

namespace MemScope.Web.Sharing;

/// <summary>Registration and routes of shares.</summary>
internal static class ShareServices
{
    /// <summary>Adds what makes and reads shares.</summary>
    public static IServiceCollection AddSharing(this IServiceCollection services) =>
        services.AddSingleton<ShareFreezer>().AddSingleton<ShareMaker>().AddSingleton<FrozenNames>().AddSingleton<ShareReader>().AddSingleton<SharePages>();

    /// <summary>Slows down clients that try keys out.</summary>
    public static void UseShareGuard(this WebApplication app) => app.UseWhen(context => RequestPaths.IsShare(context.Request.Path), shares => shares.Use(async (context, next) =>
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            throw new ProblemException(StatusCodes.Status403Forbidden, "read-only", "A link only shows. Whoever signs in can end it under Shares.");
        var attempts = context.RequestServices.GetRequiredService<Attempts>();
        attempts.Check(context);
        await context.RequestServices.GetRequiredService<SharePages>().AnswerAsync(context, next);
        if (context.Response.StatusCode == StatusCodes.Status404NotFound) attempts.Failed(context);
    }));

    /// <summary>Maps the chart data of a share's page; open to everyone who holds the key.</summary>
    public static void MapSharedSeries(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/s/{key}/series", async (string key, HttpRequest request, ShareReader reader, CancellationToken cancel) =>
            await reader.OpenAsync(key, cancel) is { Series: { } series }
                ? SeriesAnswer.Of(request, series, "series")
                : Problems.NotFound("There is no such link, or it has ended.")).ExcludeFromDescription();
}
