using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>Says of every frame where it lies (docs/stacks.md): first by what was stored with it, else by the mappings that are known when it is read.</summary>
public sealed class FramePlacement
{
    /// <summary>Behind these frames stands the instruction that a signal interrupted, not one that called.</summary>
    private static readonly HashSet<string> SignalFrames = new(StringComparer.Ordinal) { "<signal handler called>", "__restore_rt", "__kernel_rt_sigreturn" };

    private readonly FrameNumbers _numbers;
    private readonly ModuleMap _map;
    private readonly JitNames? _jit;

    // By the object: a parser and the store give equal frames as one, and comparing their texts would cost more than placing them.
    private readonly Dictionary<RawFrame, PlacedFrame>[] _placed = [.. Enumerable.Range(0, 4).Select(_ => new Dictionary<RawFrame, PlacedFrame>(ReferenceEqualityComparer.Instance))];
    private readonly Dictionary<PlacedFrame, PlacedFrame> _shared = [];

    private FramePlacement(FrameNumbers numbers, ModuleMap map, JitNames? jit) => (_numbers, _map, _jit) = (numbers, map, jit);

    /// <summary>The frames of each callchain of a trace, leaf first. Equal frames are one object.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="map">What was mapped where.</param>
    /// <param name="jit">Names of code that a JIT wrote, or null.</param>
    public static IReadOnlyList<IReadOnlyList<PlacedFrame>> Of(Trace trace, ModuleMap map, JitNames? jit = null)
    {
        var placement = new FramePlacement(FrameNumbers.Of(trace), map, jit);
        var times = FirstUses(trace, map);
        return [.. trace.Callchains.Select((c, i) => placement.Place(c, times?[i]))];
    }

    /// <summary>The frames of each callchain of a heap profile, leaf first. Equal frames are one object.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="map">What was mapped where.</param>
    /// <param name="jit">Names of code that a JIT wrote, or null.</param>
    public static IReadOnlyList<IReadOnlyList<PlacedFrame>> Of(HeapProfile profile, ModuleMap map, JitNames? jit = null)
    {
        var placement = new FramePlacement(FrameNumbers.Of(profile), map, jit);
        return [.. profile.Callchains.Select(c => placement.Place(c, null))];
    }

    /// <summary>When each callchain was first seen, in the trace's clock; null where no mapping began during the trace, so that it does not matter.</summary>
    internal static long[]? FirstUses(Trace trace, ModuleMap map)
    {
        if (!map.HasTimes) return null;
        var times = new long[trace.Callchains.Count];
        Array.Fill(times, long.MaxValue);
        foreach (var e in trace.Events)
            if (e.Callchain >= 0 && e.TimeNs < times[e.Callchain]) times[e.Callchain] = e.TimeNs;
        return times;
    }

    private PlacedFrame[] Place(Callchain chain, long? timeNs)
    {
        var frames = new PlacedFrame[chain.Frames.Count];
        var isLeaf = true;
        for (var i = 0; i < frames.Length; i++)
        {
            var raw = chain.Frames[i];
            // What was inlined into the leaf has the leaf's address.
            isLeaf = isLeaf && (i == 0 || (chain.Frames[i - 1].Inlined && raw.Address == chain.Frames[0].Address));
            var wasInterrupted = i > 0 && chain.Frames[i - 1].Function is { } inner && SignalFrames.Contains(inner);
            var isBehind = !wasInterrupted && (isLeaf ? _numbers.LeafIsBehind : _numbers.CallersAreBehind);
            frames[i] = timeNs is { } && raw.AddressKind == FrameAddressKind.Absolute ? Shared(Place(raw, isBehind, isLeaf, timeNs)) : Known(raw, isBehind, isLeaf);
        }
        return frames;
    }

    private PlacedFrame Known(RawFrame raw, bool isBehind, bool isLeaf)
    {
        var known = _placed[(isBehind ? 2 : 0) + (isLeaf ? 1 : 0)];
        if (known.TryGetValue(raw, out var placed)) return placed;
        return known[raw] = Shared(Place(raw, isBehind, isLeaf, null));
    }

    private PlacedFrame Shared(PlacedFrame frame)
    {
        if (_shared.TryGetValue(frame, out var same)) return same;
        _shared.Add(frame, frame);
        return frame;
    }

    private PlacedFrame Place(RawFrame raw, bool isBehind, bool isLeaf, long? timeNs)
    {
        var hasAddress = raw.AddressKind != FrameAddressKind.None;
        // A probe at a function's first instruction stands there, and nothing was executed before it.
        var step = isBehind && hasAddress && raw.Address > 0 && !(isLeaf && raw.FunctionOffset == 0) ? 1UL : 0;
        // A caller that "returns" to a function's first byte is the function before it, whose call does not return: the printed name is its neighbour's.
        var isNeighbour = step == 1 && raw.FunctionOffset == 0;
        var placed = new PlacedFrame
        {
            Module = raw.Module, BuildId = raw.BuildId, Kind = raw.AddressKind == FrameAddressKind.InModule ? _numbers.InModule : raw.AddressKind, Address = raw.Address - step,
            Function = isNeighbour ? null : raw.Function, FunctionOffset = isNeighbour ? null : hasAddress ? raw.FunctionOffset - step : raw.FunctionOffset,
            File = raw.File, Line = raw.Line, Inlined = raw.Inlined, NamedBy = raw.Function is null || isNeighbour ? null : "tracer",
        };
        if (raw.AddressKind == FrameAddressKind.Absolute)
        {
            if (_map.PlaceOf(raw.Address - step, raw.Module, timeNs) is { } place)
                placed = placed with { Module = place.Path, Kind = FrameAddressKind.FileOffset, Address = place.Offset, BuildId = raw.BuildId ?? place.BuildId };
            else if (raw.Function is null && _jit?.At(raw.Address - step) is { } code)
                placed = placed with { Module = PlacedFrame.Jit, Function = code.Function, FunctionOffset = code.Distance, NamedBy = "perf map" };
        }
        return placed.BuildId is null && placed.Module is { } module && _map.BuildIdOf(module) is { } id ? placed with { BuildId = id } : placed;
    }
}
