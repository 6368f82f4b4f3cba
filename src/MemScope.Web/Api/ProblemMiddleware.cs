using MemScope.Web.Hosting;

namespace MemScope.Web.Api;

/// <summary>
/// Turns exceptions and bare error statuses into problem documents. The framework's own handler would answer 500 where Kestrel says 413 or 408,
/// and a sender that sees 500 retries for ever or drops its data.
/// </summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    private const int ClientClosedRequest = 499;

    /// <summary>Runs the rest of the pipeline.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted) context.Response.StatusCode = ClientClosedRequest;
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, e);
            return;
        }
        if (IsBare(context)) await Problems.WriteAsync(context, OfStatus(context));
    }

    private async Task AnswerAsync(HttpContext context, Exception exception)
    {
        var problem = ProblemMapping.Of(exception, context);
        if (problem.Status >= StatusCodes.Status500InternalServerError)
        {
            log.LogError(exception, "{Method} {Path} failed as {Code}, trace {TraceId}", context.Request.Method, RequestPaths.Masked(context.Request.Path), problem.Code, Problems.TraceId(context));
        }
        context.Response.Headers.ContentLength = null;
        context.Response.Headers.ContentDisposition = default;
        await Problems.WriteAsync(context, problem);
    }

    private static bool IsBare(HttpContext context) =>
        !context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentLength: null or 0, ContentType: null } && RequestPaths.IsForPrograms(context.Request.Path);

    private static ProblemException OfStatus(HttpContext context)
    {
        var status = context.Response.StatusCode;
        return status switch
        {
            StatusCodes.Status404NotFound => new(status, "not-found", "There is nothing at this address."),
            StatusCodes.Status405MethodNotAllowed => new(status, "method-not-allowed", "This address does not take that method."),
            StatusCodes.Status413PayloadTooLarge => ProblemMapping.BodyTooLarge(context),
            StatusCodes.Status415UnsupportedMediaType => new(status, "media-type", "The Content-Type is not taken here."),
            _ => new(status, "bad-request", "The request cannot be answered."),
        };
    }
}
