using MemScope.Core.Formats.LegacyHeap;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pprof;

/// <summary>
/// Which of a sample's values is what. Heap profiles have types in bytes: Go's <c>alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes</c>, others only the
/// live ones (<c>objects/count space/bytes</c>). Of any other profile (<c>samples/count cpu/nanoseconds</c>) one type is taken, in its unit.
/// </summary>
internal sealed class PprofValues
{
    private const int None = -1;

    /// <summary>Parts of the names of live memory: Go's inuse_space, tcmalloc's space and objects, others' heap-space, heap-live-size. Profiles may hold samples of the CPU beside it.</summary>
    private static readonly string[] LiveNames = ["inuse", "space", "object", "heap", "live"];

    private int _live = None, _liveCount = None, _allocated = None, _allocatedCount = None;
    private long _scale = 1;

    private PprofValues()
    {
    }

    /// <summary>What <see cref="HeapSite.Live"/> counts.</summary>
    public WeightUnit Unit { get; private init; }

    /// <summary>The type that was taken of a profile that is not of the heap; else null.</summary>
    public string? Label { get; private init; }

    /// <summary>Chooses by name and unit.</summary>
    /// <param name="types">In the order of the values.</param>
    /// <param name="chosen">The profile's default_sample_type, or null.</param>
    public static PprofValues Of(IReadOnlyList<(string Name, string Unit)> types, string? chosen) => types.Any(t => t.Unit == "bytes") ? OfHeap(types) : OfOther(types, chosen);

    /// <summary>The values of a sample.</summary>
    public HeapSite Site(ReadOnlySpan<long> values) => new()
    {
        Live = At(values, _live) is { } value ? Saturating.Multiply(value, _scale) : null,
        LiveCount = At(values, _liveCount), Allocated = At(values, _allocated), AllocatedCount = At(values, _allocatedCount),
    };

    /// <summary>Names of the types that are not taken.</summary>
    public IEnumerable<string> NotTaken(IReadOnlyList<(string Name, string Unit)> types) =>
        types.Where((_, i) => i != _live && i != _liveCount && i != _allocated && i != _allocatedCount).Select(t => t.Name + "/" + t.Unit);

    private static PprofValues OfHeap(IReadOnlyList<(string Name, string Unit)> types)
    {
        var values = new PprofValues { Unit = WeightUnit.Bytes };
        for (var i = 0; i < types.Count; i++)
        {
            var isBytes = types[i].Unit == "bytes";
            if (!isBytes && types[i].Unit != "count") continue;
            if (types[i].Name.StartsWith("alloc", StringComparison.Ordinal)) Choose(ref isBytes ? ref values._allocated : ref values._allocatedCount, i);
            else if (LiveNames.Any(n => types[i].Name.Contains(n, StringComparison.Ordinal))) Choose(ref isBytes ? ref values._live : ref values._liveCount, i);
        }
        // Bytes of something else are better than nothing.
        if (values is { _live: None, _allocated: None })
            for (var i = 0; i < types.Count; i++) if (types[i].Unit == "bytes") Choose(ref values._live, i);
        return values;
    }

    private static void Choose(ref int column, int index)
    {
        if (column == None) column = index;
    }

    private static PprofValues OfOther(IReadOnlyList<(string Name, string Unit)> types, string? chosen)
    {
        // As pprof does: the default, else the last.
        var main = types.Count - 1;
        for (var i = 0; i < types.Count; i++) if (types[i].Name == chosen) main = i;
        if (main < 0) return new PprofValues { Unit = WeightUnit.Unknown };
        var (unit, scale) = types[main].Unit switch
        {
            "nanoseconds" or "ns" => (WeightUnit.Nanoseconds, 1L),
            "microseconds" or "us" => (WeightUnit.Nanoseconds, 1_000L),
            "milliseconds" or "ms" => (WeightUnit.Nanoseconds, 1_000_000L),
            "seconds" or "s" => (WeightUnit.Nanoseconds, 1_000_000_000L),
            "count" => (WeightUnit.Count, 1L),
            _ => (WeightUnit.Unknown, 1L),
        };
        var values = new PprofValues { Unit = unit, Label = types[main].Name, _live = main, _scale = scale };
        for (var i = types.Count - 1; i >= 0; i--) if (i != main && types[i].Unit == "count") values._liveCount = i;
        return values;
    }

    private static long? At(ReadOnlySpan<long> values, int index) => index >= 0 && index < values.Length ? values[index] : null;
}
