using MemScope.Web.Components;
using MemScope.Web.Components.Charts;
using MemScope.Web.Components.Pages.Findings;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>A figure that the reader of a ticket sees first.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit, or null.</param>
/// <param name="Source">Where it comes from and over which window; the reason where there is none.</param>
/// <param name="Tone">CSS class: <c>grow</c>, <c>proven</c>, or empty.</param>
public sealed record TicketFigure(string Label, string Value, string? Unit, string Source, string Tone = "");

/// <summary>What stands first in a ticket, the same on the page, in Markdown, in plain text and in the picture: the answer, the remedy and five figures. Everything is read from the frozen view.</summary>
/// <param name="View">The frozen view.</param>
public sealed record Ticket(SharedViewWire View)
{
    /// <summary>Findings of a list that a block tells; the page has all.</summary>
    private const int MostFindings = 5;

    /// <summary>Views that are no account of one process over one window: they lead with figures of their own.</summary>
    public bool IsOfTwo => View.Diff is not null || View.Compare is not null;

    /// <summary>The finding that leads: the one that was shared, else the first that is not refuted; null without one.</summary>
    public FindingWire? Finding => View is { Request.View: "finding", Findings.Items: [{ } only, ..] } ? only : FindingLook.Leading(View.Findings);

    /// <summary>The findings that blocks tell: the one that was shared, those of the list, else the one that leads.</summary>
    public IReadOnlyList<FindingWire> Findings => View is { Request.View: "finding" or "findings", Findings: { } found } ? [.. found.Items.Take(MostFindings)] : Finding is { } leading ? [leading] : [];

    /// <summary>How sure the verdict on the process is; null where that was not judged.</summary>
    public string? Certainty => View.Findings?.Assessment is { } judged && judged.Kind == View.Process.Assessment.Kind ? judged.Certainty : View.Process.Assessment.Certainty;

    /// <summary>The answer in a sentence or two; null where the view has none.</summary>
    public string? Answer => View.Request.View switch
    {
        "findings" => View.Findings?.Assessment.Summary,
        "ledger" => View.Ledger?.Answer,
        _ => View.Compare?.Answer ?? View.Diff?.Answer ?? View.Overview?.Answer,
    };

    /// <summary>The remedy that goes before the others: one that is proven, else the safest with a setting, else the safest.</summary>
    public RemedyWire? Remedy => Finding is not { Remedies: var remedies } finding || FindingLook.IsRefuted(finding) || IsOfTwo ? null
        : remedies.FirstOrDefault(r => r.ProvenBy is not null) ?? remedies.FirstOrDefault(r => r.Setting is not null) ?? (remedies is [{ } safest, ..] ? safest : null);

    /// <summary>The run that proves a remedy; null without one.</summary>
    public ProofRunWire? Proof => IsOfTwo || Remedy?.ProvenBy is not { } run ? null : View.Proof?.Runs.FirstOrDefault(r => r.Side.Process.Id == run);

    /// <summary>What the remedy does, in a sentence; the setting stands between backticks. Null without one.</summary>
    public string? Fix => Remedy switch
    {
        null => null,
        { Setting: { } setting } when Proof is { Side.Curve.RssBytes: [.., var last] } => $"With `{setting}` the same program {(Proof.Rate?.Shape is "flat" ? "stays" : "ends")} at {Format.MiB(last)} MiB.",
        { Setting: { } setting, ProvenBy: null } => $"The remedy that is known, `{setting}`, was not tested here.",
        { Setting: { } setting } => $"`{setting}` ends it: another run proves it.",
        { Title: var title } remedy => $"{title}{(remedy.ProvenBy is null ? ": not tested here." : ": another run proves it.")}",
    };

    /// <summary>The run with the fix as a line over the chart, beginning with it; null without one, and where the chart is not of RSS.</summary>
    public ChartRun? Run
    {
        get
        {
            if (Proof is not { Side.Curve: { Seconds.Count: > 1 } curve } run || View.Series is not { Metric: "rss", UnixMs: [var first, .., var last] }) return null;
            var points = curve.Seconds.Zip(curve.RssBytes, (s, b) => (At: first + (s * 1000), Bytes: b)).Where(p => p.At <= last && double.IsFinite(p.Bytes)).ToList();
            if (points.Count < 2) return null;
            var (end, flat) = (Format.MiB(points[^1].Bytes), run.Rate?.Shape is "flat" ? ", flat" : "");
            return new ChartRun($"same program with the fix, run {run.Side.Process.Pid}: {end} MiB{flat}", $"with the fix: {end}", [.. points.Select(p => p.At)], [.. points.Select(p => p.Bytes)]);
        }
    }

