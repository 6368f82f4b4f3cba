using System.Globalization;
using System.Text;
using MemScope.Web.Components;
using MemScope.Web.Components.Pages.Findings;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>The block for a ticket or a letter that knows no markup: the same as <see cref="ShareMarkdown"/>, in columns of a fixed width. Names from captures stay on their line.</summary>
public static class ShareText
{
    /// <summary>Columns; only an address is longer.</summary>
    public const int Columns = 72;

    private const int LabelColumns = 23;

    /// <summary>The block for a share at an address.</summary>
    public static string Of(SharedViewWire view, string url)
    {
        ArgumentNullException.ThrowIfNull(view);
        var (ticket, text) = (new Ticket(view), new StringBuilder());
        var title = Wrap(view.Title, 0).ToList();
        foreach (var line in title) text.Append(line).Append('\n');
        text.Append('=', title.Max(l => l.Length)).Append("\n\n");
        var lead = $"{ticket.Answer} {Plain(ticket.Fix)}".Trim();
        if (lead.Length > 0) Paragraph(text, lead).Append('\n');
        foreach (var (label, value) in TicketLines.Of(ticket)) Row(text, label, value);
        if (ticket.Findings is [{ } finding, ..]) Append(text, ticket, finding);
        foreach (var other in ticket.Findings.Skip(1)) Paragraph(text.Append('\n'), $"{FindingLook.Kind(other.Kind).Word}, {other.Verdict}: {Plain(other.Title)} ({other.Rule})");
        if (view.Notes.Count > 0) Paragraph(text.Append('\n'), $"{Format.Of(view.Notes.Count, "note")} of the window: on the page.");
        text.Append('\n').Append(TicketLines.Frozen(view)).Append('\n').Append(url).Append('\n');
        if (SharePicture.IsOf(view)) text.Append("Picture to attach: ").Append(SharePicture.FileName(view)).Append('\n');
        return text.ToString();
    }

    private static void Append(StringBuilder text, Ticket ticket, FindingWire finding)
    {
        if (finding.Title != ticket.View.Title) Paragraph(text.Append('\n'), $"{FindingLook.Kind(finding.Kind).Word}, {finding.Verdict}: {Plain(finding.Title)} ({finding.Rule})");
        text.Append(CultureInfo.InvariantCulture, $"\nEvidence: {FindingLook.Count(finding)}\n");
        var number = 0;
        foreach (var evidence in TicketWhy.Of(finding, TicketLines.MostEvidence)) Item(text, string.Create(CultureInfo.InvariantCulture, $"{++number}."), $"{Plain(evidence.Claim)}{TicketWhy.Says(evidence)}: {Plain(evidence.Figures)}");
        if (TicketWhy.Refuted(finding) is { Length: > 0 } refuted) Item(text, $"{number + 1}.", $"Not the cause: {Plain(refuted)}");
        if (finding.Sites is [{ Frames.Count: > 0 } site, ..])
        {
            text.Append("\nTaken by, leaf first\n");
            foreach (var frame in site.Frames.Take(TicketLines.MostFrames))
            {
                var (name, place) = (SafeText.Line(TicketLines.NameOf(frame)), SafeText.Line(TicketLines.PlaceOf(frame)));
                text.Append("  ").Append(name).Append(' ', Math.Max(2, Columns - 2 - name.Length - place.Length)).Append(place).Append('\n');
                if (frame.GapAfter) text.Append("  (gap: one frame probably missing)\n");
            }
        }
        if (FindingLook.IsRefuted(finding) || finding.Remedies.Count == 0) return;
        text.Append("\nFix\n");
        foreach (var remedy in finding.Remedies) Item(text, "-", $"{(remedy.Setting is { } setting ? setting + ": " : "")}{remedy.Title} ({(remedy.ProvenBy is null ? "not tested here" : "proven by another run")})");
    }

    private static void Row(StringBuilder text, string label, string value)
    {
        var indent = new string(' ', LabelColumns);
        if (label.Length >= LabelColumns) (label, _) = ("", Paragraph(text, label));
        foreach (var (line, i) in Wrap(value, LabelColumns).Select((l, i) => (l, i))) text.Append(i == 0 ? SafeText.Line(label).PadRight(LabelColumns - 1) + " " : indent).Append(line).Append('\n');
    }

    private static void Item(StringBuilder text, string mark, string words)
    {
        foreach (var (line, i) in Wrap(words, 5).Select((l, i) => (l, i))) text.Append(i == 0 ? ("  " + mark).PadRight(5) : "     ").Append(line).Append('\n');
    }

    private static StringBuilder Paragraph(StringBuilder text, string words)
    {
        foreach (var line in Wrap(words, 0)) text.Append(line).Append('\n');
        return text;
    }

    private static string Plain(string? text) => text?.Replace("`", "", StringComparison.Ordinal) ?? "";

    /// <summary>Lines that end before the last column; a word that is longer than one is cut into several.</summary>
    private static IEnumerable<string> Wrap(string text, int indent)
    {
        var (line, width) = (new StringBuilder(), Columns - indent);
        foreach (var one in SafeText.Line(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var word = one;
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }
            for (; word.Length > width; word = word[width..]) yield return word[..width];
            line.Append(line.Length > 0 ? " " : "").Append(word);
        }
        yield return line.ToString();
    }
}
