using MemScope.Core;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Regions and series.</summary>
internal static class RegionEndpoints
{
    private static readonly string[] RegionColumns =
        ["id", "category", "name", "perms", "start", "end", "rssBytes", "pssBytes", "privateDirtyBytes", "virtualBytes", "rssChangeBytes", "rssBytesPerSecond", "shape", "bornAt", "goneAt", "anchor", "categoryReason", "metricFirst", "metricLast", "metricPerSecond", "metricShape", "kind", "categoryConfidence", "categoryRule", "categoryByRule", "patchedBytes"];

    private static readonly string[] GrowthColumns =
        ["key", "title", "first", "last", "change", "perSecond", "lowPerSecond", "highPerSecond", "rSquared", "shape", "share", "warmUpUntil", "steadyPerSecond", "steadyLowPerSecond", "steadyHighPerSecond", "changePoints"];

    private static IEnumerable<string> Measures => GrowthMetric.All.Select(m => m.Slug);

    /// <summary>Maps them.</summary>
    public static void MapRegions(this IEndpointRouteBuilder api)
    {
        api.MapGet("/processes/{process:guid}/regions", ListAsync).WithName("regions").Takes("source", "from", "to", "as", "metric", "sort", "category", "is", "sel", "q", "cursor", "limit", "format", "raw")
            .WithSummary("Regions over a window, JSON or CSV. A CSV without a limit holds all that match").Produces<RegionsWire>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/regions/{region:guid}", FindAsync).WithName("region").Takes("source", "from", "to", "as").WithSummary("One region with its history").Produces<RegionWire>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/series", SeriesAsync).WithName("series").Takes("by", "metric", "region", "source", "from", "to", "as", "points", "top", "format", "raw")
            .WithSummary("Columns for charts: JSON, CSV, or little-endian doubles (times in ms, snapshot numbers, one column per key of X-Keys).")
            .Produces<SeriesWire>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/growth", GrowthAsync).WithName("growth").Takes("by", "metric", "source", "from", "to", "as", "top", "format", "raw")
            .WithSummary("Slope, interval, shape, warm-up and change points of the total and its parts, JSON or CSV. Slopes of the parts add up to that of the total").Produces<GrowthsWire>().ProducesProblem(404);
    }

    private static async Task<IResult> ListAsync(Guid process, HttpRequest request, RegionAnswers answers, Limits limits, CancellationToken cancel)
    {
        var form = request.Wanted(Representation.Json, Representation.Csv);
        var sort = request.Text("sort") is null ? null : request.Word("sort", "", RegionRequest.Sorts);
        var category = request.Text("category");
        if (category is not null && Categories.Parse(category) is null) throw Problems.BadParameter("category", $"known are {string.Join(", ", Categories.All.Select(c => c.Slug()))}.");
        // A spreadsheet has no next page: without a limit it gets them all.
        int? limit = form is Representation.Csv && request.Text("limit") is null ? null : request.Limit(limits);
        var metric = request.Text("metric") is null ? null : request.Word("metric", "", Measures);
        if (await answers.RegionsAsync(process, request.Window(), sort, category, request.Text("q"), request.Text("cursor"), limit, cancel, metric, Traits(request), RegionSelection.Parse(request.Query["sel"])) is not { } regions) return ProcessEndpoints.NoWindow;
        return form is Representation.Csv ? new CsvAnswer($"{process}-regions", RegionColumns, regions.Items.Select(Row)) : Results.Json(regions);
    }

    private static RegionTraits Traits(HttpRequest request) =>
        RegionTraits.Parse(request.Text("is")) is { Problems: [var problem, ..] } ? throw Problems.BadParameter("is", $"{problem}; known are {string.Join(", ", RegionTraits.States.Concat(RegionTraits.Measures))} and categories.") : RegionTraits.Parse(request.Text("is"));

    private static async Task<IResult> FindAsync(Guid process, Guid region, HttpRequest request, RegionAnswers answers, StackAnswers stacks, CancellationToken cancel) =>
        await answers.RegionAsync(process, region, request.Window(), cancel) is { } found
            ? Results.Json(await stacks.WithMappersAsync(process, request.Window(), found, cancel)) : Problems.NotFound("There is no such process, window or region.");

    private static async Task<IResult> SeriesAsync(Guid process, HttpRequest request, RegionAnswers answers, CancellationToken cancel)
    {
        var by = request.Word("by", "category", SeriesRequest.Splits);
        var metric = request.Word("metric", "rss", Measures);
        var points = request.Number("points", 1000, 2, SeriesRequest.MostPoints);
        var top = request.Number("top", 20, 1, SeriesRequest.MostRegions);
        return await answers.SeriesAsync(process, request.Window(), by, metric, points, top, request.Id("region"), cancel) is { } series
            ? SeriesAnswer.Of(request, series, $"{process}-{by}-{metric}")
            : ProcessEndpoints.NoWindow;
    }

    private static async Task<IResult> GrowthAsync(Guid process, HttpRequest request, RegionAnswers answers, CancellationToken cancel)
    {
        var form = request.Wanted(Representation.Json, Representation.Csv);
        var by = request.Word("by", "category", SeriesRequest.Splits);
        var metric = request.Word("metric", "rss", Measures);
        if (await answers.GrowthAsync(process, request.Window(), by, metric, request.Number("top", 20, 1, SeriesRequest.MostRegions), cancel) is not { } growth) return ProcessEndpoints.NoWindow;
        if (form is not Representation.Csv) return Results.Json(growth);
        return new CsvAnswer($"{process}-growth-{by}-{metric}", GrowthColumns, growth.Total is { } total ? [Row(total), .. growth.Items.Select(Row)] : []);
    }

    private static object?[] Row(RegionWire r) =>
        [r.Id, r.Category, r.Name, r.Perms, r.Start, r.End, r.RssBytes, r.PssBytes, r.PrivateDirtyBytes, r.VirtualBytes, r.RssChangeBytes, r.RssBytesPerSecond, r.Shape, r.BornAt, r.GoneAt, r.Anchor, r.CategoryReason,
            r.Measured?.First, r.Measured?.Last, r.Measured?.PerSecond, r.Measured?.Shape, r.Kind, r.CategoryConfidence, r.CategoryRule, r.CategoryByRule, r.PatchedBytes];

    private static object?[] Row(PartGrowthWire g) =>
        [g.Key, g.Title, g.First, g.Last, g.Change, g.PerSecond, g.LowPerSecond, g.HighPerSecond, g.RSquared, g.Shape, g.Share, g.WarmUpUntil, g.SteadyPerSecond, g.SteadyLowPerSecond, g.SteadyHighPerSecond,
            string.Join(' ', g.ChangePoints.Select(c => c.Text))];
}
