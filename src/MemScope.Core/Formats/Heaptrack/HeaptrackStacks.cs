using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Heaptrack;

/// <summary>
/// The stacks of either kind of file: a tree whose nodes name an instruction pointer and the node of the caller.
/// <code>
/// s 1f /opt/program                            a string (interpreted), numbered from 1
/// i 557e793db36b 1 14 15 24 16 17 31           address, module, then function, file and line: the innermost first, further triples are the callers it was inlined into
/// t 8 7                                        a node (interpreted): the eighth i in the caller of the seventh t
/// t 557e793db36b 7                             a node (raw)
/// </code>
/// Addresses are return addresses less one already, so they lie inside the call.
/// </summary>
internal sealed class HeaptrackStacks(ParseOptions options)
{
    /// <summary>Nodes, addresses and strings that are held of each: 16,777,216.</summary>
    private const int MaxRecords = 1 << 24;

    /// <summary>Frames of all stacks together that are kept at full depth; behind them stacks are cut to <see cref="CutFrames"/>.</summary>
    private const int MaxFrames = 1 << 24;

    private const int CutFrames = 8;

    /// <summary>Numbers in the triples of all addresses together, three to each; further ones are left out.</summary>
    private const int MaxTriples = 1 << 25;

    private readonly List<string> _strings = [];
    private readonly HashSet<int> _operatorNew = [];
    private readonly List<Place> _places = [new Place { Address = 0, Module = 0 }];
    private readonly List<int> _triples = [];
    private readonly Dictionary<(string? Module, ulong Address), int> _placeOf = [];
    private readonly Dictionary<int, string?> _rawModuleOf = [];
    private readonly List<Node> _nodes = [default];
    private readonly Dictionary<Node, int> _firstEqual = [];
    private readonly Dictionary<int, int> _callchainOf = [];
    private readonly List<Callchain> _callchains = [];
    private readonly Dictionary<int, RawFrame[]> _frames = [];
    private int _framesKept;
    private bool _equalsFound;

    /// <summary>An address in a module. Of an interpreted file, with its triples in <see cref="_triples"/>.</summary>
    private readonly record struct Place
    {
        public ulong Address { get; init; }

        /// <summary>Number of the string that is the path of the module, 0 for none. Of a raw file 0 always.</summary>
        public int Module { get; init; }

        public int FirstTriple { get; init; }

        public int Triples { get; init; }

        /// <summary>Whether it is one of the operator new that heaptrack leaves out of its stacks.</summary>
        public bool IsOperatorNew { get; init; }
    }

    /// <summary>A node of the tree: an index into <see cref="_places"/>, and the caller's node or 0.</summary>
    private readonly record struct Node(int Place, int Parent);

    /// <summary>Distinct stacks that were asked for.</summary>
    public IReadOnlyList<Callchain> Callchains => _callchains;

    /// <summary>Stacks that were cut.</summary>
    public int Cut { get; private set; }

    /// <summary>Addresses of a raw file that lie in no module.</summary>
    public int OutsideModules { get; private set; }

    /// <summary>Nodes, without the root.</summary>
    public int NodeCount => _nodes.Count - 1;

    /// <summary>Whether further records are left out.</summary>
    public bool IsFull => _strings.Count >= MaxRecords || _places.Count >= MaxRecords || _nodes.Count >= MaxRecords || _triples.Count >= MaxTriples;

    /// <summary>A string.</summary>
    public void AddString(ReadOnlySpan<byte> text)
    {
        if (_strings.Count >= MaxRecords) return;
        _strings.Add(options.Names.Get(text));
        if (text.StartsWith("operator new"u8) && IsOperatorNew(text)) _operatorNew.Add(_strings.Count);
    }

