using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Api;

/// <summary>What RSS consists of: <c>GET /api/v1/processes/{id}/ledger</c>.</summary>
internal static class LedgerEndpoints
{
    private const string Unexplained = "unexplained";

    private static readonly string[] Columns = ["label", "source", "sourceWords", "category", "bytes", "bytesBefore", "changeBytes", "share", "module", "evidenceId", "regionId"];

    /// <summary>Maps the endpoint.</summary>
    public static void MapLedger(this IEndpointRouteBuilder api) =>
        api.MapGet("/processes/{process:guid}/ledger", LedgerAsync).WithName("ledger").Takes("source", "from", "to", "as", "format", "raw")
            .WithSummary("RSS of the window's last snapshot split into explained parts and the unexplained rest, which add up to it, with their sizes at its first; JSON or CSV")
            .Produces<LedgerWire>().ProducesProblem(400).ProducesProblem(404);

    private static async Task<IResult> LedgerAsync(Guid process, HttpRequest request, LedgerAnswers answers, CancellationToken cancel)
    {
        var form = request.Wanted(Representation.Json, Representation.Csv);
        if (await answers.AskAsync(process, request.Window(), cancel) is not { } ledger) return ProcessEndpoints.NoWindow;
        return form is Representation.Csv ? new CsvAnswer($"{process}-ledger", Columns, Rows(ledger)) : Results.Json(ledger);
    }

    /// <summary>Lines, then what is unexplained: they add up to RSS.</summary>
    private static IEnumerable<object?[]> Rows(LedgerWire ledger)
    {
        foreach (var line in ledger.Lines)
            yield return [line.Label, line.Source, line.SourceWords, line.Category, line.Bytes, line.BytesBefore, line.Bytes - line.BytesBefore, Share(line.Bytes), line.Module, line.EvidenceId, line.RegionId];
        yield return ["Unexplained", Unexplained, null, null, ledger.UnexplainedBytes, ledger.UnexplainedBytesBefore, ledger.UnexplainedBytes - ledger.UnexplainedBytesBefore, Share(ledger.UnexplainedBytes), null, null, null];

        double? Share(long bytes) => ledger.RssBytes == 0 ? null : (double)bytes / ledger.RssBytes;
    }
}
