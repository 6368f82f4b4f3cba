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
    /// <summary>Frames kept; a hostile trace may hold as many addresses as it likes.</summary>
    private const int MostNamed = 100_000;

    private readonly ConcurrentDictionary<(string Module, ulong LinkAddress), IReadOnlyList<FrameWire>> _named = new();

    /// <summary>How the module was recognised: <c>symbols</c>, or <c>symbols (matched by file name)</c> when no tracer printed a build id.</summary>
    public string NamedBy { get; init; } = "symbols";

    /// <summary>The frames of an address that was named before, or null.</summary>
    public IReadOnlyList<FrameWire>? Named(string module, ulong linkAddress) => _named.GetValueOrDefault((module, linkAddress));

    /// <summary>Keeps the frames of an address.</summary>
    public void Keep(string module, ulong linkAddress, IReadOnlyList<FrameWire> frames)
    {
        if (_named.Count >= MostNamed) _named.Clear();
        _named[(module, linkAddress)] = frames;
    }
}
