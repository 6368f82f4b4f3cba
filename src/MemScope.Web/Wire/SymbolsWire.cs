namespace MemScope.Web.Wire;

/// <summary>What is known of a build id.</summary>
/// <param name="BuildId">Hex.</param>
/// <param name="Files">Files stored for it, best first.</param>
public sealed record SymbolsWire(string BuildId, IReadOnlyList<SymbolFileWire> Files);

/// <summary>A stored symbol file.</summary>
public sealed record SymbolFileWire(Guid Id, string FileName, string Kind, long Bytes, int Functions, bool HasLines, DateTimeOffset ReceivedAt)
{
    /// <summary>What it tells: <c>lines</c>, <c>functions</c>, <c>mini</c>, <c>exported</c>, <c>none</c>; <c>unknown</c> while nobody has looked.</summary>
    public string Quality { get; init; } = "unknown";

    /// <summary>What is wrong with it although it was taken; null as a rule. Such a file comes behind those that are as good.</summary>
    public string? Problem { get; init; }

    /// <summary>Where it came from: <c>upload</c> or <c>debuginfod</c>.</summary>
    public string Origin { get; init; } = "upload";

    /// <summary>SHA-256 of its content, hex.</summary>
    public string Sha256 { get; init; } = "";
}
