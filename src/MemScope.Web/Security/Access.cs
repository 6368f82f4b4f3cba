using System.Security.Claims;
using MemScope.Storage.Tokens;
using MemScope.Web.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace MemScope.Web.Security;

/// <summary>Who may use a server that others can reach: whoever holds a token, as <c>Authorization: Bearer</c> or, in a browser, as the cookie that a sign-in gives.</summary>
internal static class Access
{
    /// <summary>Claim with the id of the token that signed in.</summary>
    public const string TokenClaim = "token";

    private const string SinceClaim = "since";
    private static readonly TimeSpan IdleLimit = TimeSpan.FromHours(8);
    private static readonly TimeSpan SessionLimit = TimeSpan.FromHours(24);

    /// <summary>Names a sign-in: the token, and when it was used to sign in. Null where nobody has.</summary>
    public static string? SessionOf(ClaimsPrincipal? user) => user?.FindFirst(TokenClaim)?.Value is { } token ? $"{token} {user.FindFirst(SinceClaim)?.Value}" : null;

    /// <summary>Registers the cookie and what checks it.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<LiveTokens>().AddScoped<Permissions>().AddSingleton<Attempts>().AddAntiforgery(o => o.Cookie.Name = "memscope-form");
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(o =>
        {
            o.Cookie.Name = "memscope";
            o.Cookie.HttpOnly = true;
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            o.ExpireTimeSpan = IdleLimit;
            o.SlidingExpiration = true;
            o.Events.OnValidatePrincipal = ValidateAsync;
        });
        return services;
    }

    /// <summary>Asks for a sign-in or a token where others can reach the server; else lets everything pass.</summary>
    public static void UseSignIn(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<ServerOptions>().AsksForSignIn) return;
        app.UseAuthentication();
        app.UseMiddleware<SignInGate>();
    }

    /// <summary>Refuses pages of other origins and unknown hosts.</summary>
    public static void UseOriginGuard(this WebApplication app) => app.UseMiddleware<OriginGuard>();

    /// <summary>Signs the holder of a token in.</summary>
    public static Task SignInAsync(HttpContext context, TokenRow token, DateTimeOffset now)
    {
        var identity = new ClaimsIdentity(
            [new Claim(TokenClaim, token.Id.ToString()), new Claim(SinceClaim, now.ToString("O")), new Claim(ClaimTypes.Name, token.Name)],
            CookieAuthenticationDefaults.AuthenticationScheme);
        return context.SignInAsync(new ClaimsPrincipal(identity));
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext cookie)
    {
        var services = cookie.HttpContext.RequestServices;
        var principal = cookie.Principal;
        var isFresh = DateTimeOffset.TryParse(principal?.FindFirst(SinceClaim)?.Value, System.Globalization.CultureInfo.InvariantCulture, out var since)
            && services.GetRequiredService<TimeProvider>().GetUtcNow() - since < SessionLimit;
        var isLive = Guid.TryParse(principal?.FindFirst(TokenClaim)?.Value, out var token)
            && await services.GetRequiredService<LiveTokens>().FindAsync(token, cookie.HttpContext.RequestAborted) is not null;
        if (!isFresh || !isLive) cookie.RejectPrincipal();
    }
}
