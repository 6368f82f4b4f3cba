using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Memleak;

/// <summary>memleak of bcc, the Python tool and the one of libbpf-tools.</summary>
internal static class MemleakFormat
{
    private const int LinesToLookAt = 200;

    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new("memleak", "bcc memleak", "memleak-bpfcc -p PID 10 > memleak.txt", Sniff, MemleakParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>The head of a report.</summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        while (lines.Next() && lines.Number <= LinesToLookAt)
        {
            if (MemleakParser.IsHead(lines.Line, out _, out _)) return true;
        }
        return false;
    }
}
