using System.Text;
using MemScope.Core;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Who mapped it: <c>GET /api/v1/processes/{id}/callchains</c>.</summary>
internal static class CallchainEndpoints
{
    /// <summary>Maps the endpoint.</summary>
    public static void MapCallchains(this IEndpointRouteBuilder api) =>
        api.MapGet("/processes/{process:guid}/callchains", CallchainsAsync).WithName("callchains").Takes("weight", "trace", "region", "source", "from", "to", "as", "format")
            .WithSummary("Who mapped it: JSON, folded stacks or speedscope's JSON")
            .Produces<CallchainsWire>().ProducesProblem(404);

    private static async Task<IResult> CallchainsAsync(Guid process, HttpRequest request, StackAnswers answers, Limits limits, CancellationToken cancel)
    {
        var weight = request.Word("weight", "outstanding", CallchainWeights.All);
        var form = request.Wanted(Representation.Json, Representation.Folded, Representation.Speedscope);
        var question = new StackQuestion(process, request.Window(), CallchainWeights.Parse(weight)!.Value) { Trace = request.Id("trace"), Region = request.Id("region") };
        if (await answers.AskAsync(question, cancel) is not { } answer) return Problems.NotFound("There is no such process, trace or region.");
        // A file holds all callchains, whatever their number.
        return form switch
        {
            Representation.Folded => Results.Text(CallchainExport.Folded(answer.ToWire(int.MaxValue)), "text/plain", Encoding.UTF8),
            Representation.Speedscope => Results.File(CallchainExport.Speedscope(answer.ToWire(int.MaxValue), $"{weight} of {process}"), "application/json", $"{process}.speedscope.json"),
            _ => Results.Ok(answer.ToWire(limits.CallchainsInAnswer)),
        };
    }
}
