using System.Globalization;
using System.Text;
using MemScope.Core.Analysis;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>A finding for a ticket: verdict, cause, evidence line by line, what was refuted, the fix. Strings from captures are escaped, so that a process cannot write into the ticket.</summary>
public static class FindingMarkdown
{
    private const int MostSites = 5;

    /// <summary>A file of one finding.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="process">The process that has it.</param>
    /// <param name="window">The window that it was judged over.</param>
    /// <param name="url">Address of its page.</param>
    public static string File(FindingWire finding, ProcessWire process, WindowWire window, string url)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"- Process: {Line(process.Comm)} {process.Pid} on {Line(process.Host)}\n");
        text.Append(CultureInfo.InvariantCulture, $"- Window: \\#{window.FromNumber} to \\#{window.ToNumber}, {window.From:yyyy-MM-dd HH:mm:ss} to {window.To:HH:mm:ss} UTC, {window.Snapshots} snapshots\n");
        Append(text, finding);
        text.Append(CultureInfo.InvariantCulture, $"\n[All of it on its page]({url})\n");
        return text.ToString();
    }

    /// <summary>Puts a finding behind what is there.</summary>
    public static void Append(StringBuilder text, FindingWire finding)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(finding);
        text.Append(CultureInfo.InvariantCulture, $"\n**{Line(finding.Title)}**\n\n{Capital(finding.Kind)}, {finding.Verdict} (rule {Line(finding.Rule)}, {Line(finding.Name)}). {Line(finding.Summary)}\n");
        List(text, "Evidence", finding.Evidence.Select(Evidence));
        List(text, "Taken by", finding.Sites.Take(MostSites).Select(s => $"{SizeWords.Size(s.Bytes)} by {Line(s.Function ?? "a function without a name")}{(s.Module is null ? "" : $" in {Line(s.Module)}")}{(s.File is null ? "" : $", {Line(s.File)}{(s.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $":{line}") : "")}")}"));
        List(text, "What else it could be", finding.Hypotheses.Select(h => $"{Line(h.Title)}: {(h.State switch { "refuted" => "refuted", "open" => "not ruled out", _ => "not known" })}, {Line(h.Reason)}"));
        List(text, finding.Remedies.Count == 0 ? "" : "Fix", finding.Remedies.Select(r => $"{Line(r.Title)}{(r.Setting is null ? "" : $": `{Code(r.Setting)}`")} ({(r.ProvenBy is null ? "not tested here" : "proven by another run")}){(r.Caveat.Length == 0 ? "" : $". {Line(r.Caveat)}")}"));
    }

    private static void List(StringBuilder text, string head, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"\n{head}:\n");
        foreach (var line in all) text.Append(CultureInfo.InvariantCulture, $"- {line}\n");
    }

    private static string Evidence(EvidenceWire evidence)
    {
        var state = (evidence.State, evidence.Role) switch
        {
            ("unknown", _) => " (not known yet)", ("fails", "refute") => " (not so)", ("fails", _) => " (does not hold)", ("holds", "refute") => " (speaks against it)", _ => "",
        };
        return $"{Line(evidence.Claim)}{state}: {Line(evidence.Figures)}{(evidence.Source is { } source ? $" \\[{Line(source.Words)}\\]" : "")}";
    }

    private static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..].Replace('-', ' ');

    // A backtick marks code in our own sentences; in the ticket it would be escaped.
    private static string Line(string text) => ShareMarkdown.Escape(text.Replace("`", "", StringComparison.Ordinal));

    // Between backticks nothing is markup but a backtick and the end of the line.
    private static string Code(string text) => string.Concat(text.Select(c => c is '`' ? '\'' : char.IsControl(c) ? ' ' : c));
}
