using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Symbols.Elf;

namespace MemScope.Web.Symbolication;

/// <summary>A file with source lines, unpacked for the tools.</summary>
/// <param name="Path">Path that the server made.</param>
/// <param name="Sha256">SHA-256 of the content, hex.</param>
/// <param name="File">Its row.</param>
public sealed record LinesFile(string Path, string Sha256, SymbolFileRow File);

/// <summary>What is known of one module: its layout, its functions and, where a file has them, its lines; put together from the best of its files.</summary>
/// <param name="BuildId">Hex build id.</param>
/// <param name="Layout">The file whose segments say how offsets become link addresses.</param>
/// <param name="Table">The richest symbol table of its files.</param>
/// <param name="Lines">The best file with DWARF lines, or null.</param>
/// <param name="Files">All its files, best first.</param>
public sealed record ModuleSymbols(string BuildId, ElfFile Layout, SymbolTable Table, LinesFile? Lines, IReadOnlyList<SymbolFileRow> Files)
{
    /// <summary>How the module was recognised: <c>symbols</c>, or <c>symbols (matched by file name)</c> when no tracer printed a build id.</summary>
    public string NamedBy { get; init; } = "symbols";

    /// <summary>How good the names are.</summary>
    public SymbolQuality Quality => Lines is not null ? SymbolQuality.Lines : SymbolJudge.OfTable(Table);

    /// <summary>When the newest of its files came.</summary>
    public DateTimeOffset NewestAt => Files.Max(f => f.ReceivedAt);
}
