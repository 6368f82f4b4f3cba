using MemScope.Web.Api;
using MemScope.Web.Hosting;

namespace MemScope.Web.Security;

/// <summary>
/// Keeps web pages of other origins away. A server on a loopback address asks for no login, so every page that its user visits could reach it,
/// by DNS rebinding also under a host name of its own: foreign Host, Origin and Sec-Fetch-Site are refused, on hubs and circuits too (websockets know no CORS).
/// </summary>
internal sealed class OriginGuard(RequestDelegate next, ServerOptions options)
{
    /// <summary>Refuses or passes on.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!IsOwnHost(request.Host.Host)) return Refuse(context, StatusCodes.Status421MisdirectedRequest, "foreign-host", "This server is not known by that Host; --host-name adds one.");
        if (!IsOwnOrigin(request)) return Refuse(context, StatusCodes.Status403Forbidden, "foreign-origin", "Pages of another origin must not call this server.");
        if (IsForeignFetch(request)) return Refuse(context, StatusCodes.Status403Forbidden, "foreign-site", "Pages of another site must not call this server.");
        return next(context);
    }

    // With a sign-in the cookie is bound to the host that set it, so a rebound name gets nothing.
    private bool IsOwnHost(string host) =>
        options.AsksForSignIn
            ? options.HostNames.Count == 0 || IsLoopbackName(host) || options.HostNames.Contains(host, StringComparer.OrdinalIgnoreCase)
            : IsLoopbackName(host);

    private static bool IsLoopbackName(string host) => host is "127.0.0.1" or "[::1]" || host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    // The scheme is not compared: behind a proxy that ends TLS it differs.
    private static bool IsOwnOrigin(HttpRequest request) =>
        request.Headers.Origin.Count == 0
        || (request.Headers.Origin is [{ } origin] && Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(Authority(request, uri), StringComparison.OrdinalIgnoreCase));

    private static string Authority(HttpRequest request, Uri origin) => request.Host.Port is { } port && !(origin.IsDefaultPort && port == origin.Port)
        ? request.Host.Value!
        : request.Host.Host;

    // Following a link from a ticket is a navigation: it shows the page to the user and nothing to the page that held the link.
    private static bool IsForeignFetch(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none") return false;
        var followsLink = HttpMethods.IsGet(request.Method) && headers["Sec-Fetch-Mode"] == "navigate" && headers["Sec-Fetch-Dest"] == "document";
        return !followsLink || RequestPaths.IsForPrograms(request.Path);
    }

    private static Task Refuse(HttpContext context, int status, string code, string detail) => Problems.WriteAsync(context, new ProblemException(status, code, detail));
}
