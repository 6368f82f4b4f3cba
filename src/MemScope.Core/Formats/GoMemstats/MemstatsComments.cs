using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.GoMemstats;

/// <summary>
/// The figures at the end of Go's heap profile with debug=1 (runtime/pprof, writeHeapInternal):
/// <code>
/// # runtime.MemStats
/// # HeapAlloc = 7264416
/// # Stack = 327680 / 327680
/// # GCCPUFraction = 0.09496775317526526
/// # MaxRSS = 13504512
/// </code>
/// Two numbers are in use and taken from the system.
/// </summary>
internal sealed class MemstatsComments
{
    private readonly MemstatsKeys _keys = new();

    /// <summary>Takes a line that begins with <c># </c>; false when it is no such figure.</summary>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        if (!cursor.TrySkip("# "u8)) return false;
        if (cursor.Rest.SequenceEqual("runtime.MemStats"u8)) return true;
        var key = cursor.Word();
        if (key.IsEmpty || !cursor.TrySkip(" = "u8)) return false;
        if (!cursor.TryDecimal(out var value) || value > long.MaxValue) return true;
        var name = NameTable.Decode(key);
        if (cursor.TrySkip(" / "u8) && cursor.TryDecimal(out var system) && system <= long.MaxValue)
        {
            _keys.Add(name + "Inuse", (long)value);
            _keys.Add(name + "Sys", (long)system);
        }
        else if (cursor.IsAtEnd)
        {
            _keys.Add(name, (long)value);
        }
        return true;
    }

    /// <summary>The figures, or null when there were none.</summary>
    public SideFigures? Figures() => _keys.AreMemstats ? _keys.Figures(ProcessHint.None) : null;
}
