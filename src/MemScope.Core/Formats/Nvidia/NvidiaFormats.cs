using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Nvidia;

/// <summary>GPU memory as nvidia-smi prints it for programs. Its table for people is refused with advice.</summary>
internal static class NvidiaFormats
{
    /// <summary>Lines of a CSV without header that must all look like it.</summary>
    private const int SniffLines = 20;

    /// <summary>Values separated by commas.</summary>
    public static InputFormat Csv { get; } = new("nvidia-smi", "nvidia-smi CSV", "nvidia-smi --query-gpu=timestamp,uuid,memory.total,memory.used,memory.free --format=csv", SniffCsv, NvidiaCsvParser.Parse) { Family = FormatFamily.Figures };

    /// <summary>XML.</summary>
    public static InputFormat Xml { get; } = new("nvidia-smi-xml", "nvidia-smi XML", "nvidia-smi -q -x", SniffXml, NvidiaXmlParser.Parse) { Family = FormatFamily.Figures };

    private static bool SniffXml(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length, 2048)];
        return head.TrimStart(" \t\r\n"u8).StartsWith("<"u8) && head.IndexOf("<nvidia_smi_log"u8) >= 0;
    }

    /// <summary>A header with a memory column, alone or below a time, or rows of one width with sizes in MiB.</summary>
    private static bool SniffCsv(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        var (rows, width) = (0, 0);
        while (lines.Next() && lines.Number <= SniffLines)
        {
            var line = lines.Line;
            if (line.IsEmpty || Framing.TimeLine.Parse(line) is not null) continue;
            if (rows == 0 && NvidiaColumns.TryParse(line, new NameTable()) is not null) return true;
            if (!lines.IsTerminated && rows > 0) break;
            var fields = System.MemoryExtensions.Count(line, ", "u8) + 1;
            if ((rows > 0 && fields != width) || !HasMiB(line)) return false;
            (rows, width) = (rows + 1, fields);
        }
        return rows > 0 && width > 1;
    }

    /// <summary>Whether a field is a number of MiB and nothing else.</summary>
    private static bool HasMiB(ReadOnlySpan<byte> line)
    {
        foreach (var range in line.Split(", "u8))
        {
            var cursor = new ByteCursor(line[range]);
            if (cursor.TryDecimal(out _) && cursor.Rest.SequenceEqual(" MiB"u8)) return true;
        }
        return false;
    }
}
