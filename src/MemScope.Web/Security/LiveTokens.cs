using MemScope.Storage.Tokens;

namespace MemScope.Web.Security;

/// <summary>The tokens that are neither revoked nor expired, at most three seconds old: a revoked one ends its sessions at once.</summary>
internal sealed class LiveTokens(TokenStore tokens, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(3);
    private (DateTimeOffset At, IReadOnlyDictionary<Guid, TokenRow> ById) _known = (DateTimeOffset.MinValue, new Dictionary<Guid, TokenRow>());

    /// <summary>The live token of an id, or null.</summary>
    public async Task<TokenRow?> FindAsync(Guid id, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var known = _known;
        if (now - known.At > Freshness)
        {
            var rows = await tokens.ListAsync(cancel);
            _known = known = (now, rows.Where(t => t.RevokedAt is null && (t.ExpiresAt is null || t.ExpiresAt > now)).ToDictionary(t => t.Id));
        }
        return known.ById.GetValueOrDefault(id);
    }
}
