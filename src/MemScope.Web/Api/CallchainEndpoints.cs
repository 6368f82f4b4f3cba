using MemScope.Core;
using MemScope.Core.Model;
using MemScope.Web.Answers;
using MemScope.Web.Exports;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>Who mapped it: <c>GET /api/v1/processes/{id}/callchains</c>.</summary>
internal static class CallchainEndpoints
{
    /// <summary>Maps the endpoint.</summary>
    public static void MapCallchains(this IEndpointRouteBuilder api) =>
        api.MapGet("/processes/{process:guid}/callchains", CallchainsAsync).WithName("callchains")
            .Takes("weight", "trace", "base", "region", "category", "thread", "module", "only", "source", "from", "to", "as", "raw", "format")
            .WithSummary("Who mapped it: JSON, CSV, folded stacks, profile.proto or speedscope's JSON")
            .Produces<CallchainsWire>().ProducesProblem(404);

    private static async Task<IResult> CallchainsAsync(Guid process, HttpRequest request, StackAnswers answers, Limits limits, CancellationToken cancel)
    {
        var weight = request.Word("weight", "outstanding", CallchainWeights.All);
        var form = request.Wanted(Representation.Json, Representation.Folded, Representation.Speedscope, Representation.Pprof, Representation.Csv);
        var question = Question(process, request, CallchainWeights.Parse(weight)!.Value);
        // A file is saved and not asked for again: it waits for its names.
        if (await (form is Representation.Json ? answers.AskAsync(question, cancel) : answers.AskPatientlyAsync(question, cancel)) is not { } whole) return Problems.NotFound("There is no such process, trace, heap profile, region or snapshot.");
        var answer = whole.Only(new StackFilter(request.Query["only"].OfType<string>()));
        // A file holds all callchains, whatever their number.
        return form switch
        {
            Representation.Folded => CallchainFile.Folded(answer),
            Representation.Speedscope => CallchainFile.Speedscope(answer, $"{weight} of {process}", $"{process}.speedscope.json"),
            Representation.Pprof => CallchainFile.Pprof(answer, Remarks(answer, process), $"{process}.pb.gz"),
            Representation.Csv => new CsvAnswer($"{process}.callchains", CallchainCsv.Columns, CallchainCsv.Rows(answer)),
            _ => Results.Ok(answer.ToWire(limits.CallchainsInAnswer, limits.FramesInAnswer)),
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

    private static IEnumerable<string> Remarks(StackAnswer answer, Guid process) =>
    [
        $"MemScope: callchains of process {process} by weight {answer.Head.Weight}",
        .. answer.Head.Traces.Select(t => $"trace {t.Id}: {t.Tool}{(t.FileName.Length > 0 ? ", " + t.FileName : "")}"),
        .. answer.Head.HeapProfile is { } profile ? [$"heap profile {profile}"] : Array.Empty<string>(),
        .. answer.Head.Notes,
    ];
}
