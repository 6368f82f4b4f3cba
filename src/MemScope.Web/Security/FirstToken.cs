using MemScope.Storage.Tokens;
using MemScope.Web.Hosting;

namespace MemScope.Web.Security;

/// <summary>The admin token of a new server that others can reach.</summary>
internal static class FirstToken
{
    /// <summary>Makes it when there is none yet and prints it, for the only time.</summary>
    public static async Task PrintAsync(WebApplication app)
    {
        if (!app.Services.GetRequiredService<ServerOptions>().AsksForSignIn) return;
        var secret = await app.Services.GetRequiredService<TokenStore>().EnsureAdminAsync(app.Lifetime.ApplicationStopping);
        if (secret is not null) Console.WriteLine($"Admin token, shown this once: {secret}");
    }
}
