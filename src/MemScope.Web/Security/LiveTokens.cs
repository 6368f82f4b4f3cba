using MemScope.Storage.Tokens;

namespace MemScope.Web.Security;

/// <summary>The tokens that are neither revoked nor expired, read every three seconds at most: so long may a session outlive its token.</summary>
internal sealed class LiveTokens(TokenStore tokens, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(3);
    private Known _known = new(DateTimeOffset.MinValue, new Dictionary<Guid, TokenRow>());

    /// <summary>The live token of an id, or null.</summary>
    public async Task<TokenRow?> FindAsync(Guid id, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var known = _known;
        if (now - known.At > Freshness)
        {
            var rows = await tokens.ListAsync(cancel);
            _known = known = new Known(now, rows.Where(t => t.RevokedAt is null && (t.ExpiresAt is null || t.ExpiresAt > now)).ToDictionary(t => t.Id));
        }
        return known.ById.GetValueOrDefault(id);
    }

    // One object, so that requests which read while another writes see the one list or the other.
    private sealed record Known(DateTimeOffset At, IReadOnlyDictionary<Guid, TokenRow> ById);
}
