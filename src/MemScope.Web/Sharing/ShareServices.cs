using System.Text;
using MemScope.Web.Api;
using MemScope.Web.Hosting;
using MemScope.Web.Security;
using MemScope.Web.Wire;

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

    /// <summary>Maps the files of a share's page, open to everyone who holds the key: the chart's data and the picture. Neither counts as a view, and programs that draw previews get none.</summary>
    public static void MapShareFiles(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/s/{key}/series", async (string key, HttpContext http, ShareReader reader) =>
            await FileAsync(http, reader, key) is { Series: { } series } ? SeriesAnswer.Of(http.Request, series, "series") : NotFound()).ExcludeFromDescription();
        routes.MapGet("/s/{key}/picture.svg", async (string key, HttpContext http, ShareReader reader) =>
        {
            if (await FileAsync(http, reader, key) is not { } view || SharePicture.Of(view) is not { } picture) return NotFound();
            // Opened by itself it is a document: one that runs and fetches nothing, and that no page may frame.
            http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
            http.Response.Headers.ContentDisposition = $"attachment; filename=\"{SharePicture.FileName(view)}\"";
            return Results.Text(picture, "image/svg+xml", Encoding.UTF8);
        }).ExcludeFromDescription();
    }

    private static async Task<SharedViewWire?> FileAsync(HttpContext http, ShareReader reader, string key) =>
        LinkPreview.IsAskedBy(http.Request.Headers.UserAgent) ? null : await reader.OpenAsync(key, http.RequestAborted);

    private static IResult NotFound() => Problems.NotFound("There is no such link, or it has ended.");
}
