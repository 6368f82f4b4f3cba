using System.Data.Common;
using MemScope.Core.Formats;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using Microsoft.AspNetCore.Http.Features;

namespace MemScope.Web.Api;

/// <summary>Which problem an exception is. Senders retry 408, 429, 502, 503 and 504 only, so a wrong status loses data.</summary>
internal static class ProblemMapping
{
    private const int RetrySeconds = 5;
    private const int DiskFullErrno = 28; // ENOSPC
    private const string DiskFullState = "53100"; // disk_full, PostgreSQL's appendix A

    /// <summary>The problem of an exception; 500 <c>internal</c> for one that nobody expected.</summary>
    public static ProblemException Of(Exception exception, HttpContext context) => exception switch
    {
        ProblemException problem => problem,
        BadHttpRequestException bad => OfRequest(bad, context),
        CaptureRefusedException refused => OfRefusal(refused),
        UploadRefusedException { Code: UploadRefusedException.NoProcess } refused => new(StatusCodes.Status404NotFound, refused.Code, refused.Message),
        UploadRefusedException refused => new(StatusCodes.Status422UnprocessableEntity, refused.Code, refused.Message),
        InvalidCursorException cursor => new(StatusCodes.Status400BadRequest, "bad-parameter", $"cursor: {cursor.Message}"),
        InvalidDataException invalid => new(StatusCodes.Status422UnprocessableEntity, "invalid-data", invalid.Message),
        DbException { SqlState: DiskFullState } => DiskFull,
        DbException { IsTransient: false, SqlState: not (null or "57P01" or "57P02" or "57P03" or "25006") } => Internal, // the database itself said no
        DbException => DatabaseAway,
        { InnerException: DbException inner } => Of(inner, context), // so wrap it saving, retrying and the connection pool
        TimeoutException => DatabaseAway,
        IOException { HResult: DiskFullErrno } => DiskFull,
        _ => Internal,
    };

    /// <summary>413 with the limit of the address.</summary>
    public static ProblemException BodyTooLarge(HttpContext context) => new(StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is larger than this address takes.",
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize, context.Request.ContentLength);

    private static ProblemException DatabaseAway => new(StatusCodes.Status503ServiceUnavailable, "database-unavailable", "The database does not answer. Nothing was stored; send it again.")
    {
        RetryAfterSeconds = RetrySeconds,
    };

    private static ProblemException DiskFull => new(StatusCodes.Status507InsufficientStorage, "disk-full", "The server's disk is full. Nothing was stored; reading still works.");

    private static ProblemException Internal => new(StatusCodes.Status500InternalServerError, "internal", "The server failed on this request. Its log has the details under the trace id.");

    private static ProblemException OfRequest(BadHttpRequestException bad, HttpContext context) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => BodyTooLarge(context),
        StatusCodes.Status408RequestTimeout => new(bad.StatusCode, "too-slow", "The body came too slowly."),
        StatusCodes.Status415UnsupportedMediaType => new(bad.StatusCode, "media-type", bad.Message),
        _ => new(bad.StatusCode, "bad-request", bad.Message),
    };

    private static ProblemException OfRefusal(CaptureRefusedException refused) => new(refused.Kind switch
    {
        CaptureRefusal.TooLarge => StatusCodes.Status413PayloadTooLarge,
        CaptureRefusal.BadEncoding => StatusCodes.Status400BadRequest,
        CaptureRefusal.Unsupported => StatusCodes.Status415UnsupportedMediaType,
        _ => StatusCodes.Status422UnprocessableEntity,
    }, refused.Code, refused.Message, refused.Limit, refused.Actual);
}
