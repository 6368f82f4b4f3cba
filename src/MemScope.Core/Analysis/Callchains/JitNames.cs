using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>Functions that a JIT compiler wrote, by address (perf-PID.map). Addresses are used again: a later line holds over an earlier one.</summary>
public sealed class JitNames
{
    private readonly IReadOnlyList<PerfMapEntry> _entries;
    private readonly IntervalMap _byAddress = new();

    /// <summary>Names of a map.</summary>
    public JitNames(PerfMap map)
    {
        _entries = map.Entries;
        var replaced = new List<IntervalMap.Interval>();
        for (var i = 0; i < _entries.Count; i++)
        {
            var range = _entries[i].Range;
            if (range.IsEmpty) continue;
            replaced.Clear();
            _byAddress.Remove(range.Start, range.End, replaced);
            _byAddress.Add(range.Start, range.End, i);
        }
    }

    /// <summary>The function at an address and the bytes from its start, or null.</summary>
    public (string Function, ulong Distance)? At(ulong address) =>
        _byAddress.OwnerAt(address) is >= 0 and var owner ? (_entries[owner].Name, address - _entries[owner].Range.Start) : null;

    /// <summary>
    /// Which of the maps that were sent of a process names the frames of a trace. A JIT only appends, so the first map that was sent after the trace knows all its functions, and the fewest addresses
    /// were used again by then; where none was, the last one before it knows the most.
    /// </summary>
    /// <param name="received">When the maps were sent, ascending.</param>
    /// <param name="end">When the trace ended; null when not known.</param>
    /// <returns>Index of the map, or -1 where there is none.</returns>
    public static int Choose(IReadOnlyList<DateTimeOffset> received, DateTimeOffset? end)
    {
        for (var i = 0; end is { } at && i < received.Count; i++)
            if (received[i] >= at) return i;
        return received.Count - 1;
    }
}
