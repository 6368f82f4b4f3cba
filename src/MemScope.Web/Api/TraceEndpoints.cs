using MemScope.Core;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>What the traces of a process saw: <c>GET /api/v1/processes/{id}/traces</c> and below.</summary>
internal static class TraceEndpoints
{
    private const int PointsByDefault = 240, MostThreadIds = int.MaxValue;

    /// <summary>Maps the endpoints.</summary>
    public static void MapTraces(this IEndpointRouteBuilder api)
    {
        api.MapGet("/processes/{process:guid}/traces", ListAsync).WithName("traces").Takes()
            .WithSummary("Traces, newest first, with clock, observed span and losses").Produces<Page<TraceWire>>().ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/traces/{trace:guid}", FiguresAsync).WithName("trace").Takes("thread", "source", "from", "to")
            .WithSummary("What a trace saw: calls, churn, threads, call sites with lifetimes, losses. from and to cut a trace that is placed on the time line")
            .Produces<TraceFiguresWire>().ProducesProblem(400).ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/traces/{trace:guid}/timeline", TimelineAsync).WithName("trace-timeline").Takes("by", "points", "source", "from", "to", "format", "raw")
            .WithSummary("A trace's time in equal parts: calls per second by kind, bytes mapped and unmapped per second, or outstanding bytes beside RSS. JSON, CSV or binary columns")
            .Produces<SeriesWire>().ProducesProblem(400).ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/traces/{trace:guid}/blocks", BlocksAsync).WithName("trace-blocks").Takes("thread", "source", "from", "to", "cursor", "limit", "format", "raw")
            .WithSummary("What a trace left mapped, block by block, by address: JSON in pages, or all of it as CSV")
            .Produces<Page<OutstandingBlockWire>>().ProducesProblem(400).ProducesProblem(404);
    }

    private static readonly string[] BlockColumns = ["start", "end", "bytes", "pid", "tid", "mappedAtNs", "mappedAt", "isReserve", "function", "file", "line", "module", "offset"];

    private static IResult NoTrace => Problems.NotFound("There is no such process or trace, or no such snapshot in its track.");

    private static async Task<IResult> ListAsync(Guid process, TraceAnswers answers, CancellationToken cancel) =>
        await answers.ListAsync(process, cancel) is { } traces ? Results.Json(new Page<TraceWire>(traces, null)) : ProcessEndpoints.NoProcess;

    private static async Task<IResult> FiguresAsync(Guid process, Guid trace, HttpRequest request, TraceAnswers answers, CancellationToken cancel)
    {
        return await answers.FiguresAsync(process, trace, request.Window(), Thread(request), cancel) is { } figures ? Results.Json(figures) : NoTrace;
    }

    private static async Task<IResult> TimelineAsync(Guid process, Guid trace, HttpRequest request, TraceAnswers answers, CancellationToken cancel)
    {
        var by = request.Word("by", TimelineColumns.Calls, TimelineColumns.All);
        var points = request.Number("points", PointsByDefault, 1, TraceAnswers.MostPoints);
        return await answers.TimelineAsync(process, trace, by, request.Window(), points, cancel) is { } columns ? SeriesAnswer.Of(request, columns, $"{trace}-{by}") : NoTrace;
    }

    private static async Task<IResult> BlocksAsync(Guid process, Guid trace, HttpRequest request, TraceAnswers answers, Limits limits, CancellationToken cancel)
    {
        var isCsv = request.Wanted(Representation.Json, Representation.Csv) is Representation.Csv;
        if (await answers.BlocksAsync(process, trace, request.Window(), Thread(request), request.Text("cursor"), isCsv ? int.MaxValue : request.Limit(limits), cancel) is not { } blocks) return NoTrace;
        return isCsv ? new CsvAnswer($"{trace}-blocks", BlockColumns, blocks.Items.Select(Row)) : Results.Json(blocks);
    }

    private static int? Thread(HttpRequest request) => request.Text("thread") is null ? null : request.Number("thread", 0, 0, MostThreadIds);

    private static object?[] Row(OutstandingBlockWire b) =>
        [b.Start, b.End, b.Bytes, b.Pid, b.Tid, b.MappedAtNs, b.MappedAt, b.IsReserve, b.Site?.Function, b.Site?.File, b.Site?.Line, b.Site?.Module, b.Site?.Offset];
}
