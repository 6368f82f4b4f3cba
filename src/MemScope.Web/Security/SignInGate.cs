using MemScope.Storage.Tokens;
using MemScope.Web.Api;
using MemScope.Web.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.StaticAssets;

namespace MemScope.Web.Security;

/// <summary>Lets a request pass that carries a live token of the right scope or the cookie of a sign-in. What is not expressly open is closed.</summary>
internal sealed class SignInGate(RequestDelegate next, TokenStore tokens, LiveTokens live, Attempts attempts)
{
    private const string BearerPrefix = "Bearer ";

    /// <summary>Refuses, sends to the sign-in page, or passes on.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (IsOpen(context))
        {
            await next(context);
            return;
        }
        var token = await TokenAsync(context);
        if (token is null)
        {
            await AskAsync(context);
            return;
        }
        var needed = NeededScope(context.Request);
        if (!token.Allows(needed)) throw Refusal(needed);
        context.Items[typeof(TokenRow)] = token;
        await next(context);
    }

    /// <summary>What a token without the scope is told.</summary>
    public static ProblemException Refusal(TokenScopes needed) =>
        new(StatusCodes.Status403Forbidden, "scope", $"This token does not allow that; the scope {needed.ToString().ToLowerInvariant()} is needed.");

    /// <summary>Who sent a request, for the audit log: the name of its token, or <see cref="Permissions.Local"/> where none is asked for.</summary>
    public static string ActorOf(HttpContext context) => context.Items[typeof(TokenRow)] is TokenRow token ? token.Name : Permissions.Local;

    private static bool IsOpen(HttpContext context) =>
        RequestPaths.IsShare(context.Request.Path)
        || context.Features.Get<IStatusCodeReExecuteFeature>() is not null // the page "not found", for a request that was open
        || context.GetEndpoint()?.Metadata is { } metadata && (metadata.GetMetadata<IAllowAnonymous>() is not null || metadata.GetMetadata<StaticAssetDescriptor>() is not null);

    private static TokenScopes NeededScope(HttpRequest request)
    {
        if (RequestPaths.IsForAdmins(request.Path)) return TokenScopes.Admin;
        // A circuit and the hub begin with a POST that changes nothing; what is done over a circuit asks Permissions.
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || RequestPaths.IsConnection(request.Path)) return TokenScopes.Read;
        return RequestPaths.IsIngest(request.Path) ? TokenScopes.Ingest : TokenScopes.Admin;
    }

    private async Task<TokenRow?> TokenAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization is [{ } header, ..])
        {
            if (!header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase)) return null;
            attempts.Check(context);
            var found = await tokens.FindAsync(header[BearerPrefix.Length..].Trim(), context.RequestAborted);
            if (found is null) attempts.Failed(context);
            return found;
        }
        if (context.User.FindFirst(Access.TokenClaim)?.Value is not { } id || IsForgeable(context.Request)) return null;
        return await live.FindAsync(Guid.Parse(id), context.RequestAborted);
    }

    // The cookie is sent by the browser on its own, so a change by cookie must come from a page of this server; programs send a token.
    private static bool IsForgeable(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && request.Headers.Origin.Count == 0 && request.Headers["Sec-Fetch-Site"] != "same-origin";

    private static Task AskAsync(HttpContext context)
    {
        var request = context.Request;
        if (RequestPaths.IsForPrograms(request.Path) || !HttpMethods.IsGet(request.Method))
        {
            throw new ProblemException(StatusCodes.Status401Unauthorized, "no-token", "Send a token as 'Authorization: Bearer ms_…'. The server printed the first one when it started for the first time.");
        }
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site") return SignInPage.BounceAsync(context);
        context.Response.Redirect("/sign-in?return=" + Uri.EscapeDataString(request.Path + request.QueryString));
        return Task.CompletedTask;
    }
}
