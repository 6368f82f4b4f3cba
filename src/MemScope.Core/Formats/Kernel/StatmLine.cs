using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Kernel;

/// <summary>
/// /proc/PID/statm (proc(5)): size, resident, shared, text, lib, data, dt in pages; lib and dt are 0 since Linux 2.6:
/// <code>730 439 412 5 0 89 0</code>
/// </summary>
internal static class StatmLine
{
    private const int Fields = 7, Lib = 4, Dt = 6;
    private static readonly string?[] Keys = ["size", "resident", "shared", "text", null, "data", null];

    /// <summary>Reads such a line; null for any other.</summary>
    public static SideFigures? Parse(ReadOnlySpan<byte> line, long pageBytes)
    {
        var cursor = new ByteCursor(line);
        Span<ulong> fields = stackalloc ulong[Fields];
        for (var i = 0; i < Fields; i++)
        {
            if ((i > 0 && !cursor.TrySkip((byte)' ')) || !cursor.TryDecimal(out fields[i]) || fields[i] > (ulong)(long.MaxValue / pageBytes)) return null;
        }
        if (!cursor.IsAtEnd || fields[Lib] != 0 || fields[Dt] != 0 || fields[1] > fields[0] || fields[2] > fields[1]) return null;
        var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < Fields; i++)
            if (Keys[i] is { } key) bytes.Add(key, (long)fields[i] * pageBytes);
        return new SideFigures("statm", ProcessHint.None, bytes, new Dictionary<string, long>(StringComparer.Ordinal));
    }
}
