using MemScope.Core.Model;

namespace MemScope.Core.Formats.GoMemstats;

/// <summary>The figures of Go's <c>runtime.MemStats</c> by name. What is no number, or a fraction, is left out.</summary>
internal sealed class MemstatsKeys
{
    /// <summary>Slug of the format and kind of its figures.</summary>
    public const string Kind = "go-memstats";

    /// <summary>The fields that are bytes (runtime/mstats.go); MaxRSS is printed by debug=1 in bytes (runtime/pprof, addMaxRSS).</summary>
    private static readonly HashSet<string> InBytes = new(StringComparer.Ordinal)
    {
        "Alloc", "TotalAlloc", "Sys", "HeapAlloc", "HeapSys", "HeapIdle", "HeapInuse", "HeapReleased", "StackInuse", "StackSys", "MSpanInuse", "MSpanSys", "MCacheInuse", "MCacheSys",
        "BuckHashSys", "GCSys", "OtherSys", "NextGC", "MaxRSS",
    };

    private readonly Dictionary<string, long> _bytes = new(StringComparer.Ordinal), _counts = new(StringComparer.Ordinal);

    /// <summary>Whether these are MemStats at all, and not some object with a field of the same name.</summary>
    public bool AreMemstats => _bytes.ContainsKey("HeapAlloc") && _bytes.ContainsKey("HeapSys");

    /// <summary>Takes a number; the first of a name counts.</summary>
    public void Add(string key, long value) => (InBytes.Contains(key) ? _bytes : _counts).TryAdd(key, value);

    /// <summary>The figures.</summary>
    public SideFigures Figures(ProcessHint process) => new(Kind, process, _bytes, _counts);
}
