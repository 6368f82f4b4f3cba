using MemScope.Core;
using MemScope.Core.Model;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Regions and series.</summary>
internal static class RegionEndpoints
{
    private static readonly string[] RegionColumns =
        ["id", "category", "name", "perms", "start", "end", "rssBytes", "pssBytes", "privateDirtyBytes", "virtualBytes", "rssChangeBytes", "rssBytesPerSecond", "shape", "bornAt", "goneAt", "anchor", "categoryReason"];

    /// <summary>Maps them.</summary>
    public static void MapRegions(this IEndpointRouteBuilder api)
    {
        api.MapGet("/processes/{process:guid}/regions", ListAsync).WithName("regions").Takes("source", "from", "to", "sort", "category", "q", "cursor", "limit", "format", "raw")
            .WithSummary("Regions over a window, JSON or CSV. A CSV without a limit holds all that match").Produces<RegionsWire>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/regions/{region:guid}", FindAsync).WithName("region").Takes("source", "from", "to").WithSummary("One region with its history").Produces<RegionWire>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/series", SeriesAsync).WithName("series").Takes("by", "metric", "region", "source", "from", "to", "points", "top", "format", "raw")
            .WithSummary("Columns for charts: JSON, CSV, or little-endian doubles (times in ms, snapshot numbers, one column per key of X-Keys).")
            .Produces<SeriesWire>().ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(Guid process, HttpRequest request, RegionAnswers answers, Limits limits, CancellationToken cancel)
    {
        var form = request.Wanted(Representation.Json, Representation.Csv);
        var sort = request.Text("sort") is null ? null : request.Word("sort", "", RegionRequest.Sorts);
        var category = request.Text("category");
        if (category is not null && Categories.Parse(category) is null) throw Problems.BadParameter("category", $"known are {string.Join(", ", Categories.All.Select(c => c.Slug()))}.");
        // A spreadsheet has no next page: without a limit it gets them all.
        int? limit = form is Representation.Csv && request.Text("limit") is null ? null : request.Limit(limits);
        if (await answers.RegionsAsync(process, request.Window(), sort, category, request.Text("q"), request.Text("cursor"), limit, cancel) is not { } regions) return ProcessEndpoints.NoWindow;
        return form is Representation.Csv ? new CsvAnswer($"{process}-regions", RegionColumns, regions.Items.Select(Row)) : Results.Json(regions);
    }

    private static async Task<IResult> FindAsync(Guid process, Guid region, HttpRequest request, RegionAnswers answers, CancellationToken cancel) =>
        await answers.RegionAsync(process, region, request.Window(), cancel) is { } found ? Results.Json(found) : Problems.NotFound("There is no such process, window or region.");

    private static async Task<IResult> SeriesAsync(Guid process, HttpRequest request, RegionAnswers answers, CancellationToken cancel)
    {
        var by = request.Word("by", "category", SeriesRequest.Splits);
        var metric = request.Word("metric", "rss", SeriesRequest.Metrics.Keys);
        var points = request.Number("points", 1000, 2, SeriesRequest.MostPoints);
        var top = request.Number("top", 20, 1, SeriesRequest.MostRegions);
        return await answers.SeriesAsync(process, request.Window(), by, metric, points, top, request.Id("region"), cancel) is { } series
            ? SeriesAnswer.Of(request, series, $"{process}-{by}-{metric}")
            : ProcessEndpoints.NoWindow;
    }

    private static object?[] Row(RegionWire r) =>
        [r.Id, r.Category, r.Name, r.Perms, r.Start, r.End, r.RssBytes, r.PssBytes, r.PrivateDirtyBytes, r.VirtualBytes, r.RssChangeBytes, r.RssBytesPerSecond, r.Shape, r.BornAt, r.GoneAt, r.Anchor, r.CategoryReason];
}
