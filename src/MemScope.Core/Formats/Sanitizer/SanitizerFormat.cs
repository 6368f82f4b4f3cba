using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Sanitizer;

/// <summary>What LeakSanitizer reports, alone or within AddressSanitizer.</summary>
internal static class SanitizerFormat
{
    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } =
        new("sanitizer", "LeakSanitizer, AddressSanitizer", "ASAN_OPTIONS=detect_leaks=1:log_path=/tmp/asan.log PROGRAM", Sniff, SanitizerParser.Parse) { Family = FormatFamily.HeapProfiles };

    /// <summary>The line of a report, of a leak or of the suppressions, anywhere: the program's own output stands before it.</summary>
    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        if (head.IndexOf("Sanitizer"u8) < 0 && head.IndexOf(" object(s) allocated from:"u8) < 0 && head.IndexOf("Suppressions used:"u8) < 0) return false;
        var lines = new LineReader(head);
        while (lines.Next())
        {
            var line = lines.Line;
            if (SanitizerLine.IsReport(line, out _, out _) || SanitizerLine.IsFatal(line)) return true;
            if (SanitizerLine.TryLeak(line[SanitizerLine.Leading(line)..], out _, out _, out _)) return true;
            if (line.SequenceEqual("Suppressions used:"u8) && lines.Next() && lines.Line.SequenceEqual("  count      bytes template"u8)) return true;
        }
        return false;
    }
}
