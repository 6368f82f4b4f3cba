using System.Globalization;
using System.Text;
using MemScope.Web.Components;
using MemScope.Web.Components.Pages.Findings;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>The block that goes into a ticket: title, answer with the remedy, key figures, why it is sure, link, and the picture by name. Strings from captures are escaped, so that a process cannot write into the ticket.</summary>
public static class ShareMarkdown
{
    private const string Special = "\\`*_{}[]()<>#+-!|~&@", SpecialWithin = "\\`*_{}[]<>#!|~&@";

    /// <summary>The block for a share at an address.</summary>
    public static string Of(SharedViewWire view, string url)
    {
        ArgumentNullException.ThrowIfNull(view);
        var (ticket, text) = (new Ticket(view), new StringBuilder());
        text.Append(CultureInfo.InvariantCulture, $"**{Escape(view.Title)}**\n\n");
        if (ticket.Answer is { Length: > 0 } answer) text.Append(Escape(answer)).Append(ticket.Fix is { } fix ? " " + Said(fix) : "").Append("\n\n");
        foreach (var (name, value) in TicketLines.Of(ticket)) text.Append(CultureInfo.InvariantCulture, $"- {Escape(name)}: {Value(value)}\n");
        foreach (var finding in ticket.Findings) Append(text, ticket, finding);
        NoteMarkdown.Append(text, view.Notes);
        text.Append(CultureInfo.InvariantCulture, $"\n[{TicketLines.Frozen(view)}]({url})\n");
        if (SharePicture.IsOf(view)) text.Append(CultureInfo.InvariantCulture, $"\nPicture to attach: `{SharePicture.FileName(view)}`\n");
        return text.ToString();
    }

    /// <summary>Text that Markdown shows as it is, on one line: no markup, no address that becomes a link by itself, nothing that turns the direction of what follows.</summary>
    public static string Escape(string text) => Escape(text, Special);

    private static string Escape(string text, string special)
    {
        var (line, result) = (SafeText.Line(text), new StringBuilder(text.Length + 16));
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (special.Contains(c, StringComparison.Ordinal) || (c is '(' && i > 0 && line[i - 1] is ']') || (c is ':' && line.AsSpan(i + 1).StartsWith("//")) || (c is '.' && line.AsSpan(0, i).EndsWith("www", StringComparison.OrdinalIgnoreCase))) result.Append('\\');
            result.Append(c);
        }
        return result.ToString();
    }

    /// <summary>Code: between backticks nothing is markup but a backtick and the end of the line.</summary>
    internal static string Code(string text) => $"`{SafeText.Line(text).Replace('`', '\'')}`";

    private static void Append(StringBuilder text, Ticket ticket, FindingWire finding)
    {
        if (finding.Title != ticket.View.Title) text.Append(CultureInfo.InvariantCulture, $"\n**{Plain(finding.Title)}**\n");
        text.Append(CultureInfo.InvariantCulture, $"\n{FindingLook.Kind(finding.Kind).Word}, {finding.Verdict} (rule {Escape(finding.Rule)}, {Escape(finding.Name)}): {FindingLook.Count(finding)}.\n");
        List<string> lines = [.. TicketWhy.Of(finding, TicketLines.MostEvidence).Select(e => $"{Plain(e.Claim)}{TicketWhy.Says(e)}: {Plain(e.Figures)}")];
        if (TicketWhy.Refuted(finding) is { Length: > 0 } refuted) lines.Add("Not the cause: " + Plain(refuted));
        List(text, "Evidence", lines);
        if (finding.Sites is [{ Frames.Count: > 0 } site, ..])
            text.Append("\nTaken by, leaf first:\n\n").Append(Fenced([.. site.Frames.Take(TicketLines.MostFrames)]));
        if (!FindingLook.IsRefuted(finding)) List(text, "Fix", [.. finding.Remedies.Select(r => $"{(r.Setting is { } setting ? Code(setting) + ", " : "")}{Escape(r.Title)} ({(r.ProvenBy is null ? "not tested here" : "proven by another run")})")]);
    }

    private static void List(StringBuilder text, string head, List<string> lines)
    {
        if (lines.Count == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"\n{head}:\n");
        foreach (var line in lines) text.Append(CultureInfo.InvariantCulture, $"- {line}\n");
    }

    private static string Fenced(List<SiteFrameWire> frames)
    {
        var wide = Math.Min(48, frames.Max(f => TicketLines.NameOf(f).Length));
        List<string> lines = [.. frames.SelectMany(f => (string[])[SafeText.Line($"{TicketLines.NameOf(f).PadRight(wide)}  {TicketLines.PlaceOf(f)}").TrimEnd(), .. f.GapAfter ? ["(gap: one frame probably missing)"] : Array.Empty<string>()])];
        var fence = new string('`', Math.Max(3, lines.Max(NoteMarkdown.LongestRun) + 1));
        return $"{fence}\n{string.Join('\n', lines)}\n{fence}\n";
    }

    private static string Plain(string text) => Value(text.Replace("`", "", StringComparison.Ordinal));

    // Within a line of ours signs and parentheses are no markup: a list needs the line's beginning, and a link its brackets. Dates and figures stay readable.
    private static string Value(string text) => Escape(text, SpecialWithin);

    // Our own sentence, with its setting between backticks.
    private static string Said(string text) => string.Concat(Components.Elements.Said.Parts(text).Select(p => p.IsCode ? Code(p.Text) : Escape(p.Text)));
}
