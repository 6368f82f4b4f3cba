using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Web.Wire;

/// <summary>The answer to an upload.</summary>
public sealed record UploadWire(Guid CaptureId, Guid ProcessId, IReadOnlyList<Guid> Processes, string Url, string Format, int Snapshots, int Regions, int Events, int Callchains,
    IReadOnlyList<DiagnosticWire> Diagnostics)
{
    /// <summary>Blocks of figures: status, cgroup, an allocator's statistics …</summary>
    public int Figures { get; init; }

    /// <summary>Heap profiles.</summary>
    public int HeapProfiles { get; init; }

    /// <summary>Symbol maps of a JIT.</summary>
    public int PerfMaps { get; init; }

    /// <summary>Programs, libraries and debug files of an archive that were kept as symbol files.</summary>
    public int SymbolFiles { get; init; }

    /// <summary>The files of an archive with their formats, the first 200; null when the upload is no archive.</summary>
    public IReadOnlyList<MemberWire>? Members { get; init; }

    /// <summary>One answer per file when several came in one request (this is the first's), else null.</summary>
    public IReadOnlyList<UploadWire>? Items { get; init; }
}

/// <summary>A capture in a list.</summary>
public sealed record CaptureWire(Guid Id, string FileName, string Format, string Version, string Sha256, long Bytes, DateTimeOffset ReceivedAt, int Snapshots, int Events,
    IReadOnlyList<DiagnosticWire> Diagnostics)
{
    /// <summary>Blocks of figures.</summary>
    public int Figures { get; init; }

    /// <summary>Heap profiles.</summary>
    public int HeapProfiles { get; init; }

    /// <summary>Symbol maps of a JIT.</summary>
    public int PerfMaps { get; init; }

    /// <summary>The files of an archive with their formats, the first 200; null when it is no archive.</summary>
    public IReadOnlyList<MemberWire>? Members { get; init; }

    /// <summary>When its text was dropped because the store gives back every number in it; null while it is there.</summary>
    public DateTimeOffset? TextDroppedAt { get; init; }

    /// <summary>Why its text stays although its time is over, for people; null when nobody has looked.</summary>
    public string? TextKept { get; init; }

    /// <summary>Whether its text is kept for good.</summary>
    public bool Pinned { get; init; }
}

/// <summary>A file of an archive.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Format">Slug of its format, <c>elf</c>, or empty when it was not read.</param>
public sealed record MemberWire(string Name, string Format)
{
    private const int Most = 200;

    /// <summary>The first members; null of none.</summary>
    public static IReadOnlyList<MemberWire>? ListOf(IReadOnlyList<CaptureMember>? members) => members is { Count: > 0 } ? [.. members.Take(Most).Select(m => new MemberWire(m.Name, m.Format))] : null;
}

/// <summary>A parse diagnostic.</summary>
public sealed record DiagnosticWire(string Id, string Severity, int Line, string Text, string? Member)
{
    /// <summary>A diagnostic of the parser.</summary>
    public static DiagnosticWire Of(ParseDiagnostic diagnostic) =>
        new(diagnostic.Id, diagnostic.Severity.ToString().ToLowerInvariant(), diagnostic.Line, diagnostic.Text, diagnostic.Member);
}
