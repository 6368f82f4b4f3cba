using System.Collections.Concurrent;
using MemScope.Symbols;
using MemScope.Symbols.Elf;
using MemScope.Web.Wire;

namespace MemScope.Web.Symbolication;

/// <summary>What is known of one module: its layout, its functions and, where a file has them, its lines.</summary>
/// <param name="BuildId">Hex build id.</param>
/// <param name="Layout">The file whose segments say how offsets become link addresses.</param>
/// <param name="Table">The richest symbol table of its files.</param>
/// <param name="LinesPath">Path of a file with DWARF lines, or null.</param>
public sealed record ModuleSymbols(string BuildId, ElfFile Layout, SymbolTable Table, string? LinesPath)
{
    /// <summary>How the module was recognised: <c>symbols</c>, or <c>symbols (matched by file name)</c> when no tracer printed a build id.</summary>
    public string NamedBy { get; init; } = "symbols";

    /// <summary>Frames already named, by the module's path and the address that was looked up.</summary>
    public ConcurrentDictionary<(string Module, ulong LinkAddress), IReadOnlyList<FrameWire>> Named { get; } = new();
}
