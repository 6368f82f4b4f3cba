using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace MemScope.Web.Api;

/// <summary>The body of every error (RFC 9457), sent as <c>application/problem+json</c>.</summary>
/// <param name="Type">URI of the kind of problem: <c>urn:memscope:problem:</c> and the code.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What is wrong and what to do, for people.</param>
/// <param name="Code">Stable name of the problem, for programs.</param>
/// <param name="Limit">The cap that was passed, where there is one.</param>
/// <param name="Actual">What was sent against it, where known.</param>
/// <param name="TraceId">Finds the request in the server's log.</param>
public sealed record ProblemWire(string Type, string Title, int Status, string Detail, string Code, long? Limit, long? Actual, string TraceId);

/// <summary>Thrown where a request cannot be answered; the middleware turns it into a problem document.</summary>
public sealed class ProblemException(int status, string code, string detail, long? limit = null, long? actual = null) : Exception(detail)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Stable code.</summary>
    public string Code { get; } = code;

    /// <summary>The cap that was passed.</summary>
    public long? Limit { get; } = limit;

    /// <summary>What was sent against it.</summary>
    public long? Actual { get; } = actual;

    /// <summary>Seconds after which a repeat makes sense, or null when it does not.</summary>
    public int? RetryAfterSeconds { get; init; }
}

/// <summary>Makes and writes problem documents.</summary>
public static class Problems
{
    /// <summary>Media type of problem documents.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>A problem as the answer of an endpoint.</summary>
    public static IResult Result(int status, string code, string detail, long? limit = null, long? actual = null) =>
        new ProblemResult(new ProblemException(status, code, detail, limit, actual));

    /// <summary>404: there is nothing of that id.</summary>
    public static IResult NotFound(string detail) => Result(StatusCodes.Status404NotFound, "not-found", detail);

    /// <summary>400: a parameter cannot be read.</summary>
    public static ProblemException BadParameter(string name, string detail) => new(StatusCodes.Status400BadRequest, "bad-parameter", $"{name}: {detail}");

    /// <summary>Writes a problem, as a page where a person reads it; the response must not have started.</summary>
    public static Task WriteAsync(HttpContext context, ProblemException problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.Headers.CacheControl = "no-store";
        if (problem.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (problem.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (ProblemPage.IsWanted(context.Request)) return ProblemPage.WriteAsync(context, problem);
        var body = new ProblemWire("urn:memscope:problem:" + problem.Code, ReasonPhrases.GetReasonPhrase(problem.Status), problem.Status, problem.Message, problem.Code,
            problem.Limit, problem.Actual, TraceId(context));
        return response.WriteAsJsonAsync(body, options: null, MediaType, context.RequestAborted);
    }

    /// <summary>The id under which the log knows the request.</summary>
    public static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    private sealed class ProblemResult(ProblemException problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, problem);
    }
}
