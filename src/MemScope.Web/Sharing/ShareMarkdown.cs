using System.Globalization;
using System.Text;
using MemScope.Core.Analysis;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>The block that goes into a ticket: title, key figures, link. Strings from captures are escaped, so that a process cannot write into the ticket.</summary>
public static class ShareMarkdown
{
    /// <summary>Parts of a ledger in a ticket; the link has all.</summary>
    private const int MostLedgerLines = 8;

    private const string Special = "\\`*_{}[]()<>#+-!|~&@";

    /// <summary>The block for a share at an address.</summary>
    public static string Of(SharedViewWire view, string url)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"**{Escape(view.Title)}**\n\n");
        if (Answer(view) is { Length: > 0 } answer) text.Append(Escape(answer)).Append("\n\n");
        foreach (var (name, value) in Figures(view)) text.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        foreach (var finding in Findings(view)) FindingMarkdown.Append(text, finding);
        NoteMarkdown.Append(text, view.Notes);
        text.Append(CultureInfo.InvariantCulture, $"\n[Evidence, frozen {view.FrozenAt:yyyy-MM-dd HH:mm} UTC]({url})");
        text.Append(view.ExpiresAt is { } end ? string.Create(CultureInfo.InvariantCulture, $" (until {end:yyyy-MM-dd})\n") : "\n");
        return text.ToString();
    }

    /// <summary>Text that Markdown shows as it is, on one line: no markup, no address that becomes a link by itself, nothing that turns the direction of what follows.</summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (Special.Contains(c, StringComparison.Ordinal) || (c is ':' && text.AsSpan(i + 1).StartsWith("//")) || (c is '.' && text.AsSpan(0, i).EndsWith("www", StringComparison.OrdinalIgnoreCase))) result.Append('\\').Append(c);
            else result.Append(char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') ? ' ' : c);
        }
        return result.ToString();
    }

    // An overview leads with the finding that its panel shows; the list of findings has them all.
    private static IEnumerable<FindingWire> Findings(SharedViewWire view) => view switch
    {
        { Findings: { } found, Request.View: "finding" or "findings" } => found.Items,
        { Findings: { } found } => found.Items.Where(f => f.Verdict != "refuted").Take(1),
        _ => [],
    };

    /// <summary>The sentence that answers the view's question, or null.</summary>
    internal static string? Answer(SharedViewWire view) => view.Request.View is "findings" ? view.Findings?.Assessment.Summary : view.Request.View is "ledger" ? view.Ledger?.Answer : view.Compare?.Answer ?? view.Diff?.Answer ?? view.Overview?.Answer;

    private static IEnumerable<(string Name, string Value)> Figures(SharedViewWire view)
    {
        if (view.Compare is { } compare)
        {
            foreach (var figure in Figures(compare)) yield return figure;
            yield break;
        }
        var process = view.Process;
        yield return ("Process", string.Create(CultureInfo.InvariantCulture, $"{Escape(process.Comm)} {process.Pid} on {Escape(process.Host)}"));
        if (view.Window.Snapshots > 0)
            yield return ("Window", string.Create(CultureInfo.InvariantCulture, $"\\#{view.Window.FromNumber} to \\#{view.Window.ToNumber}, {view.Window.From:yyyy-MM-dd HH:mm:ss} to {view.Window.To:HH:mm:ss} UTC"));
        if (view.Overrides.Count > 0)
            yield return ("Categories changed by hand", string.Join("; ", view.Overrides.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Category} for {Escape(o.Target)} ({o.Regions} regions, by rule {Escape(string.Join(", ", o.ByRule))})"))));
        if (view.Diff is { } diff)
        {
            yield return Held(diff);
        }
        else if (view.Overview is { } overview)
        {
            yield return ("RSS", $"{SizeWords.Size(overview.Total.RssBytes)} ({Signed(overview.Total.RssChangeBytes)} in the window)");
            yield return ("Rate", $"{Signed((long)(overview.Total.RssBytesPerSecond * 60))} per minute, {overview.Total.Shape}");
        }
        if (view is { Ledger: { RssBytes: > 0 } ledger, Request.View: "ledger" })
        {
            foreach (var line in ledger.Lines.Where(l => l.Bytes > 0).Take(MostLedgerLines)) yield return (Escape(line.Label), $"{SizeWords.Size(line.Bytes)}, {Escape(line.Source)}");
            yield return ("Unexplained", SizeWords.Size(ledger.UnexplainedBytes));
        }
        if (view.Callchains is { Items: [{ Bytes: > 0 } top, ..] } chains && chains.Weight != "calls")
            yield return ("Most " + chains.Weight, $"{SizeWords.Size(top.Bytes)} by {Escape(string.Join(" ← ", top.Frames.Take(4).Select(Exports.ExportedNames.Of)))}");
    }

    private static IEnumerable<(string Name, string Value)> Figures(CompareWire compare)
    {
        yield return ("A", Side(compare.Base));
        yield return ("B", Side(compare.Current));
        if (compare.Proof is { } proof) yield return ("Proof of the fix", $"**{Components.Pages.Compare.ProofPanel.LookOf(proof.Verdict).Title}.** {Escape(proof.Words)}");
        yield return Held(compare.Diff);
        if (compare.Growth is [{ } total, ..])
            yield return ("Growth", $"{Signed((long)(total.Base.BytesPerSecond * 60))} → {Signed((long)(total.Current.BytesPerSecond * 60))} per minute{(total.Differs ? "" : ", not different beyond the intervals")}");
    }

    private static string Side(CompareSideWire side) => string.Create(CultureInfo.InvariantCulture,
        $"{Escape(side.Process.Comm)} {side.Process.Pid} on {Escape(side.Process.Host)}, \\#{side.Window.FromNumber} to \\#{side.Window.ToNumber}, {side.Window.From:yyyy-MM-dd HH:mm:ss} to {side.Window.To:HH:mm:ss} UTC");

    private static (string Name, string Value) Held(DiffWire diff) => diff.Total is { Base.RssBytes: { } was, Current.RssBytes: { } now, Delta.RssBytes: { } change }
        ? ("RSS", $"{SizeWords.Size(was)} → {SizeWords.Size(now)} ({Signed(change)})")
        : ("Virtual size", $"{SizeWords.Size(diff.Total.Base.VirtualBytes)} → {SizeWords.Size(diff.Total.Current.VirtualBytes)} ({Signed(diff.Total.Delta.VirtualBytes)})");

    private static string Signed(long bytes) => (bytes < 0 ? "−" : "+") + SizeWords.Size(bytes);
}
