using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.PerfMaps;

/// <summary>Reads /tmp/perf-PID.map. The process is told by the file's name only.</summary>
internal static class PerfMapParser
{
    /// <summary>More entries are counted only: a JIT that writes code again and again appends without end.</summary>
    private const int MostEntries = 2_000_000;

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var diagnostics = new DiagnosticBag();
        var entries = new List<PerfMapEntry>();
        var lines = file.Lines(options.Limits.LineBytes);
        while (lines.Next())
        {
            var line = lines.Line;
            if (line.IsEmpty) continue;
            if (lines.IsTooLong) diagnostics.Add("PERFMAP002", Severity.Warning, lines.Number, $"a line longer than {options.Limits.LineBytes} bytes was skipped");
            else if (!PerfMapLine.TryParse(line, out var entry)) diagnostics.Add("PERFMAP001", Severity.Warning, lines.Number, "a line was not understood and skipped", line);
            else if (entry.Size == 0 || entry.Size > ulong.MaxValue - entry.Start) diagnostics.Add("PERFMAP003", Severity.Info, lines.Number, "an entry covers no address and was left out", line);
            else if (entries.Count >= MostEntries) diagnostics.Add("PERFMAP004", Severity.Warning, lines.Number, $"entries beyond the first {MostEntries} were left out");
            else entries.Add(new PerfMapEntry(new AddressRange(entry.Start, entry.Start + entry.Size), NameOf(entry, options)));
        }
        if (entries.Count == 0) return ParsedCapture.Nothing("perf-map", [.. diagnostics.ToList()]);
        return new ParsedCapture("perf-map", "", [], [], [], diagnostics.ToList()) { PerfMaps = [new PerfMap(new ProcessHint(PidOf(options.FileName)), entries)] };
    }

    private static string NameOf(PerfMapLine entry, ParseOptions options) => options.Names.Get(entry.Name[..Math.Min(entry.Name.Length, options.Limits.NameBytes)]);

    /// <summary>The number in <c>perf-4711.map</c>, also where something stands behind it: <c>perf-4711.map.gz</c>.</summary>
    private static int? PidOf(string? path)
    {
        var name = path.AsSpan()[((path?.LastIndexOfAny(['/', '\\']) ?? -1) + 1)..];
        if (!name.StartsWith("perf-", StringComparison.Ordinal)) return null;
        name = name[5..];
        var dot = name.IndexOf(".map", StringComparison.Ordinal);
        return dot > 0 && int.TryParse(name[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
    }
}
