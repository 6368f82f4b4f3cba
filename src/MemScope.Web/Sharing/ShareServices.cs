using MemScope.Web.Api;

namespace MemScope.Web.Sharing;

/// <summary>Registration and routes of shares.</summary>
internal static class ShareServices
{
    /// <summary>Adds what makes and reads shares.</summary>
    public static IServiceCollection AddSharing(this IServiceCollection services) =>
        services.AddSingleton<ShareFreezer>().AddSingleton<ShareMaker>().AddSingleton<ShareReader>();

    /// <summary>Maps the chart data of a share's page; open to everyone who holds the key.</summary>
    public static void MapSharedSeries(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/s/{key}/series", async (string key, HttpRequest request, ShareReader reader, CancellationToken cancel) =>
            await reader.OpenAsync(key, countView: false, cancel) is { Series: { } series }
                ? SeriesAnswer.Of(request, series, "series")
                : Problems.NotFound("There is no such link, or it has ended.")).ExcludeFromDescription();
}
