using MemScope.Core;
using MemScope.Core.Analysis.Diff;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Differences of two snapshots and of two processes.</summary>
internal static class DiffEndpoints
{
    private static readonly string[] View = ["group", "metric", "limit", "state", "q", "format", "raw"];

    private static readonly string[] Columns =
        ["state", "regionId", "category", "name", "perms", "baseRange", "currentRange", "baseRssBytes", "currentRssBytes", "deltaRssBytes", "basePssBytes", "currentPssBytes", "deltaPssBytes",
            "baseVirtualBytes", "currentVirtualBytes", "deltaVirtualBytes", "words", "deltaPercent", "baseUssBytes", "currentUssBytes", "deltaUssBytes", "basePrivateDirtyBytes", "currentPrivateDirtyBytes",
            "deltaPrivateDirtyBytes", "baseSwapBytes", "currentSwapBytes", "deltaSwapBytes", "baseMappings", "currentMappings", "deltaMappings", "match", "baseNames", "currentNames", "rows"];

    /// <summary>Maps them.</summary>
    public static void MapDiffs(this IEndpointRouteBuilder api)
    {
        api.MapGet("/processes/{process:guid}/diff", DiffAsync).WithName("diff").Takes(["base", "current", "source", "as", "other", "otherSource", .. View])
            .WithSummary("Difference of two snapshots of a track, or with other of two processes, JSON or CSV. Rows, or groups, and rests add up to the total").Produces<DiffWire>().ProducesProblem(404);
        api.MapGet("/compare", CompareAsync).WithName("compare").Takes(["base", "current", "baseSource", "currentSource", "as", .. View])
            .WithSummary("Two processes side by side: the difference of what they hold and of how fast it grows, JSON; CSV has the difference").Produces<CompareWire>().ProducesProblem(404);
    }

    private static async Task<IResult> DiffAsync(Guid process, HttpRequest request, DiffAnswers answers, CompareAnswers others, Limits limits, CancellationToken cancel)
    {
        var form = request.Wanted(Representation.Json, Representation.Csv);
        var view = Request(request, limits);
        var (before, after) = (request.Snapshot("base"), request.Snapshot("current"));
        if (request.Id("other") is { } other)
        {
            var compared = await others.DiffAsync(new(process, request.Source(), To: before) { As = request.As() }, new(other, request.Source("otherSource"), To: after) { As = request.As() }, view, cancel);
            return compared.Answer is { } found ? Answer(form, found, $"{process}-diff", found) : Problems.NotFound(compared.Missing);
        }
        if (request.Text("otherSource") is not null) throw Problems.BadParameter("otherSource", "it belongs to other, the process that current is of.");
        if (await answers.DiffAsync(process, new(request.Source(), before, after) { As = request.As() }, view, cancel) is not { } diff)
            return Problems.NotFound("There is no such process, or the two snapshots are not of one track. Snapshots of two tracks or processes are compared with other=PROCESS.");
        return Answer(form, diff, $"{process}-diff", diff);
    }

    private static async Task<IResult> CompareAsync(HttpRequest request, CompareAnswers answers, Limits limits, CancellationToken cancel)
    {
        var form = request.Wanted(Representation.Json, Representation.Csv);
        var compared = await answers.CompareAsync(Side(request, "base"), Side(request, "current"), Request(request, limits), cancel);
        if (compared.Answer is not { } found) return Problems.NotFound(compared.Missing);
        return form is Representation.Csv ? new CsvAnswer("compare", Columns, found.Proof is { } proof ? Lines(found.Diff).Append(Row(proof)) : Lines(found.Diff)) : Results.Json(found);
    }

    /// <summary>The verdict as a last row, without bytes, so that sums stay.</summary>
    private static object?[] Row(ProofWire proof)
    {
        var row = new object?[Columns.Length];
        (row[0], row[Array.IndexOf(Columns, "name")], row[Array.IndexOf(Columns, "words")]) = ("proof", proof.Verdict, proof.Words);
        return row;
    }

    private static CompareSide Side(HttpRequest request, string name) => CompareSide.Parse(request.Text(name), request.Source(name + "Source")) is { } side ? side with { As = request.As() }
        : throw Problems.BadParameter(name, "a process is needed: PROCESS, PROCESS:SNAPSHOT or PROCESS:FROM-SNAPSHOT, with ids of /api/v1/processes and numbers of its snapshots.");

    private static DiffRequest Request(HttpRequest request, Limits limits) => new(
        request.Word("group", DiffRequest.Flat, DiffRequest.Groups),
        request.Text("metric") is null ? null : DiffMetrics.Parse(request.Word("metric", "", DiffMetrics.All.Select(m => m.Slug()))),
        request.Text("limit") is null ? null : request.Limit(limits),
        request.Text("state") is null ? null : request.Word("state", "", DiffRequest.States),
        request.Text("q"));

    private static IResult Answer(Representation form, object json, string name, DiffWire diff) => form is Representation.Csv ? new CsvAnswer(name, Columns, Lines(diff)) : Results.Json(json);

    /// <summary>Lines add up to the total: rows and rests when flat, the deepest groups and what is in none of them when grouped.</summary>
    private static IEnumerable<object?[]> Lines(DiffWire diff)
    {
        foreach (var row in diff.Rows) yield return Row(row);
        foreach (var rest in diff.Rest) yield return Row(rest);
        foreach (var group in diff.Groups)
        {
            if (diff.Group == DiffRequest.ByCategory)
            {
                yield return Row(group);
                continue;
            }
            foreach (var backing in group.Groups) yield return Row(backing);
            if (group.Rest is { } rest) yield return Row(rest);
        }
    }

    private static object?[] Row(DiffRowWire r) =>
        Line(r.State, r.RegionId, r.Category, r.Name, r.Perms, r.BaseRange, r.CurrentRange, r.Base, r.Current, r.Delta, r.Words, r.DeltaPercent, r.Match, string.Join('|', r.BaseNames), string.Join('|', r.CurrentNames), 1);

    private static object?[] Row(DiffGroupWire g) => Line(g.State, null, g.Category, g.Name, null, null, null, g.Base, g.Current, g.Delta, null, g.DeltaPercent, null, null, null, g.RowCount);

    private static object?[] Row(DiffRestWire r) => Line("more", null, r.Category, null, null, null, null, r.Base, r.Current, r.Delta, null, null, null, null, null, r.Rows);

    private static object?[] Line(string state, Guid? region, string category, string? name, string? perms, string? baseRange, string? currentRange, DiffSizesWire b, DiffSizesWire c, DiffSizesWire d, string? words, double? percent,
        string? match, string? baseNames, string? currentNames, int rows) =>
        [state, region, category, name, perms, baseRange, currentRange, b.RssBytes, c.RssBytes, d.RssBytes, b.PssBytes, c.PssBytes, d.PssBytes, b.VirtualBytes, c.VirtualBytes, d.VirtualBytes, words, percent,
            b.UssBytes, c.UssBytes, d.UssBytes, b.PrivateDirtyBytes, c.PrivateDirtyBytes, d.PrivateDirtyBytes, b.SwapBytes, c.SwapBytes, d.SwapBytes, b.Mappings, c.Mappings, d.Mappings, match, baseNames, currentNames, rows];
}
