using System.Globalization;
using System.Text;
using MemScope.Core.Analysis;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>The block that goes into a ticket: title, key figures, link. Strings from captures are escaped, so that a process cannot write into the ticket.</summary>
public static class ShareMarkdown
{
    private const string Special = "\\`*_{}[]()<>#+-!|~&@";

    /// <summary>The block for a share at an address.</summary>
    public static string Of(SharedViewWire view, string url)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"**{Escape(view.Title)}**\n\n");
        if (Answer(view) is { Length: > 0 } answer) text.Append(Escape(answer)).Append("\n\n");
        foreach (var (name, value) in Figures(view)) text.Append(CultureInfo.InvariantCulture, $"- {name}: {value}\n");
        text.Append(CultureInfo.InvariantCulture, $"\n[Evidence, frozen {view.FrozenAt:yyyy-MM-dd HH:mm} UTC]({url})");
        text.Append(view.ExpiresAt is { } end ? string.Create(CultureInfo.InvariantCulture, $" (until {end:yyyy-MM-dd})\n") : "\n");
        return text.ToString();
    }

    /// <summary>Text that Markdown shows as it is, on one line.</summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (Special.Contains(c, StringComparison.Ordinal)) result.Append('\\').Append(c);
            else result.Append(char.IsControl(c) ? ' ' : c);
        }
        return result.ToString();
    }

    private static string? Answer(SharedViewWire view) => view.Diff?.Answer ?? view.Overview?.Answer;

    private static IEnumerable<(string Name, string Value)> Figures(SharedViewWire view)
    {
        var process = view.Process;
        yield return ("Process", string.Create(CultureInfo.InvariantCulture, $"{Escape(process.Comm)} {process.Pid} on {Escape(process.Host)}"));
        if (view.Window.Snapshots > 0)
            yield return ("Window", string.Create(CultureInfo.InvariantCulture, $"\\#{view.Window.FromNumber} to \\#{view.Window.ToNumber}, {view.Window.From:yyyy-MM-dd HH:mm:ss} to {view.Window.To:HH:mm:ss} UTC"));
        if (view.Diff is { } diff)
        {
            yield return ("RSS", $"{SizeWords.Size(diff.Total.Base.RssBytes)} → {SizeWords.Size(diff.Total.Current.RssBytes)} ({Signed(diff.Total.Delta.RssBytes)})");
        }
        else if (view.Overview is { } overview)
        {
            yield return ("RSS", $"{SizeWords.Size(overview.Total.RssBytes)} ({Signed(overview.Total.RssChangeBytes)} in the window)");
            yield return ("Rate", $"{Signed((long)(overview.Total.RssBytesPerSecond * 60))} per minute, {overview.Total.Shape}");
        }
        if (view.Callchains is { Items: [{ Bytes: > 0 } top, ..] } chains && chains.Weight != "calls")
            yield return ("Most " + chains.Weight, $"{SizeWords.Size(top.Bytes)} by {Escape(string.Join(" ← ", top.Frames.Take(4).Select(CallchainExport.NameOf)))}");
    }

    private static string Signed(long bytes) => (bytes < 0 ? "−" : "+") + SizeWords.Size(bytes);
}
