using System.Runtime.InteropServices;
using MemScope.Core.Model;
using MemScope.Symbols;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Lines;
using MemScope.Web.Wire;

namespace MemScope.Web.Symbolication;

/// <summary>
/// Names the frames of a trace at the moment they are shown, so that a debug file that arrives later improves old traces as well. Names that a tracer printed are kept unless the
/// module's own symbol table says otherwise.
/// </summary>
public sealed class FrameNaming(SymbolCatalog catalog, Demangler demangler, LineSymbolizer lines)
{
    /// <summary>libc's wrappers set up no frame: a frame-pointer walk loses their caller (bpftrace issue 646).</summary>
    private static readonly HashSet<string> Wrappers = new(StringComparer.Ordinal)
    {
        "syscall", "mmap", "mmap64", "__mmap", "__mmap64", "munmap", "__munmap", "mremap", "__mremap", "mprotect", "__mprotect", "madvise", "__madvise", "brk", "__brk",
    };

    /// <summary>Profilers that print the address of the call itself instead of the one that it returns to.</summary>
    private static readonly HashSet<string> PrintCallAddresses = new(StringComparer.Ordinal) { "heaptrack", "sanitizer", "massif", "memcheck", "dhat", "pprof" };

    /// <summary>Tools whose leaf is where the thread stood, not a return address: gdb stops before the instruction, jemalloc and tcmalloc's leaf is the allocator's own frame.</summary>
    private static readonly HashSet<string> PrintExactLeaf = new(StringComparer.Ordinal) { "gdb", "jemalloc-heap" };

    /// <summary>The callchains with named frames. An inlined call gives frames of its own.</summary>
    /// <param name="tool">Slug of the tool that printed them.</param>
    /// <param name="callchains">The callchains.</param>
    /// <param name="maps">Mappings of the process, by which absolute addresses find their module; may be null.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<NamedStacks> NameAsync(string tool, IReadOnlyList<Callchain> callchains, VmaTable? maps, CancellationToken cancel)
    {
        var (exactLeaf, allExact, walksFramePointers) = (PrintExactLeaf.Contains(tool), PrintCallAddresses.Contains(tool), WalksFramePointers(tool));
        var raw = new RawStacks(callchains, i => allExact || (i == 0 && exactLeaf));
        var named = new NamedStacks();
        var places = new (int First, int Count)[raw.Frames.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var frames = await NameAsync(raw.Frames[i].Frame, raw.Frames[i].IsExact, maps, cancel);
            places[i] = (named.Frames.Count, frames.Count);
            foreach (var frame in frames) named.AddFrame(frame);
        }
        var gaps = new Dictionary<int, int>();
        var chain = new List<int>();
        for (var c = 0; c < callchains.Count; c++)
        {
            chain.Clear();
            foreach (var number in raw.FramesOf(c))
                for (var (i, end) = (places[number].First, places[number].First + places[number].Count); i < end; i++) chain.Add(i);
            if (walksFramePointers && chain.Count > 1 && Wrappers.Contains(named.Frames[chain[0]].Function ?? ""))
            {
                if (!gaps.TryGetValue(chain[0], out var gap)) gaps[chain[0]] = gap = named.AddFrame(named.Frames[chain[0]] with { GapAfter = true });
                chain[0] = gap;
            }
            named.AddChain(CollectionsMarshal.AsSpan(chain));
        }
        return named;
    }

    /// <summary>Build id of a module for which symbols are stored, or null.</summary>
    public async Task<string?> BuildIdOfAsync(string module, CancellationToken cancel) => (await catalog.FindAsync(module, null, cancel))?.BuildId;

    private static bool WalksFramePointers(string tool) => tool is "bpftrace" or "perf";

