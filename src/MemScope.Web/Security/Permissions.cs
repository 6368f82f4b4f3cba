using MemScope.Storage.Tokens;
using MemScope.Web.Api;
using MemScope.Web.Hosting;
using Microsoft.AspNetCore.Components.Authorization;

namespace MemScope.Web.Security;

/// <summary>
/// What whoever sits at a circuit may do. Requests are judged by <see cref="SignInGate"/>; what is clicked inside a page comes over the circuit and has to be asked for here. A token that was revoked
/// meanwhile allows nothing.
/// </summary>
internal sealed class Permissions(ServerOptions options, AuthenticationStateProvider people, LiveTokens live)
{
    /// <summary>Whether a scope is granted. A server that only this machine reaches grants everything.</summary>
    public async Task<bool> AllowAsync(TokenScopes needed, CancellationToken cancel) => !options.AsksForSignIn || (await TokenAsync(cancel))?.Allows(needed) == true;

    /// <summary>Refuses what a scope does not allow.</summary>
    /// <exception cref="ProblemException">403 with advice.</exception>
    public async Task DemandAsync(TokenScopes needed, CancellationToken cancel)
    {
        if (!await AllowAsync(needed, cancel)) throw SignInGate.Refusal(needed);
    }

    /// <summary>Who it is, for the audit log: the name of the token that signed in, or <c>local</c> where nobody has to.</summary>
    public async Task<string> ActorAsync(CancellationToken cancel) => !options.AsksForSignIn ? Local : (await TokenAsync(cancel))?.Name ?? "unknown";

    /// <summary>Who acts on a server that asks nobody to sign in.</summary>
    public const string Local = "local";

    private async Task<TokenRow?> TokenAsync(CancellationToken cancel)
    {
        var user = (await people.GetAuthenticationStateAsync()).User;
        return Guid.TryParse(user.FindFirst(Access.TokenClaim)?.Value, out var id) ? await live.FindAsync(id, cancel) : null;
    }
}
