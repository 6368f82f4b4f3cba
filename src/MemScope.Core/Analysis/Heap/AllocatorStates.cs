using System.Globalization;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Heap;

/// <summary>Reads what allocators say of themselves out of the figures beside the snapshots.</summary>
public static class AllocatorStates
{
    /// <summary>Kinds of figures that are read, by slug.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["malloc-info", "malloc-stats", "jemalloc-stats", "jvm-nmt", "go-memstats"];

    /// <summary>The states that figures tell, oldest first; several figures of one moment (an arena each) give one. A dump without its sums, as in a file that was cut off, gives none.</summary>
    public static IReadOnlyList<AllocatorState> Of(IReadOnlyList<SideFacts> figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        var states = new List<AllocatorState>();
        foreach (var moment in figures.Where(f => Kinds.Contains(f.Kind, StringComparer.Ordinal)).GroupBy(f => (f.Kind, f.At)))
        {
            var state = moment.Key.Kind switch
            {
                "malloc-info" => GlibcStates.OfMallocInfo([.. moment]),
                "malloc-stats" => GlibcStates.OfMallocStats([.. moment]),
                "jemalloc-stats" => RuntimeStates.OfJemalloc(moment.Last()),
                "jvm-nmt" => RuntimeStates.OfNativeMemoryTracking([.. moment]),
                _ => RuntimeStates.OfGo(moment.Last()),
            };
            if (state is not null) states.Add(state);
        }
        return [.. states.OrderBy(s => s.At)];
    }

    /// <summary>
    /// Courses of what allocators say is in use, the kind with the newest state first: heap evidence on the same axis as heap profiles. They belong to no profile. A kind that was told once gives a course of one moment; one that does
    /// not say what is in use (native memory tracking) none.
    /// </summary>
    public static IReadOnlyList<HeapCourse> Courses(IReadOnlyList<AllocatorState> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        var courses = new List<HeapCourse>();
        foreach (var kind in states.Where(s => s.InUseBytes is not null).GroupBy(s => s.Kind, StringComparer.Ordinal))
        {
            HeapMoment[] moments = [.. kind.OrderBy(s => s.At).Select(s => new HeapMoment(s.At, s.InUseBytes!.Value))];
            var words = string.Create(CultureInfo.InvariantCulture, $"by the times of {moments.Length:N0} readings");
            // Go counts what it has not collected yet as allocated, and what C code takes not at all.
            courses.Add(new HeapCourse(Guid.Empty, kind.Key, HeapTie.WallTime, moments) { TieWords = moments.Length == 1 ? "by the time of its reading" : words, IsComplete = kind.Key != "go-memstats" });
        }
        return [.. courses.OrderByDescending(c => c.Moments[^1].At)];
    }

    /// <summary>A number of a file by its key; null where the file has none, or a negative one, as broken files do.</summary>
    internal static long? Key(this SideFacts figures, string key) => figures.Bytes.TryGetValue(key, out var bytes) && bytes >= 0 ? bytes : null;

    /// <summary>The keys of a file that it has, for evidence.</summary>
    internal static IReadOnlyList<KeyValuePair<string, long>> Keys(this SideFacts figures, params ReadOnlySpan<string> keys)
    {
        var found = new List<KeyValuePair<string, long>>();
        foreach (var key in keys)
            if (figures.Key(key) is { } bytes) found.Add(new(key, bytes));
        return found;
    }

    /// <summary>A difference of two sizes; null where one is missing or it would be negative: then the two do not belong together.</summary>
    internal static long? Less(this long? whole, long? part) => whole is { } w && part is { } p && w >= p ? w - p : null;

    /// <summary>A sum of two sizes; null where one is missing.</summary>
    internal static long? Plus(this long? a, long? b) => a is { } x && b is { } y ? Saturating.Add(x, y) : null;
}
