using System.Text;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Who mapped it: <c>GET /api/v1/processes/{id}/callchains</c>.</summary>
internal static class CallchainEndpoints
{
    /// <summary>Maps the endpoint.</summary>
    public static void MapCallchains(this IEndpointRouteBuilder api) =>
        api.MapGet("/processes/{id:guid}/callchains", CallchainsAsync)
            .WithSummary("Callchains by weight (outstanding, resident, mapped, calls), symbolized; format json, folded or speedscope")
            .Produces<CallchainsWire>();

    private static async Task<IResult> CallchainsAsync(Guid id, StackAnswers answers, CancellationToken cancel, string? weight = null, Guid? trace = null, Guid? region = null,
        string? source = null, int? from = null, int? to = null, string? format = null)
    {
        if (CallchainWeights.Parse(weight) is not { } by)
            return Problems.Result(StatusCodes.Status400BadRequest, "unknown-weight", $"weight is '{weight}'; it can be outstanding, resident, mapped or calls");
        if (await answers.CallchainsAsync(id, new WindowState(source, from, to), by.Slug(), trace, region, cancel) is not { } answer)
            return Problems.NotFound($"there is no process {id}");
        return format switch
        {
            null or "" or "json" => Results.Ok(answer),
            "folded" => Results.Text(CallchainExport.Folded(answer), "text/plain", Encoding.UTF8),
            "speedscope" => Results.File(CallchainExport.Speedscope(answer, $"{by.Slug()} of {id}"), "application/json", $"{id}.speedscope.json"),
            _ => Problems.Result(StatusCodes.Status400BadRequest, "unknown-format", $"format is '{format}'; it can be json, folded or speedscope"),
        };
    }
}
