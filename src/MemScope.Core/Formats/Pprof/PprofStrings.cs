using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Pprof;

/// <summary>The string table: bytes one behind the other, each string decoded when it is first asked for.</summary>
/// <param name="options">Names and caps.</param>
internal sealed class PprofStrings(ParseOptions options)
{
    private readonly List<byte> _bytes = [];
    private readonly List<int> _ends = [];
    private readonly Dictionary<long, string> _decoded = [];

    /// <summary>How many there are.</summary>
    public int Count => _ends.Count;

    /// <summary>How often a string was asked for that is not there.</summary>
    public int Missing { get; private set; }

    /// <summary>Takes the next string.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        _bytes.AddRange(text[..Math.Min(text.Length, options.Limits.LineBytes)]);
        _ends.Add(_bytes.Count);
    }

    /// <summary>A string, or null when it is empty or not there.</summary>
    public string? Get(long index)
    {
        if (index == 0) return null;
        if (index < 0 || index >= _ends.Count)
        {
            Missing++;
            return null;
        }
        if (!_decoded.TryGetValue(index, out var text))
        {
            var start = _ends[(int)index - 1];
            _decoded[index] = text = options.Names.Get(CollectionsMarshal.AsSpan(_bytes)[start.._ends[(int)index]]);
        }
        return text.Length == 0 ? null : text;
    }
}
