using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>
/// Turns absolute addresses into places in files while the mappings of their moment are at hand, so that a stored trace or heap profile needs no snapshot any more. What a frame printed beside its
/// address stays as it is; an address that no mapping explains stays absolute.
/// </summary>
public static class Normalization
{
    /// <summary>Whether any frame is still to be placed.</summary>
    public static bool IsNeeded(IReadOnlyList<Callchain> callchains) => callchains.Any(c => c.Frames.Any(f => f.AddressKind == FrameAddressKind.Absolute));

    /// <summary>The trace with its frames placed as far as the mappings tell.</summary>
    public static Trace Of(Trace trace, ModuleMap map)
    {
        if (map.IsEmpty || !IsNeeded(trace.Callchains)) return trace;
        return trace with { Callchains = Placed(trace.Callchains, FrameNumbers.Of(trace), map, FramePlacement.FirstUses(trace, map)) };
    }

    /// <summary>The profile with its frames placed as far as the mappings tell.</summary>
    public static HeapProfile Of(HeapProfile profile, ModuleMap map)
    {
        if (map.IsEmpty || !IsNeeded(profile.Callchains)) return profile;
        return profile with { Callchains = Placed(profile.Callchains, FrameNumbers.Of(profile), map, null) };
    }

    private static Callchain[] Placed(IReadOnlyList<Callchain> callchains, FrameNumbers numbers, ModuleMap map, long[]? times)
    {
        var known = new Dictionary<(RawFrame, long?), RawFrame>();
        return [.. callchains.Select((c, i) => new Callchain([.. c.Frames.Select((f, depth) => Placed(f, depth == 0 ? numbers.LeafIsBehind : numbers.CallersAreBehind, times?[i]))]))];

        RawFrame Placed(RawFrame frame, bool isBehind, long? time)
        {
            if (frame.AddressKind != FrameAddressKind.Absolute) return frame;
            if (known.TryGetValue((frame, time), out var placed)) return placed;
            // The call decides: a return address may be the first byte behind the mapping.
            var step = isBehind && frame.Address > 0 ? 1UL : 0;
            placed = map.PlaceOf(frame.Address - step, frame.Module, time) is { } place
                ? frame with { AddressKind = FrameAddressKind.FileOffset, Address = place.Offset + step, Module = place.Path, BuildId = frame.BuildId ?? place.BuildId }
                : frame;
            known.Add((frame, time), placed);
            return placed;
        }
    }
}