    /// <summary>The figures; none where the process has no snapshot, or where the view has two sides.</summary>
    public IReadOnlyList<TicketFigure> Figures => View.Overview is not { } overview || IsOfTwo ? [] : Captured.Rss(overview)
        ? [Rss(overview), Rate(overview), Outside(overview), Taken(overview), Last(overview)]
        : [new("Virtual size", Format.MiB(overview.Last.VirtualBytes), "MiB", At(overview)), new("RSS", Format.Dash, null, Format.NotCaptured), new("Rate", Format.Dash, null, Format.NotCaptured)];

    private static TicketFigure Rss(OverviewWire overview)
    {
        var (total, window) = (overview.Total, overview.Window);
        return window.Snapshots > 1
            ? new("RSS", $"{Format.MiB(total.RssBytes - total.RssChangeBytes)} → {Format.MiB(total.RssBytes)}", "MiB", $"#{window.FromNumber} → #{window.ToNumber}, {Format.Span(window.To - window.From)}")
            : new("RSS", Format.MiB(total.RssBytes), "MiB", At(overview));
    }

    private static TicketFigure Rate(OverviewWire overview)
    {
        var reading = new GrowthReading(overview);
        return overview.Window.Snapshots < 2 ? new("Rate", Format.Dash, null, "needs a second snapshot")
            : new("Rate", reading.HasTrend ? Format.MiBPerMinute(reading.Rate) : Format.Dash, reading.HasTrend ? "MiB/min" : null, reading.RateSource, reading.Grows ? "grow" : "");
    }

    private static TicketFigure Outside(OverviewWire overview) => new GrowthReading(overview) is var reading && overview.Window.Snapshots > 1 && reading.OutsideShare is { } share
        ? new("Growth outside malloc", FormattableString.Invariant($"{share:0}"), "%", reading.HeapWords)
        : overview.Last.PssBytes is { } pss ? new("PSS", Format.MiB(pss), "MiB", At(overview)) : new("PSS", Format.Dash, null, "not in this source");

    private TicketFigure Taken(OverviewWire overview)
    {
        if (Finding?.Sites is [{ } site, ..])
        {
            if (site.Blocks > 0)
                return new("Traced mappings", Format.Count(site.Blocks), site.IsResident && site.Bytes >= site.OutstandingBytes ? $"of {Format.Count(site.Blocks)} resident" : "not unmapped", site.BlockBytes is { } each ? $"{Format.Count(each)} B each" : $"{Format.KiB(site.Bytes)} KiB");
            return new("Held by one site", Format.MiB(site.Bytes), "MiB", FindingLook.Site(site));
        }
        return overview.PrivateDirtyBytes is { } dirty ? new("Private dirty", Format.MiB(dirty), "MiB", $"{Format.Percent(dirty, overview.Total.RssBytes)} of RSS, {At(overview)}") : new("Private dirty", Format.Dash, null, "not in this source");
    }

    private TicketFigure Last(OverviewWire overview)
    {
        if (Proof is { } run)
            return new("After the fix", run.Rate is { } rate ? Format.MiBPerMinute(rate.BytesPerSecond) : Format.Dash, run.Rate is null ? null : "MiB/min", $"run {run.Side.Process.Pid}, {Format.Of(run.Side.Window.Snapshots, "snapshot")}", "proven");
        if (overview.Limit is { SecondsLeft: { } seconds, LimitBytes: { } bytes } && new GrowthReading(overview).Grows)
            return new("Time to the limit", Answers.LimitWords.Words(TimeSpan.FromSeconds(seconds)), null, $"{(overview.Limit.Kind == "ram" ? "RAM" : "cgroup’s limit")} of {Format.Size(bytes)}");
        return overview.Last.SwapBytes is { } swap ? new("Swap", Format.MiB(swap), "MiB", At(overview)) : new("Swap", Format.Dash, null, "not in this source");
    }

    private static string At(OverviewWire overview) => $"{overview.Window.Source} #{overview.Window.ToNumber}";
}
