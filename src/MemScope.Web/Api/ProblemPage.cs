using System.Globalization;
using System.Text.Encodings.Web;
using MemScope.Web.Hosting;
using Microsoft.AspNetCore.WebUtilities;

namespace MemScope.Web.Api;

/// <summary>A problem as a page, for whoever opened an address in a browser. It needs nothing that could be broken too: no database, no circuit, no script.</summary>
internal static class ProblemPage
{
    /// <summary>Whether a person is to read the answer.</summary>
    public static bool IsWanted(HttpRequest request) =>
        !RequestPaths.IsForPrograms(request.Path) && request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    /// <summary>Writes the page; status and headers are set.</summary>
    public static Task WriteAsync(HttpContext context, ProblemException problem)
    {
        var encode = HtmlEncoder.Default;
        var title = encode.Encode(ReasonPhrases.GetReasonPhrase(problem.Status));
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title}</title><link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/css/app.css"></head>
            <body><main class="problem"><h1>{title}</h1><p>{encode.Encode(problem.Message)}</p>
            <p><a href="{encode.Encode(RequestPaths.IsShare(context.Request.Path) ? "" : context.Request.Path + context.Request.QueryString)}">Try again</a></p>
            <p><small>{problem.Status} {encode.Encode(problem.Code)}, trace {encode.Encode(Problems.TraceId(context))}</small></p></main></body></html>
            """), context.RequestAborted);
    }
}
