namespace MemScope.Storage.Tables;

/// <summary>A frozen view. It holds its own data: later uploads and retention do not touch it.</summary>
internal sealed class ShareTable
{
    public Guid ShareId { get; set; }
    public byte[] KeySha256 { get; set; } = [];
    public string Project { get; set; } = "";
    public Guid ProcessId { get; set; }
    public string Title { get; set; } = "";
    public string View { get; set; } = "";

    /// <summary>json, not jsonb: what was shared stays byte for byte, and a hostile name may hold \u0000.</summary>
    public string Document { get; set; } = "";
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
    public long Views { get; set; }

    /// <summary>Whether names of frames are looked up anew when it is opened.</summary>
    public bool FollowSymbols { get; set; }

    /// <summary>What was taken out of the document before it was stored, as it was asked for, with blanks between; empty for nothing.</summary>
    public string Redaction { get; set; } = "";

    /// <summary>Who made it: the name of a token, or whom the server knew without one; empty for one from before this was kept.</summary>
    public string CreatedBy { get; set; } = "";
}

/// <summary>An API token; the secret itself is not kept.</summary>
internal sealed class TokenTable
{
    public Guid TokenId { get; set; }
    public byte[] SecretSha256 { get; set; } = [];
    public string Project { get; set; } = "";
    public string Name { get; set; } = "";
    public int Scopes { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>Who did what; only ever added to: a trigger refuses to change or delete a row. The table is local to the coordinator, where a trigger may be.</summary>
internal sealed class AuditTable
{
    public Guid AuditId { get; set; }
    public DateTimeOffset At { get; set; }
    public string Project { get; set; } = "";
    public string Actor { get; set; } = "";
    public string Action { get; set; } = "";
    public string Subject { get; set; } = "";

    /// <summary>What else is worth telling, in words; never a secret.</summary>
    public string Detail { get; set; } = "";
}
