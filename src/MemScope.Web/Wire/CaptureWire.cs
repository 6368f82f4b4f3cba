using MemScope.Core.Model;

namespace MemScope.Web.Wire;

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

/// <summary>A parse diagnostic.</summary>
public sealed record DiagnosticWire(string Id, string Severity, int Line, string Text, string? Member)
{
    /// <summary>A diagnostic of the parser.</summary>
    public static DiagnosticWire Of(ParseDiagnostic diagnostic) =>
        new(diagnostic.Id, diagnostic.Severity.ToString().ToLowerInvariant(), diagnostic.Line, diagnostic.Text, diagnostic.Member);
}
