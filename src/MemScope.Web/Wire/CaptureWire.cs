using MemScope.Core.Model;

namespace MemScope.Web.Wire;

/// <summary>A parse diagnostic.</summary>
public sealed record DiagnosticWire(string Id, string Severity, int Line, string Text, string? Member)
{
    /// <summary>A diagnostic of the parser.</summary>
    public static DiagnosticWire Of(ParseDiagnostic diagnostic) =>
        new(diagnostic.Id, diagnostic.Severity.ToString().ToLowerInvariant(), diagnostic.Line, diagnostic.Text, diagnostic.Member);
}

/// <summary>The answer to an upload.</summary>
public sealed record UploadWire(Guid CaptureId, Guid ProcessId, IReadOnlyList<Guid> Processes, string Url, string Format, int Snapshots, int Regions, int Events, int Callchains,
    IReadOnlyList<DiagnosticWire> Diagnostics)
{
    /// <summary>One answer per file when several came in one request (this is the first's), else null.</summary>
    public IReadOnlyList<UploadWire>? Items { get; init; }
}

/// <summary>A capture in a list.</summary>
public sealed record CaptureWire(Guid Id, string FileName, string Format, string Version, string Sha256, long Bytes, DateTimeOffset ReceivedAt, int Snapshots, int Events,
    IReadOnlyList<DiagnosticWire> Diagnostics);

/// <summary>What is known of a build id.</summary>
/// <param name="BuildId">Hex.</param>
/// <param name="Files">Files stored for it, best first.</param>
public sealed record SymbolsWire(string BuildId, IReadOnlyList<SymbolFileWire> Files);

/// <summary>A stored symbol file.</summary>
public sealed record SymbolFileWire(Guid Id, string FileName, string Kind, long Bytes, int Functions, bool HasLines, DateTimeOffset ReceivedAt);

/// <summary>A share in a list; the key itself is never shown again.</summary>
public sealed record ShareWire(Guid Id, string Title, string View, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, long Views);

/// <summary>A new share: the only time that its address is told.</summary>
/// <param name="Id">For revoking.</param>
/// <param name="Url">Absolute address of the page.</param>
/// <param name="Markdown">Block for a ticket.</param>
/// <param name="ExpiresAt">When it ends, or null for never.</param>
public sealed record ShareCreatedWire(Guid Id, string Url, string Markdown, DateTimeOffset? ExpiresAt);
