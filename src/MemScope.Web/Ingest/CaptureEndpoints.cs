using MemScope.Core;
using MemScope.Storage.Captures;
using MemScope.Web.Api;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace MemScope.Web.Ingest;

/// <summary><c>POST /api/v1/captures</c>: what a script sends. A 2xx means that the file is committed.</summary>
internal static class CaptureEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapCaptures(this IEndpointRouteBuilder api)
    {
        var limits = api.ServiceProvider.GetRequiredService<Limits>();
        api.MapPost("/captures", PostAsync)
            .WithMetadata(new RequestSizeLimitAttribute(limits.UploadBytes), new QueryNames([.. UploadParameters.Known, Parameters.AnyLabel]), new BodyNote("The file as it is, or gzip; a form with several.", TakesForm: true))
            .WithName("upload").WithSummary("Store a capture: the body is the file, or multipart/form-data for several.")
            .Produces<UploadWire>(StatusCodes.Status201Created).Produces<UploadWire>(StatusCodes.Status200OK).Produces<string>(StatusCodes.Status201Created, "text/plain")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(411).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503);
    }

    /// <summary>Refuses a body that cannot come, before it is waited for.</summary>
    /// <exception cref="ProblemException">411 without a length and without chunks.</exception>
    public static void CheckBody(HttpRequest request)
    {
        if (request.ContentLength is null && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
            throw new ProblemException(StatusCodes.Status411LengthRequired, "length-required", "There is no body: send the file with curl --data-binary @FILE.");
    }

    private static async Task<IResult> PostAsync(HttpContext context, CaptureIntake intake, BodySpool spool, MultipartFiles multipart, InFlightKeys keys, Limits limits)
    {
        var request = context.Request;
        var cancel = context.RequestAborted;
        var sender = UploadParameters.Parse(request);
        var isGzip = BodyEncoding.IsGzip(request);
        CheckBody(request);
        var into = await intake.FindJoinedAsync(sender, cancel);
        var key = InFlightKeys.Of(request);
        using var running = keys.Enter(key);

        List<ReceivedFile> files;
        if (MultipartFiles.Is(request))
        {
            if (isGzip) throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, "content-encoding", "A multipart body has no Content-Encoding; send .gz files as they are.");
            files = await multipart.ReceiveAsync(request, cancel);
        }
        else
        {
            using var digest = ContentDigest.Of(request.Headers);
            files = [new ReceivedFile(await spool.ReceiveAsync(request.Body, request.ContentLength, limits.UploadBytes, digest, cancel), sender.FileName)];
        }
        try
        {
            if (isGzip) BodyEncoding.CheckGzip(files[0].Content);
            return await StoreAsync(context, intake, files, sender, into, key);
        }
        finally
        {
            foreach (var file in files) await file.DisposeAsync();
        }
    }

    // All files are read before the first is stored, so that a refusal stores nothing.
    private static async Task<IResult> StoreAsync(HttpContext context, CaptureIntake intake, List<ReceivedFile> files, UploadParameters sender, JoinedProcess? into, string? key)
    {
        await using var read = new ReadFiles();
        foreach (var file in files) read.Add(await intake.ReadAsync(file, sender, context.RequestAborted));
        var answers = new List<UploadWire>(files.Count);
        var isRepeat = true;
        for (var i = 0; i < read.Count; i++)
        {
            var (answer, repeat) = await intake.StoreAsync(read[i], sender, into, KeyOf(key, i), process => PageOf(context.Request, process), context.RequestAborted);
            answers.Add(answer);
            isRepeat &= repeat;
        }
        var status = isRepeat ? StatusCodes.Status200OK : StatusCodes.Status201Created;
        if (WantsText(context.Request)) return Results.Text(answers[0].Url + "\n", statusCode: status);
        return Results.Json(answers.Count == 1 ? answers[0] : answers[0] with { Items = answers }, statusCode: status);
    }

    private static string? KeyOf(string? key, int index) => key is null || index == 0 ? key : $"{key}/{index}";

    private static string PageOf(HttpRequest request, Guid process) => $"{request.Scheme}://{request.Host}{Urls.Overview(process)}";

    private static bool WantsText(HttpRequest request) =>
        request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1).FirstOrDefault()?.MediaType is { } first && first.Equals("text/plain", StringComparison.OrdinalIgnoreCase);

    /// <summary>Files that were read and are let go together.</summary>
    private sealed class ReadFiles : List<ReadFile>, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var file in this) await file.DisposeAsync();
        }
    }
}
