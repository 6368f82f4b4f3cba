using System.Text.Encodings.Web;
using MemScope.Storage;
using MemScope.Storage.Tokens;
using MemScope.Web.Hosting;
using Microsoft.AspNetCore.Authentication;

namespace MemScope.Web.Security;

/// <summary>The page that turns a token into a cookie. It needs no circuit and no script.</summary>
internal static class SignInPage
{
    private const int LongestForm = 4096;

    /// <summary>Maps the page, its form and the sign-out.</summary>
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (HttpContext context, string? @return) => ShowAsync(context, @return, "")).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-in", PostAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-out", async (HttpContext context) =>
        {
            await context.SignOutAsync();
            context.Response.Redirect("/sign-in");
        }).AllowAnonymous().ExcludeFromDescription(); // whoever asks to be let go is, whatever the token allows; pages of other origins are refused before
        routes.MapGet("/robots.txt", () => Results.Text("User-agent: *\nDisallow: /\n")).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>
    /// A strict cookie is not sent when a link in another site's page is followed, although its reader is signed in: the page reloads itself once, from here.
    /// </summary>
    public static Task BounceAsync(HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, """
        <meta http-equiv="refresh" content="0"><title>MemScope</title></head><body><p>Opening…</p>
        """);

    private static async Task PostAsync(HttpContext context, TokenStore tokens, Attempts attempts, AuditLog audit, TimeProvider time)
    {
        attempts.Check(context);
        if (!context.Request.HasFormContentType || context.Request.ContentLength is null or > LongestForm)
        {
            throw new BadHttpRequestException("A form with a token is needed.", StatusCodes.Status400BadRequest);
        }
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var token = await tokens.FindAsync(form["token"].ToString().Trim(), context.RequestAborted);
        if (token is null)
        {
            attempts.Failed(context);
            await ShowAsync(context, form["return"], "This token is not known, or it has ended.");
            return;
        }
        await audit.WriteAsync(token.Project, token.Name, "sign-in", token.Id.ToString(), $"from {context.Connection.RemoteIpAddress}", context.RequestAborted);
        await Access.SignInAsync(context, token, time.GetUtcNow());
        context.Response.Redirect(LocalPath(form["return"]));
    }

    private static Task ShowAsync(HttpContext context, string? returnTo, string error)
    {
        if (!context.RequestServices.GetRequiredService<ServerOptions>().AsksForSignIn)
        {
            context.Response.Redirect("/");
            return Task.CompletedTask;
        }
        var encode = HtmlEncoder.Default;
        return WriteAsync(context, error.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized, $"""
            <title>Sign in to MemScope</title></head>
            <body class="sign-in"><main><h1>MemScope</h1>
            <form method="post" action="/sign-in">
              <input type="hidden" name="return" value="{encode.Encode(LocalPath(returnTo))}">
              <label for="token">Token</label>
              <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
              <button type="submit">Sign in</button>
              <p role="alert">{encode.Encode(error)}</p>
            </form>
            <p>The server printed the first token when it started for the first time. It begins with <code>ms_</code>.</p>
            </main>
            """);
    }

    private static Task WriteAsync(HttpContext context, int status, string headAndBody)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync($"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="/favicon.svg"><link rel="stylesheet" href="/css/app.css">
            {headAndBody}
            </body></html>
            """, context.RequestAborted);
    }

    /// <summary>A path of this server, never an address elsewhere.</summary>
    internal static string LocalPath(string? path) => path is ['/', ..] && path is not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) ? path : "/";
}
