using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.GoMemstats;

/// <summary>What a Go program says of its own memory: MemStats as JSON, or the lines of gctrace.</summary>
internal static class GoMemstatsFormat
{
    private const int LinesToLookAt = 200;

    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new(MemstatsKeys.Kind, "Go MemStats (expvar JSON) and gctrace", "curl http://host:6060/debug/vars > vars.json; GODEBUG=gctrace=1 ./app 2> gctrace.txt", Sniff, Parse) { Family = FormatFamily.Figures };

    private static bool IsJson(ReadOnlySpan<byte> head) => head.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];

    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        if (IsJson(head)) return head.IndexOf("\"HeapAlloc\""u8) > 0 && (head.IndexOf("\"HeapReleased\""u8) > 0 || head.IndexOf("\"memstats\""u8) > 0);
        var lines = new LineReader(head);
        while (lines.Next() && lines.Number <= LinesToLookAt)
            if (GctraceLine.TryRead(lines.Line, out _)) return true;
        return false;
    }

    private static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var diagnostics = new DiagnosticBag();
        var text = file.Whole().Span;
        return IsJson(text) ? Json(text, diagnostics) : Gctrace(text, diagnostics);
    }

    private static ParsedCapture Json(ReadOnlySpan<byte> text, DiagnosticBag diagnostics)
    {
        var json = new MemstatsJson();
        if (!json.TryRead(text)) diagnostics.Add("GOMEMSTATS002", Severity.Warning, 0, "The JSON is cut off or broken; what stands before is kept");
        if (json.Figures.Count == 0) diagnostics.Add("GOMEMSTATS001", Severity.Error, 0, "There is neither an object with HeapAlloc and HeapSys nor a line of gctrace");
        return ParsedCapture.Of(MemstatsKeys.Kind, "", json.Figures, diagnostics.ToList());
    }

    /// <summary>The course of the heap, from the lines of gctrace among whatever else the program prints.</summary>
    private static ParsedCapture Gctrace(ReadOnlySpan<byte> text, DiagnosticBag diagnostics)
    {
        var points = new List<HeapPoint>();
        GctraceLine? peak = null;
        var other = 0;
        var lines = new LineReader(text);
        while (lines.Next())
        {
            if (!GctraceLine.TryRead(lines.Line, out var line))
            {
                other++;
                continue;
            }
            points.Add(line.Point);
            if (peak is null || line.BeforeBytes > peak.Value.BeforeBytes) peak = line;
        }
        if (other > 0) diagnostics.Add("GOMEMSTATS003", Severity.Info, 0, $"{other} lines that are not of gctrace were passed over.");
        if (points.Count == 0) return ParsedCapture.Nothing(MemstatsKeys.Kind, new ParseDiagnostic("GOMEMSTATS001", Severity.Error, 0, "There is neither an object with HeapAlloc and HeapSys nor a line of gctrace"));
        var profile = new HeapProfile(MemstatsKeys.Kind, ProcessHint.None, [], [])
        {
            Unit = WeightUnit.Bytes, Clock = ClockDomain.Relative, Timeline = points, PeakBytes = peak?.BeforeBytes, PeakTime = peak?.TimeNs,
        };
        return ParsedCapture.Of(MemstatsKeys.Kind, "gctrace", profile, diagnostics.ToList());
    }
}
