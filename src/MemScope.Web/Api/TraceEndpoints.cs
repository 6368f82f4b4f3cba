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
    }

    private static IResult NoTrace => Problems.NotFound("There is no such process or trace, or no such snapshot in its track.");

    private static async Task<IResult> ListAsync(Guid process, TraceAnswers answers, CancellationToken cancel) =>
        await answers.ListAsync(process, cancel) is { } traces ? Results.Json(new Page<TraceWire>(traces, null)) : ProcessEndpoints.NoProcess;

    private static async Task<IResult> FiguresAsync(Guid process, Guid trace, HttpRequest request, TraceAnswers answers, CancellationToken cancel)
    {
        int? thread = request.Text("thread") is null ? null : request.Number("thread", 0, 0, MostThreadIds);
        return await answers.FiguresAsync(process, trace, request.Window(), thread, cancel) is { } figures ? Results.Json(figures) : NoTrace;
    }

    private static async Task<IResult> TimelineAsync(Guid process, Guid trace, HttpRequest request, TraceAnswers answers, CancellationToken cancel)
    {
        var by = request.Word("by", TimelineColumns.Calls, TimelineColumns.All);
        var points = request.Number("points", PointsByDefault, 1, TraceAnswers.MostPoints);
        return await answers.TimelineAsync(process, trace, by, request.Window(), points, cancel) is { } columns ? SeriesAnswer.Of(request, columns, $"{trace}-{by}") : NoTrace;
    }
}
