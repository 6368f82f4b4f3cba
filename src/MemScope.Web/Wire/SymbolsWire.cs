namespace MemScope.Web.Wire;

/// <summary>What is known of a build id.</summary>
/// <param name="BuildId">Hex.</param>
/// <param name="Files">Files stored for it, best first.</param>
public sealed record SymbolsWire(string BuildId, IReadOnlyList<SymbolFileWire> Files);

/// <summary>A stored symbol file.</summary>
public sealed record SymbolFileWire(Guid Id, string FileName, string Kind, long Bytes, int Functions, bool HasLines, DateTimeOffset ReceivedAt);
