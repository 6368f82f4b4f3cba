using MemScope.Core;
using MemScope.Storage.Captures;
using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Web.Answers;
using MemScope.Web.Ingest;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Mvc;

namespace MemScope.Web.Api;

/// <summary>Symbol files: upload and status.</summary>
internal static class SymbolEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapSymbols(this IEndpointRouteBuilder api)
    {
        var limit = new RequestSizeLimitAttribute(api.ServiceProvider.GetRequiredService<Limits>().SymbolFileBytes);
        // `curl -T libfoo.so.debug …/symbols/` appends the file's name to the address.
        api.MapPut("/symbols", UploadAsync).WithMetadata(limit, new BodyNote("The ELF or .debug file as it is, or gzip.")).WithName("symbols-put").WithSummary("Upload an ELF or .debug file; the body is the file. Its name: ?name=, Content-Disposition or the end of the path")
            .Produces<SymbolsWire>().Produces<SymbolsWire>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(411).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422);
        api.MapPut("/symbols/{name}", UploadAsync).WithMetadata(limit).ExcludeFromDescription();
        api.MapGet("/symbols", ListAsync).WithName("symbols").Takes("cursor", "limit").WithSummary("Symbol files, newest first").Produces<Page<SymbolsWire>>();
        api.MapGet("/symbols/missing", async (SymbolNeeds needs, CancellationToken cancel) => Results.Ok(new Page<ModuleNeedWire>(await needs.ListAsync(cancel), null))).WithName("symbols-missing").Takes()
            .WithSummary("Modules whose frames tools left without names, over all processes: those without symbols first, by the bytes behind them").Produces<Page<ModuleNeedWire>>();
        api.MapGet("/symbols/{buildId}", StatusAsync).WithName("build-id").Takes().WithSummary("What is known of a build id").Produces<SymbolsWire>();
        api.MapDelete("/symbols/{buildId}/{file:guid}", DeleteAsync).WithName("symbols-delete").Takes().WithSummary("Delete a symbol file; names that it gave go with it").Produces(204).ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<IResult> UploadAsync(HttpContext context, BodySpool spool, SymbolIntake intake, Limits limits, CancellationToken cancel, string? name = null)
    {
        var request = context.Request;
        var isGzip = BodyEncoding.IsGzip(request);
        if (MultipartFiles.Is(request)) throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "media-type", "Send the file itself as the body: curl -T FILE.");
        CaptureEndpoints.CheckBody(request);
        var given = UploadedName.Clean(request.Text("name") ?? name) is { Length: > 0 } told ? told : UploadedName.Of(request.Headers.ContentDisposition);
        using var digest = ContentDigest.Of(request.Headers);
        await using var body = await spool.ReceiveAsync(request.Body, limits.SymbolFileBytes, digest, cancel);
        await using var unpacked = isGzip ? await GzipBody.UnpackAsync(body, spool, limits.SymbolFileBytes, cancel) : null;
        var content = unpacked ?? body;
        if (content.Length == 0) return Problems.Result(StatusCodes.Status422UnprocessableEntity, "empty", "The body is empty; send the ELF or .debug file itself.");
        var (symbols, repeat) = await intake.StoreAsync(content, given, cancel);
        return repeat ? Results.Ok(symbols) : Results.Created($"/api/v1/symbols/{symbols.BuildId}", symbols);
    }

    private static async Task<IResult> ListAsync(SymbolFileStore store, Limits limits, HttpRequest request, CancellationToken cancel)
    {
        var page = await store.ListAsync(Projects.Default, request.Text("cursor"), request.Limit(limits), cancel);
        return Results.Ok(new Page<SymbolsWire>([.. page.Items.Select(f => new SymbolsWire(f.BuildId, [SymbolIntake.Wire(f)]))], page.Next));
    }

    private static async Task<IResult> StatusAsync(string buildId, SymbolFileStore store, CancellationToken cancel)
    {
        if (!BuildId.TryParse(buildId, out var id)) return Problems.Result(StatusCodes.Status400BadRequest, "bad-build-id", "A build id is 8 to 64 hex digits in lower case.");
        var files = await store.FindAsync(Projects.Default, id.Hex, cancel);
        return files.Count == 0 ? Problems.NotFound($"No file with build id {id.Hex} was uploaded.") : Results.Ok(new SymbolsWire(id.Hex, [.. files.Select(SymbolIntake.Wire)]));
    }

    private static async Task<IResult> DeleteAsync(string buildId, Guid file, SymbolIntake intake, CancellationToken cancel)
    {
        if (!BuildId.TryParse(buildId, out var id)) return Problems.Result(StatusCodes.Status400BadRequest, "bad-build-id", "A build id is 8 to 64 hex digits in lower case.");
        return await intake.DeleteAsync(id, file, cancel) ? Results.NoContent() : Problems.NotFound("There is no such symbol file.");
    }
}
