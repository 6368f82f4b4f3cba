using System.Text;
using MemScope.Core;
using MemScope.Core.Model;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Who mapped it: <c>GET /api/v1/processes/{id}/callchains</c>.</summary>
internal static class CallchainEndpoints
{
    /// <summary>Maps the endpoint.</summary>
    public static void MapCallchains(this IEndpointRouteBuilder api) =>
        api.MapGet("/processes/{process:guid}/callchains", CallchainsAsync).WithName("callchains").Takes("weight", "trace", "base", "region", "category", "thread", "module", "source", "from", "to", "as", "format")
            .WithSummary("Who mapped it: JSON, folded stacks or speedscope's JSON")
            .Produces<CallchainsWire>().ProducesProblem(404);

    private static async Task<IResult> CallchainsAsync(Guid process, HttpRequest request, StackAnswers answers, Limits limits, CancellationToken cancel)
    {
        var weight = request.Word("weight", "outstanding", CallchainWeights.All);
        var form = request.Wanted(Representation.Json, Representation.Folded, Representation.Speedscope);
        var question = Question(process, request, CallchainWeights.Parse(weight)!.Value);
        if (await answers.AskAsync(question, cancel) is not { } answer) return Problems.NotFound("There is no such process, trace, heap profile, region or snapshot.");
        // A file holds all callchains, whatever their number.
        return form switch
        {
            Representation.Folded => Results.Text(CallchainExport.Folded(answer.ToWire(int.MaxValue)), "text/plain", Encoding.UTF8),
            Representation.Speedscope => Results.File(CallchainExport.Speedscope(answer.ToWire(int.MaxValue), $"{weight} of {process}"), "application/json", $"{process}.speedscope.json"),
            _ => Results.Ok(answer.ToWire(limits.CallchainsInAnswer)),
        };
    }

    private static StackQuestion Question(Guid process, HttpRequest request, CallchainWeight weight)
    {
        var category = request.Text("category");
        if (category is not null && Categories.Parse(category) is null) throw Problems.BadParameter("category", $"known are {string.Join(", ", Categories.All.Select(c => c.Slug()))}.");
        if (weight == CallchainWeight.Growth && request.Id("base") is not null) throw Problems.BadParameter("base", "growth compares two snapshots already.");
        return new StackQuestion(process, request.Window(), weight)
        {
            Trace = request.Id("trace"), Base = request.Id("base"), Region = request.Id("region"), Category = Categories.Parse(category),
            Thread = request.Text("thread") is null ? null : request.Number("thread", 0, 0, int.MaxValue), Module = request.Text("module"),
        };
    }
}