    private async ValueTask<IReadOnlyList<FrameWire>> NameAsync(RawFrame raw, bool isExact, VmaTable? maps, CancellationToken cancel)
    {
        var place = ModuleAddress.Of(raw, maps);
        var asPrinted = new FrameWire(raw.Function, raw.File, raw.Line, place.Module, raw.BuildId, OffsetText(raw, place), raw.Inlined, null)
        {
            NamedBy = raw.Function is null ? null : "tracer",
        };
        // A tracer that printed the source line used the debug information itself.
        if (raw.File is not null || raw.AddressKind == FrameAddressKind.None) return [Missing(asPrinted, SymbolMiss.NoModule)];
        if (place.Module is null) return [Missing(asPrinted, raw.AddressKind == FrameAddressKind.Absolute && maps is not null ? SymbolMiss.Unmapped : SymbolMiss.NoModule)];
        if (place.Value is null || await catalog.FindAsync(place.Module, raw.BuildId, cancel) is not { } symbols) return [Missing(asPrinted, SymbolMiss.NoSymbols)];

        var link = place.IsFileOffset ? symbols.Layout.LinkAddressOf(place.Value.Value) : symbols.Layout.ResolveTracerOffset(place.Value.Value, raw.Function, raw.FunctionOffset, symbols.Table)?.LinkAddress;
        if (link is null) return [Missing(asPrinted with { BuildId = symbols.BuildId }, SymbolMiss.UnknownAddress)];

        // The call lies one byte before the address that it returns to.
        var lookup = isExact || link.Value == 0 ? link.Value : link.Value - 1;
        var placed = asPrinted with { BuildId = symbols.BuildId, Offset = AddressText.Of(link.Value) };
        if (symbols.Table.Lookup(lookup) is not { } symbol) return [Missing(IsBeyondPrinted(raw, link.Value, symbols.Table) ? placed with { Function = null, NamedBy = null } : placed, symbols.Table.Miss)];
        if (symbols.Named(place.Module, lookup) is not { } frames) symbols.Keep(place.Module, lookup, frames = await LookUpAsync(symbols, symbol, place.Module, link.Value, lookup, cancel));
        return frames is [{ File: null }] && IsPrinted(raw, link.Value, symbol) ? [placed] : frames;
    }

    /// <summary>The place in the module. An absolute address without its mapping is no place in a module, and stands alone where no module is named.</summary>
    private static string? OffsetText(RawFrame raw, ModuleAddress place) =>
        place.Value is { } value ? AddressText.Of(value)
            : raw.AddressKind == FrameAddressKind.None || (raw.AddressKind == FrameAddressKind.Absolute && place.Module is not null) ? null : AddressText.Of(raw.Address);

    /// <summary>Whether the tracer named the same function. Its spelling is kept: a function may have several names.</summary>
    private static bool IsPrinted(RawFrame raw, ulong link, Symbol symbol) => raw is { Function: not null, FunctionOffset: { } distance } && link - symbol.Address == distance;

    /// <summary>Whether the tracer named the nearest function that a stripped library exports, although that one ends before the address.</summary>
    private static bool IsBeyondPrinted(RawFrame raw, ulong link, SymbolTable table) =>
        raw is { Function: not null, FunctionOffset: { } distance } && distance <= link && table.StartingAt(link - distance) is { } printed && distance > printed.Size;

    private async Task<IReadOnlyList<FrameWire>> LookUpAsync(ModuleSymbols symbols, Symbol symbol, string module, ulong link, ulong lookup, CancellationToken cancel)
    {
        if (symbols.LinesPath is { } path && await lines.SymbolizeAsync(path, lookup, cancel) is { Frames: { Count: > 0 } found })
            return [.. found.Select(f => new FrameWire(f.Function, f.File, f.Line, module, symbols.BuildId, AddressText.Of(link), f.Inlined, null) { NamedBy = symbols.NamedBy })];
        var name = await demangler.DemangleAsync(symbol.Name, cancel);
        return [new FrameWire(name, null, null, module, symbols.BuildId, AddressText.Of(link), false, null) { NamedBy = symbols.NamedBy }];
    }

    private static FrameWire Missing(FrameWire frame, SymbolMiss miss) => frame.Function is null ? frame with { Miss = miss.Slug() } : frame;
}
