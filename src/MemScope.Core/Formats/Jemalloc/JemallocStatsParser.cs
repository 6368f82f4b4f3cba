using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Jemalloc;

/// <summary>
/// Finds the statistics that jemalloc printed among what the program itself did: JSON objects and text, any number of them. jemalloc ends its JSON without a newline, so the next
/// word of the program stands right behind it.
/// </summary>
internal static class JemallocStatsParser
{
    /// <summary>Slug of the format and kind of its figures.</summary>
    public const string Slug = "jemalloc-stats";

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var diagnostics = new DiagnosticBag();
        var figures = new List<SideFigures>();
        var text = file.Whole().Span;
        var version = "";
        int at = 0, line = 1, json = -1, table = -1;
        while (true)
        {
            // Looked for again only when passed: the search goes to the end of the file.
            if (json < at) json = Find(JemallocStatsJson.IndexOf(text[at..]), at, text.Length);
            if (table < at) table = Find(text[at..].IndexOf(JemallocStatsText.Begin), at, text.Length);
            var start = Math.Min(json, table);
            if (start == text.Length) break;
            line += System.MemoryExtensions.Count(text[at..start], (byte)'\n');
            var stats = new JemallocStats();
            var (length, isWhole) = start == json ? JemallocStatsJson.Read(text[start..], stats) : JemallocStatsText.Read(text[start..], stats);
            if (!isWhole) diagnostics.Add("JESTATS002", Severity.Warning, line, "The statistics are cut off or broken; what stands before is kept");
            if (stats.Figures() is { } some) figures.Add(some);
            else diagnostics.Add("JESTATS003", Severity.Warning, line, "Statistics without totals: they are cut off, or the print options left them out");
            version = stats.Version ?? version;
            at = start + length;
            line += System.MemoryExtensions.Count(text[start..at], (byte)'\n');
        }
        if (json == text.Length && at == 0) diagnostics.Add("JESTATS001", Severity.Error, 0, "There are no statistics of jemalloc in the file");
        return ParsedCapture.Of(Slug, version, figures, diagnostics.ToList());
    }

    private static int Find(int found, int from, int end) => found < 0 ? end : from + found;
}
