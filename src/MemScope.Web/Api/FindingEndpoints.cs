using MemScope.Web.Answers;
using MemScope.Web.Sharing;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>What is wrong with a process: <c>GET /api/v1/processes/{id}/findings</c>.</summary>
internal static class FindingEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapFindings(this IEndpointRouteBuilder api)
    {
        api.MapGet("/processes/{process:guid}/findings", AskAsync).WithName("findings").Takes("source", "from", "to", "as")
            .WithSummary("Findings over a window: verdict with evidence, refuted hypotheses, remedies and the next probe; the process in one line").Produces<FindingsWire>().ProducesProblem(400).ProducesProblem(404);
        api.MapGet("/processes/{process:guid}/findings/{rule}", OneAsync).WithName("finding").Takes("source", "from", "to", "as", "format")
            .WithSummary("One finding by the id of its card: JSON, or Markdown for a ticket").Produces<FindingWire>().ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<IResult> AskAsync(Guid process, HttpRequest request, FindingAnswers answers, ProbeAnswers probes, CancellationToken cancel) =>
        await answers.AskAsync(process, request.Window(), cancel) is { } findings ? Results.Json(await probes.WithProbesAsync(findings, process, request.Server(), cancel)) : ProcessEndpoints.NoWindow;

    private static async Task<IResult> OneAsync(Guid process, string rule, HttpRequest request, FindingAnswers answers, ProbeAnswers probes, ProcessAnswers processes, CancellationToken cancel)
    {
        var (window, form) = (request.Window(), request.Wanted(Representation.Json, Representation.Markdown));
        if (await answers.AskAsync(process, window, cancel) is not { Window: { } over } judged) return ProcessEndpoints.NoWindow;
        var findings = await probes.WithProbesAsync(judged, process, request.Server(), cancel);
        if (findings.Items.FirstOrDefault(f => f.Rule.Equals(rule, StringComparison.OrdinalIgnoreCase)) is not { } finding)
            return Problems.NotFound("There is no finding of that rule over this window.");
        if (form is Representation.Json || await processes.FindAsync(process, cancel) is not { } found) return Results.Json(finding);
        var page = request.Server() + Urls.Finding(process, finding.Rule, window);
        return Results.File(System.Text.Encoding.UTF8.GetBytes(FindingMarkdown.File(finding, found, over, page)), "text/markdown; charset=utf-8", $"{found.Pid}-{finding.Rule}.md");
    }
}
