using MemScope.Core.Analysis.Probes;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>What to run next: <c>GET /api/v1/processes/{id}/recipes</c>.</summary>
internal static class ProbeEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapProbes(this IEndpointRouteBuilder api) =>
        api.MapGet("/processes/{process:guid}/recipes", ListAsync).WithName("recipes").Takes("slug")
            .WithSummary("Commands made for the process, the gentlest first, each with its risk and the line that sends its result into the process")
            .Produces<Page<ProbeWire>>().ProducesProblem(400).ProducesProblem(404);

    private static async Task<IResult> ListAsync(Guid process, HttpRequest request, ProbeAnswers answers, CancellationToken cancel)
    {
        var slug = request.Text("slug") is null ? null : request.Word("slug", "", ProbeBook.Slugs);
        return await answers.ListAsync(process, slug, request.Server(), cancel) is { } probes ? Results.Json(new Page<ProbeWire>(probes, null)) : ProcessEndpoints.NoProcess;
    }
}
