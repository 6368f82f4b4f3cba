using System.Globalization;
using MemScope.Core.Analysis;
using MemScope.Web.Components;
using MemScope.Web.Components.Pages.Findings;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>What blocks for tickets say, without markup: names and values in their order. Nothing in it is escaped.</summary>
internal static class TicketLines
{
    /// <summary>Checks that are told; the page has all.</summary>
    public const int MostEvidence = 6;

    /// <summary>Frames that are told.</summary>
    public const int MostFrames = 14;

    /// <summary>Parts of a ledger; the page has all.</summary>
    private const int MostLedgerLines = 8;

    /// <summary>The lines.</summary>
    public static IEnumerable<(string Label, string Value)> Of(Ticket ticket)
    {
        var view = ticket.View;
        if (view.Compare is { } compare) return Of(compare);
        return [.. Head(view), .. view.Diff is { } diff ? [Held(diff)] : ticket.Figures.Where(f => f.Value != Format.Dash).Select(f => (f.Label, $"{f.Value}{(f.Unit is { } unit ? " " + unit : "")} ({f.Source})")), .. Parts(view)];
    }

    /// <summary>Since when the view stands still, and how long it can be read.</summary>
    public static string Frozen(SharedViewWire view) => string.Create(CultureInfo.InvariantCulture, $"Evidence, frozen {view.FrozenAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC{(view.ExpiresAt is { } end ? $", until {end.UtcDateTime:yyyy-MM-dd}" : "")}");

    /// <summary>What a frame is called.</summary>
    public static string NameOf(SiteFrameWire frame) => frame.Function is null ? Format.FileName(frame.Module ?? "unknown") : FindingLook.Site(new FindingSiteWire(frame.Function, null, null, null, 0));

    /// <summary>Where it is: source line, else address in its module, else module.</summary>
    public static string PlaceOf(SiteFrameWire frame) => frame switch
    {
        { File: { } file, Line: { } line } => FormattableString.Invariant($"{Format.FileName(file)}:{line}"),
        { File: { } file } => Format.FileName(file),
        { Function: null, Offset: { } offset } => "+0x" + offset,
        { Module: { } module } => Format.FileName(module),
        _ => "",
    };

    private static IEnumerable<(string Label, string Value)> Head(SharedViewWire view)
    {
        yield return ("Process", $"{Format.Name(view.Process)} on {view.Process.Host}");
        if (view.Window.Snapshots > 0) yield return ("Window", Words(view.Window));
        if (view.Redacted.Count > 0) yield return ("Taken out", string.Join(", ", view.Redacted));
        if (view.Overrides.Count > 0) yield return ("Categories changed by hand", string.Join("; ", view.Overrides.Select(o => $"{o.Category} for {o.Target} ({Format.Of(o.Regions, "region")}, by rule {string.Join(", ", o.ByRule)})")));
    }

    private static IEnumerable<(string Label, string Value)> Parts(SharedViewWire view)
    {
        if (view is { Ledger: { RssBytes: > 0 } ledger, Request.View: "ledger" })
        {
            foreach (var line in ledger.Lines.Where(l => l.Bytes > 0).Take(MostLedgerLines)) yield return (line.Label, $"{SizeWords.Size(line.Bytes)}, {line.Source}");
            yield return ("Unexplained", SizeWords.Size(ledger.UnexplainedBytes));
        }
        if (view.Callchains is { Items: [{ Bytes: > 0 } top, ..] } chains && chains.Weight != "calls")
            yield return ("Most " + chains.Weight, $"{SizeWords.Size(top.Bytes)} by {string.Join(" ← ", top.Frames.Take(4).Select(Exports.ExportedNames.Of))}");
    }

    private static IEnumerable<(string Label, string Value)> Of(CompareWire compare)
    {
        yield return ("A", Side(compare.Base));
        yield return ("B", Side(compare.Current));
        if (compare.Proof is { } proof) yield return ("Proof of the fix", $"{Components.Pages.Compare.ProofPanel.LookOf(proof.Verdict).Title}. {proof.Words}");
        yield return Held(compare.Diff);
        if (compare.Growth is [{ } total, ..])
            yield return ("Growth", $"{Format.MiBChange(total.Base.BytesPerSecond * 60)} MiB → {Format.MiBChange(total.Current.BytesPerSecond * 60)} MiB per minute{(total.Differs ? "" : ", not different beyond the intervals")}");
    }

    private static string Side(CompareSideWire side) => $"{Format.Name(side.Process)} on {side.Process.Host}, {Words(side.Window)}";

    private static string Words(WindowWire window) => string.Create(CultureInfo.InvariantCulture, $"#{window.FromNumber} to #{window.ToNumber}, {window.From.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {window.To.UtcDateTime:HH:mm:ss} UTC");

    private static (string Label, string Value) Held(DiffWire diff) => diff.Total is { Base.RssBytes: { } was, Current.RssBytes: { } now, Delta.RssBytes: { } change }
        ? ("RSS", $"{SizeWords.Size(was)} → {SizeWords.Size(now)} ({Signed(change)})")
        : ("Virtual size", $"{SizeWords.Size(diff.Total.Base.VirtualBytes)} → {SizeWords.Size(diff.Total.Current.VirtualBytes)} ({Signed(diff.Total.Delta.VirtualBytes)})");

    private static string Signed(long bytes) => (bytes < 0 ? "−" : "+") + SizeWords.Size(bytes);
}
