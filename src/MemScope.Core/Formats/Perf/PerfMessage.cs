using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Perf;

/// <summary>What perf says for people, on standard error or between the samples.</summary>
internal static class PerfMessage
{
    private const ulong MostLost = uint.MaxValue;

    /// <summary>
    /// <c>LOST 17 events!</c> (perf trace), <c>Processed 297 events and lost 19 chunks!</c>, <c>Processed 330 samples and lost 40.91%!</c> (perf script): how many at least, 0 where it is a share.
    /// </summary>
    public static bool TryLost(ReadOnlySpan<byte> line, out ulong lost)
    {
        lost = 0;
        var cursor = new ByteCursor(line);
        if (!cursor.TrySkip("LOST "u8))
        {
            var at = line.StartsWith("Processed "u8) ? line.IndexOf(" lost "u8) : -1;
            if (at < 0) return false;
            cursor = new ByteCursor(line[(at + " lost "u8.Length)..]);
        }
        if (!cursor.TryDecimal(out lost)) return false;
        lost = cursor.Rest.StartsWith(" events"u8) || cursor.Rest.StartsWith(" chunks"u8) ? Math.Min(lost, MostLost) : 0;
        return true;
    }

    /// <summary>Whether perf could not do what it was asked for.</summary>
    public static bool IsError(ReadOnlySpan<byte> line) =>
        line.StartsWith("event syntax error:"u8) || line.StartsWith("Error:"u8) || line.StartsWith("No permissions to "u8) || line.StartsWith("Access to performance monitoring"u8)
        || line.StartsWith("Failed to open "u8) || line.StartsWith("failed to open "u8) || line.StartsWith("Couldn't create thread/CPU maps"u8);

    /// <summary>Whether it is something that perf says beside its output.</summary>
    public static bool IsNotice(ReadOnlySpan<byte> line) =>
        line.StartsWith("[ perf record"u8) || line.StartsWith("Warning:"u8) || line.StartsWith("Check IO/CPU overload"u8) || line.StartsWith("Hint:"u8) || line.StartsWith("Run 'perf list'"u8)
        || line.TrimStart(" "u8).StartsWith("\\___"u8) || line.StartsWith(" Usage: perf "u8) || line.StartsWith("    or: perf "u8);
}
