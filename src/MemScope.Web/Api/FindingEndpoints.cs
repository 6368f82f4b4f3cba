using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>What is wrong with a process: <c>GET /api/v1/processes/{id}/findings</c>.</summary>
internal static class FindingEndpoints
{
    /// <summary>Maps the endpoint.</summary>
    public static void MapFindings(this IEndpointRouteBuilder api) =>
        api.MapGet("/processes/{process:guid}/findings", AskAsync).WithName("findings").Takes("source", "from", "to", "as")
            .WithSummary("Findings over a window: verdict with evidence, refuted hypotheses, remedies and the next probe; the process in one line").Produces<FindingsWire>().ProducesProblem(400).ProducesProblem(404);

    private static async Task<IResult> AskAsync(Guid process, HttpRequest request, FindingAnswers answers, CancellationToken cancel) =>
        await answers.AskAsync(process, request.Window(), cancel) is { } findings ? Results.Json(findings) : ProcessEndpoints.NoWindow;
}