    /// <summary>The plain ones of 64 and 32 bits; heaptrack keeps those with std::nothrow_t or an alignment.</summary>
    private static bool IsOperatorNew(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("operator new(unsigned long)"u8) || text.SequenceEqual("operator new[](unsigned long)"u8) ||
        text.SequenceEqual("operator new(unsigned int)"u8) || text.SequenceEqual("operator new[](unsigned int)"u8);

    /// <summary>An <c>i</c> line; false when it makes no sense.</summary>
    public bool TryAddAddress(ref HeaptrackFields fields)
    {
        if (_places.Count >= MaxRecords) return false;
        if (!fields.TryHex(out var address) || !fields.TryIndex(_strings.Count + 1, out var module))
        {
            // The numbers of the addresses behind it must stay right.
            _places.Add(default);
            return false;
        }
        var first = _triples.Count;
        while (_triples.Count < MaxTriples && fields.TryIndex(_strings.Count + 1, out var function))
        {
            // The innermost function may have neither file nor line.
            if (!fields.TryIndex(_strings.Count + 1, out var file)) file = 0;
            if (!fields.TryIndex(int.MaxValue, out var line)) line = 0;
            _triples.AddRange([function, file, line]);
        }
        var count = (_triples.Count - first) / 3;
        _places.Add(new Place { Address = address, Module = module, FirstTriple = first, Triples = count, IsOperatorNew = count > 0 && _operatorNew.Contains(_triples[first]) });
        return fields.IsAtEnd;
    }

    /// <summary>A <c>t</c> line of an interpreted file; false when it names what is not there.</summary>
    public bool TryAddNode(ref HeaptrackFields fields)
    {
        if (_nodes.Count >= MaxRecords) return false;
        if (!fields.TryIndex(_places.Count, out var place) || !fields.TryIndex(_nodes.Count, out var parent))
        {
            _nodes.Add(default);
            return false;
        }
        _nodes.Add(_places[place].IsOperatorNew ? _nodes[parent] : new Node(place, parent));
        return true;
    }

    /// <summary>A <c>t</c> line of a raw file, with the modules as they are at this place of the file; false when it names what is not there.</summary>
    public bool TryAddNode(ref HeaptrackFields fields, HeaptrackModules modules)
    {
        if (_nodes.Count >= MaxRecords) return false;
        if (!fields.TryHex(out var address) || !fields.TryIndex(_nodes.Count, out var parent))
        {
            _nodes.Add(default);
            return false;
        }
        _nodes.Add(new Node(address == 0 ? 0 : PlaceOf(address, modules), parent));
        return true;
    }

    private int PlaceOf(ulong address, HeaptrackModules modules)
    {
        var inModule = modules.TryFind(address, out var path, out var linkAddress);
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_placeOf, inModule ? (path, linkAddress) : (null, address), out var known);
        if (known) return place;
        if (!inModule) OutsideModules++;
        _places.Add(new Place { Address = inModule ? linkAddress : address });
        place = _places.Count - 1;
        _rawModuleOf.Add(place, inModule ? path : null);
        return place;
    }

    /// <summary>Index of the callchain of a node, or -1 for the root. Nodes whose stacks are equal have the same one.</summary>
    public int CallchainOf(int node)
    {
        if (!_equalsFound) FindEqualNodes();
        var first = _nodes[node] is { Place: 0 } ? 0 : _firstEqual[_nodes[node]];
        if (first == 0) return -1;
        if (_callchainOf.TryGetValue(first, out var known)) return known;
        _callchains.Add(new Callchain(FramesOf(first)));
        return _callchainOf[first] = _callchains.Count - 1;
    }

    /// <summary>Leaving out operator new makes nodes equal, and so does a library that is unloaded and loaded again. Afterwards each node's parent is the first of its equals.</summary>
    private void FindEqualNodes()
    {
        _equalsFound = true;
        var nodes = CollectionsMarshal.AsSpan(_nodes);
        for (var i = 1; i < nodes.Length; i++)
        {
            var parent = nodes[nodes[i].Parent];
            nodes[i] = nodes[i] with { Parent = parent.Place == 0 ? 0 : _firstEqual[parent] };
            if (nodes[i].Place != 0) _firstEqual.TryAdd(nodes[i], i);
        }
    }

    private RawFrame[] FramesOf(int node)
    {
        var limit = _framesKept < MaxFrames ? options.Limits.CallchainFrames : CutFrames;
        var frames = new List<RawFrame>();
        for (; _nodes[node].Place != 0 && frames.Count < limit; node = _nodes[node].Parent)
        {
            var here = FramesAt(_nodes[node].Place);
            frames.AddRange(here.AsSpan(0, Math.Min(here.Length, limit - frames.Count)));
        }
        if (_nodes[node].Place != 0) Cut++;
        _framesKept += frames.Count;
        return [.. frames];
    }

    private RawFrame[] FramesAt(int place)
    {
        ref var frames = ref CollectionsMarshal.GetValueRefOrAddDefault(_frames, place, out _);
        return frames ??= _rawModuleOf.TryGetValue(place, out var module) ? [RawFrameOf(_places[place].Address, module)] : InterpretedFramesOf(_places[place]);
    }

    private static RawFrame RawFrameOf(ulong address, string? module) => new()
    {
        Address = address,
        AddressKind = module is null ? FrameAddressKind.Absolute : FrameAddressKind.InModule,
        Module = module,
    };

    /// <summary>Innermost first. The address is that of the last one, the function whose code it is; the others are inlined there and have none of their own.</summary>
    private RawFrame[] InterpretedFramesOf(Place place)
    {
        var frames = new RawFrame[Math.Max(place.Triples, 1)];
        for (var i = 0; i < frames.Length; i++)
        {
            var triple = i < place.Triples ? CollectionsMarshal.AsSpan(_triples).Slice(place.FirstTriple + (3 * i), 3) : [0, 0, 0];
            var inlined = i < frames.Length - 1;
            frames[i] = new RawFrame
            {
                Address = inlined ? 0 : place.Address,
                AddressKind = inlined ? FrameAddressKind.None : FrameAddressKind.Absolute,
                Module = Text(place.Module),
                Function = Text(triple[0]),
                File = Text(triple[1]),
                Line = triple[1] != 0 && triple[2] > 0 ? triple[2] : null,
                Inlined = inlined,
            };
        }
        return frames;
    }

    private string? Text(int number) => number == 0 ? null : _strings[number - 1];
}
