using System.Buffers.Text;

namespace MemScope.Agent.Proc;

/// <summary>Adds up one line of smaps, <c>Rss:                 148 kB</c>, for the agent's own log; the server reads the whole.</summary>
internal static class SmapsSums
{
    /// <summary>Sum of all Rss lines in bytes.</summary>
    public static long RssBytes(ReadOnlySpan<byte> smaps)
    {
        long kib = 0;
        foreach (var range in smaps.Split((byte)'\n'))
        {
            var line = smaps[range];
            if (!line.StartsWith("Rss:"u8)) continue;
            if (Utf8Parser.TryParse(line["Rss:".Length..].TrimStart((byte)' '), out long value, out _)) kib += value;
        }
        return kib * 1024;
    }
}
