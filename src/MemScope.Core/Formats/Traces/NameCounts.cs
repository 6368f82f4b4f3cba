using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Traces;

/// <summary>Counts things by name for one sentence of a report: <c>120 openat, 33 read and others</c>.</summary>
internal sealed class NameCounts(NameTable names)
{
    private const int NamesToList = 10;
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Whether anything was counted.</summary>
    public bool Any => _counts.Count > 0;

    /// <summary>Counts one.</summary>
    public void Add(ReadOnlySpan<byte> name) => CollectionsMarshal.GetValueRefOrAddDefault(_counts, names.Get(name), out _)++;

    /// <summary>The most frequent ones.</summary>
    public override string ToString()
    {
        var most = _counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(NamesToList);
        return string.Join(", ", most.Select(c => FormattableString.Invariant($"{c.Value} {c.Key}"))) + (_counts.Count > NamesToList ? " and others" : "");
    }
}
