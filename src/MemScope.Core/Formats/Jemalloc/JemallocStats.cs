using MemScope.Core.Formats.LegacyHeap;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Jemalloc;

/// <summary>One set of statistics while it is read. jemalloc counts dirty and muzzy memory in pages.</summary>
internal sealed class JemallocStats
{
    private readonly Dictionary<string, long> _bytes = new(StringComparer.Ordinal), _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _ofArenas = new(StringComparer.Ordinal), _ofMerged = new(StringComparer.Ordinal);

    /// <summary>As jemalloc prints it, or null.</summary>
    public string? Version { get; set; }

    /// <summary>Size of a page in bytes, or null.</summary>
    public long? PageBytes { get; set; }

    /// <summary>Takes a size of the whole process; the first of a name counts.</summary>
    public void AddBytes(string name, long value) => _bytes.TryAdd(name, value);

    /// <summary>Takes a count of the whole process.</summary>
    public void AddCount(string name, long value) => _counts.TryAdd(name, value);

    /// <summary>Takes a number of an arena.</summary>
    /// <param name="isMerged">Whether it is the sum over all arenas already.</param>
    /// <param name="name">pdirty, pmuzzy …</param>
    /// <param name="value">Pages.</param>
    public void AddOfArena(bool isMerged, string name, long value)
    {
        var numbers = isMerged ? _ofMerged : _ofArenas;
        numbers[name] = Saturating.Add(numbers.GetValueOrDefault(name), value);
    }

    /// <summary>The figures, or null when there are no totals.</summary>
    public SideFigures? Figures()
    {
        if (!_bytes.ContainsKey("allocated")) return null;
        foreach (var (name, pages) in _ofMerged.Count > 0 ? _ofMerged : _ofArenas)
        {
            _counts.TryAdd(name, pages);
            if (PageBytes is { } size && name is "pdirty" or "pmuzzy") _bytes.TryAdd(name[1..], Saturating.Multiply(pages, PageBytes.Value));
        }
        return new SideFigures(JemallocStatsParser.Slug, ProcessHint.None, _bytes, _counts);
    }
}
