using MemScope.Web.Hosting;

namespace MemScope.Web.Security;

/// <summary>Headers of every answer. Scripts, styles and pictures come from this server only; nothing is evaluated.</summary>
internal static class SecurityHeaders
{
    private const string Common =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // Radzen's markup carries style attributes; shares are drawn without it.
    private const string Pages = Common + "; style-src-attr 'unsafe-inline'";

    /// <summary>Sets them before anything else runs.</summary>
    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        var isShare = RequestPaths.IsShare(context.Request.Path);
        headers.ContentSecurityPolicy = isShare ? Common : Pages;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = isShare ? "no-referrer" : "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
        if (isShare)
        {
            headers["X-Robots-Tag"] = "noindex, nofollow";
            headers.CacheControl = "no-store";
        }
        return next(context);
    });
}
