using MemScope.Web.Answers;

namespace MemScope.Web.Exports;

/// <summary>Callchains as a file of another tool, written while it is sent.</summary>
internal sealed class CallchainFile(string contentType, string? fileName, Func<Stream, CancellationToken, Task> write) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = contentType;
        if (fileName is not null) httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        return write(httpContext.Response.Body, httpContext.RequestAborted);
    }

    /// <summary>Folded stacks.</summary>
    public static CallchainFile Folded(StackAnswer answer) => new("text/plain; charset=utf-8", null, (to, cancel) => FoldedExport.WriteAsync(answer, to, cancel));

    /// <summary>For speedscope.</summary>
    public static CallchainFile Speedscope(StackAnswer answer, string name, string fileName) => new("application/json", fileName, (to, cancel) => SpeedscopeExport.WriteAsync(answer, name, to, cancel));

    /// <summary>For pprof.</summary>
    public static CallchainFile Pprof(StackAnswer answer, IEnumerable<string> remarks, string fileName) => new("application/vnd.google.protobuf+gzip", fileName, (to, cancel) => PprofExport.WriteAsync(answer, remarks, to, cancel));
}
