using MemScope.Web.Answers;

namespace MemScope.Web.Api;

/// <summary>A snapshot as text, to be saved as a file. <c>X-Missing</c> names the columns that its source does not print and that are 0 in it.</summary>
internal sealed class SmapsAnswer(string name, ReprintedSnapshot snapshot) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = snapshot.Text.Length;
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.smaps.txt\"";
        if (snapshot.Missing.Count > 0) response.Headers["X-Missing"] = string.Join(", ", snapshot.Missing);
        await response.Body.WriteAsync(snapshot.Text, httpContext.RequestAborted);
    }
}
