using System.Runtime.InteropServices;
using MemScope.Core;
using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;
using MemScope.Web.Wire;

namespace MemScope.Web.Symbolication;

/// <summary>
/// Names frames at the moment they are shown, so that a debug file that arrives later improves old traces as well. Names that a tracer printed are kept unless the module's own symbol table says
/// otherwise. All frames of an answer are asked for together, module by module; what is not known in time is marked and comes with the next answer.
/// </summary>
public sealed class FrameNaming(SymbolCatalog catalog, Demangler demangler, LineNames lines, Debuginfod debuginfod, Limits limits, TimeProvider time)
{
    /// <summary>The callchains with named frames. An inlined call gives frames of its own.</summary>
    /// <param name="callchains">Callchains of placed frames, leaf first. Frames that are one object are looked up once.</param>
    /// <param name="map">The mappings that they were placed by; may be null.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<NamedStacks> NameAsync(IReadOnlyList<IReadOnlyList<PlacedFrame>> callchains, ModuleMap? map, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(callchains);
        var numbers = new Dictionary<PlacedFrame, int>(ReferenceEqualityComparer.Instance);
        var asked = new List<AskedFrame>();
        foreach (var chain in callchains)
            foreach (var frame in chain)
                if (numbers.TryAdd(frame, asked.Count)) asked.Add(AskedFrame.Of(frame, map));
        var found = await NameAsync(asked, cancel);
        var named = new NamedStacks();
        var places = Add(named, found);
        var run = new List<int>();
        foreach (var chain in callchains)
        {
            run.Clear();
            for (var f = 0; f < chain.Count; f++)
            {
                // What the tool told of inlined calls the symbols tell too, of the function that they are inlined into.
                if (f + 1 < chain.Count && IsInlinedInto(chain[f], chain[f + 1]) && found[numbers[chain[f + 1]]].Any(n => n.File is not null)) continue;
                for (var (i, end) = (places[numbers[chain[f]]].First, places[numbers[chain[f]]].First + places[numbers[chain[f]]].Count); i < end; i++) run.Add(i);
            }
            named.AddChain(CollectionsMarshal.AsSpan(run));
        }
        return named;
    }

    /// <summary>The frames of each, leaf first: one, or several where calls are inlined.</summary>
    internal async Task<IReadOnlyList<FrameWire>[]> NameAsync(IReadOnlyList<AskedFrame> frames, CancellationToken cancel)
    {
        var wait = new Wait(TimeSpan.FromMilliseconds(limits.NamingWaitMs), time);
        var modules = await ModulesAsync(frames, wait, cancel);
        var places = new Place?[frames.Count];
        var readings = Readings(frames, modules);
        var wanted = new Dictionary<LinesFile, HashSet<ulong>>();
        for (var i = 0; i < places.Length; i++)
        {
            if (frames[i] is not { Lookup: { } lookup, AsPrinted.Module: { } module } || modules[(module, frames[i].AsPrinted.BuildId)] is not { IsLoaded: true, Symbols: { } symbols }) continue;
            if (Place.Of(frames[i], lookup, symbols, readings.GetValueOrDefault((module, frames[i].AsPrinted.BuildId))) is not { } place) continue;
            places[i] = place;
            if (symbols.Lines is not { } file || !place.WantsLines) continue;
            if (!wanted.TryGetValue(file, out var addresses)) wanted[file] = addresses = [];
            addresses.Add(place.Link);
        }
        if (wanted.Count > 0) await lines.AskAsync(wanted, wait.Left, cancel);
        var names = await DemangledAsync(places, wait, cancel);
        var named = new IReadOnlyList<FrameWire>[frames.Count];
        for (var i = 0; i < named.Length; i++)
        {
            var module = frames[i] is { Lookup: not null, AsPrinted.Module: { } path } ? modules[(path, frames[i].AsPrinted.BuildId)] : null;
            named[i] = places[i] is { } place ? Named(frames[i], place, names) : [Unplaced(frames[i], module)];
        }
        return named;
    }

    /// <summary>What is known of a module's symbols, for a page.</summary>
    /// <param name="module">Path of the module.</param>
    /// <param name="buildId">Build id in hex when a tracer printed one.</param>
    /// <param name="cancel">Ends the wait.</param>
    internal async Task<ModuleStatus> StatusAsync(string module, string? buildId, CancellationToken cancel)
    {
        var files = await catalog.FilesAsync(module, buildId, cancel);
        var id = buildId ?? (files.Count > 0 ? files[0].BuildId : null);
        var fetched = id is null ? null : await debuginfod.StateAsync(id, cancel);
        if (files.Count == 0) return new ModuleStatus(id, fetched is { IsUnderWay: true } ? "pending" : "missing", null, null, fetched?.Text);
        // The files were judged when they came: a page that lists modules need not unpack them.
        var quality = SymbolFileStore.QualityOf(files[0]);
        var problem = files.Select(f => f.Judgement.Problem).FirstOrDefault(p => p is not null);
        var note = quality is SymbolQuality.Lines ? lines.Unavailable : problem ?? fetched?.Text;
        var state = quality switch
        {
            SymbolQuality.Lines => lines.Unavailable is null ? "lines" : "tool-missing",
            SymbolQuality.Functions => "functions",
            SymbolQuality.Mini => "mini",
            SymbolQuality.Exported => "exported",
            _ => problem is null ? "missing" : "malformed",
        };
        return new ModuleStatus(id, state, files[0].FileName, buildId is null ? "file-name" : "build-id", note);
    }

    private static bool IsInlinedInto(PlacedFrame frame, PlacedFrame next) =>
        frame is { Inlined: true, File: null, Kind: not FrameAddressKind.None } && frame.Kind == next.Kind && frame.Address == next.Address && string.Equals(frame.Module, next.Module, StringComparison.Ordinal);

    private static (int First, int Count)[] Add(NamedStacks named, IReadOnlyList<FrameWire>[] found)
    {
        var places = new (int First, int Count)[found.Length];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = (named.Frames.Count, found[i].Count);
            foreach (var frame in found[i]) named.AddFrame(frame);
        }
        return places;
    }

    private async Task<Dictionary<(string Module, string? BuildId), Module>> ModulesAsync(IReadOnlyList<AskedFrame> frames, Wait wait, CancellationToken cancel)
    {
        var loads = new Dictionary<(string Module, string? BuildId), Task<ModuleSymbols?>>();
        foreach (var frame in frames)
        {
            if (frame is not { Lookup: not null, AsPrinted.Module: { } path }) continue;
            var key = (path, frame.AsPrinted.BuildId);
            if (!loads.ContainsKey(key)) loads.Add(key, await catalog.BeginAsync(path, frame.AsPrinted.BuildId, cancel));
        }
        try
        {
            if (!loads.Values.All(l => l.IsCompleted)) await Task.WhenAll(loads.Values).WaitAsync(wait.Left, time, cancel);
        }
        catch (TimeoutException)
        {
            lines.TellWhen(Task.WhenAll(loads.Values)); // files of gigabytes: their names come with the next answer
        }
        var modules = new Dictionary<(string Module, string? BuildId), Module>(loads.Count);
        foreach (var (key, load) in loads)
        {
            var module = load.IsCompleted ? new Module(true, await load) : new Module(false, null);
            if (module.IsLoaded && key.BuildId is not null) debuginfod.Want(key.BuildId, module.Symbols);
            modules.Add(key, module);
        }
        return modules;
    }

    /// <summary>Of each module whose numbers may be offsets or link addresses, which they are as most of them tell.</summary>
    private static Dictionary<(string Module, string? BuildId), TracerOffsetKind?> Readings(IReadOnlyList<AskedFrame> frames, Dictionary<(string Module, string? BuildId), Module> modules)
    {
        var readings = new Dictionary<(string Module, string? BuildId), TracerOffsetKind?>();
        foreach (var group in frames.Where(f => f is { Lookup.Kind: FrameAddressKind.InModule, AsPrinted.Module: not null }).GroupBy(f => (f.AsPrinted.Module!, f.AsPrinted.BuildId)))
        {
            if (modules[group.Key] is not { IsLoaded: true, Symbols: { } symbols }) continue;
            readings[group.Key] = symbols.Layout.MostTracerOffsets(group.Select(f => (f.Lookup!.Value.Address, f.AsPrinted.Function, f.Lookup.Value.FunctionOffset)), symbols.Table);
        }
        return readings;
    }

    private async Task<IReadOnlyDictionary<string, string>> DemangledAsync(Place?[] places, Wait wait, CancellationToken cancel)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var place in places)
            if (place is { Symbol: { } symbol } && LinesOf(place, out _) is not { Count: > 0 }) names.Add(symbol.Name);
        string[] mangled = [.. names];
        try
        {
            var readable = await demangler.DemangleAsync(mangled, cancel).WaitAsync(wait.Left + TimeSpan.FromSeconds(1), time, cancel);
            return mangled.Zip(readable).ToDictionary(n => n.First, n => n.Second, StringComparer.Ordinal);
        }
        catch (TimeoutException)
        {
            return new Dictionary<string, string>(StringComparer.Ordinal); // they stand mangled until they are known
        }
    }

    private IReadOnlyList<SymbolizedFrame>? LinesOf(Place place, out bool isPending)
    {
        isPending = false;
        return place.WantsLines && place.Symbols.Lines is { } file ? lines.Find(file, place.Link, out isPending) : null;
    }

    private IReadOnlyList<FrameWire> Named(AskedFrame asked, Place place, IReadOnlyDictionary<string, string> names)
    {
        var symbols = place.Symbols;
        var placed = asked.AsPrinted with { BuildId = symbols.BuildId, Offset = AddressText.Of(place.Link), Lookup = place.Text };
        var found = LinesOf(place, out var isPending);
        if (found is { Count: > 0 } && (place.Symbol is not null || found.Any(f => f.Line is not null)) && !(found is [{ File: null }] && place.IsPrinted))
            return [.. found.Select(f => new FrameWire(f.Function, f.File, f.Line, placed.Module, symbols.BuildId, placed.Offset, f.Inlined, null) { NamedBy = symbols.NamedBy, Lookup = place.Text })];
        if (place.Symbol is not { } symbol)
            return [Missing(place.IsBeyondPrinted ? placed with { Function = null, NamedBy = null, Pending = isPending } : placed with { Pending = isPending }, symbols.Table.Miss)];
        if (place.IsPrinted) return [placed with { Pending = isPending, Miss = null }];
        return [new FrameWire(names.GetValueOrDefault(symbol.Name, symbol.Name), null, null, placed.Module, symbols.BuildId, placed.Offset, false, null) { NamedBy = symbols.NamedBy, Lookup = place.Text, Pending = isPending }];
    }

    private FrameWire Unplaced(AskedFrame asked, Module? module) => module switch
    {
        null => Missing(asked.AsPrinted, asked.Miss),
        { IsLoaded: false } => Missing(asked.AsPrinted with { Pending = true }, SymbolMiss.NoSymbols),
        { Symbols: { } symbols } => Missing(asked.AsPrinted with { BuildId = symbols.BuildId }, SymbolMiss.UnknownAddress),
        _ => Missing(asked.AsPrinted with { Pending = debuginfod.IsWanted(asked.AsPrinted.BuildId) }, SymbolMiss.NoSymbols),
    };

    private static FrameWire Missing(FrameWire frame, SymbolMiss miss) => frame.Function is null ? frame with { Miss = miss.Slug() } : frame;

    private sealed record Module(bool IsLoaded, ModuleSymbols? Symbols);

    /// <summary>The time that an answer has.</summary>
    private sealed class Wait(TimeSpan whole, TimeProvider time)
    {
        private readonly long _began = time.GetTimestamp();

        public TimeSpan Left => whole - time.GetElapsedTime(_began) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>Where a frame lies in the files of its module.</summary>
    private sealed record Place(ModuleSymbols Symbols, ulong Link, Symbol? Symbol, string Text)
    {
        /// <summary>Whether the tracer named the same function. Its spelling is kept: a function may have several names.</summary>
        public bool IsPrinted { get; private init; }

        /// <summary>Whether the tracer named the nearest function that a stripped library exports, although that one ends before the address.</summary>
        public bool IsBeyondPrinted { get; private init; }

        /// <summary>Where a table covers the neighbours but not the address, the tool would name one of them.</summary>
        public bool WantsLines => Symbol is not null || Symbols.Table.Count == 0;

        /// <summary>Finds it; null when the module does not hold the address.</summary>
        public static Place? Of(AskedFrame asked, FrameLookup lookup, ModuleSymbols symbols, TracerOffsetKind? reading)
        {
            var printed = asked.AsPrinted.Function;
            ulong? link = lookup.Kind switch
            {
                FrameAddressKind.FileOffset => symbols.Layout.LinkAddressOf(lookup.Address),
                FrameAddressKind.LinkAddress => lookup.Address,
                _ => ((reading is { } kind ? symbols.Layout.ReadTracerOffset(lookup.Address, kind) : null) ?? symbols.Layout.ResolveTracerOffset(lookup.Address, printed, lookup.FunctionOffset, symbols.Table))?.LinkAddress,
            };
            if (link is not { } at) return null;
            var symbol = symbols.Table.Lookup(at);
            var sure = lookup.Kind is FrameAddressKind.FileOffset or FrameAddressKind.LinkAddress ? lookup
                : symbols.Layout.FileOffsetOf(at) is { } offset ? lookup with { Kind = FrameAddressKind.FileOffset, Address = offset } : lookup with { Kind = FrameAddressKind.LinkAddress, Address = at };
            return new Place(symbols, at, symbol, sure.ToString())
            {
                IsPrinted = symbol is not null && printed is not null && lookup.FunctionOffset is { } distance && at - symbol.Address == distance,
                IsBeyondPrinted = printed is not null && lookup.FunctionOffset is { } behind && behind <= at && symbols.Table.StartingAt(at - behind) is { } named && behind > named.Size,
            };
        }
    }
}
