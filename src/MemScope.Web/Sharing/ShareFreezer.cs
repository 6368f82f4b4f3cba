using MemScope.Core;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Diff;
using MemScope.Core.Analysis.Growth;
using MemScope.Web.Answers;
using MemScope.Web.Api;
using MemScope.Web.Notes;
using MemScope.Web.Sharing.Redaction;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>Makes the finished view of a share: the same answers that the live page shows, at this moment, as data.</summary>
public sealed class ShareFreezer(ProcessAnswers processes, RegionAnswers regions, DiffAnswers diffs, CompareAnswers compares, StackAnswers stacks, TraceAnswers traces, HeapCourseAnswers heaps, FiguresAnswers figures, FindingAnswers findings, FindingProofs proofs, LedgerAnswers ledgers, NoteWriting notes, Limits limits, TimeProvider time)
{
    private const int ChartPoints = 400, MostFigures = 200;

    /// <summary>Views that can be frozen.</summary>
    public static IReadOnlyList<string> Views { get; } = ["overview", "regions", "region", "diff", "compare", "stacks", "trace", "ledger", "findings", "finding", "captures"];

    /// <summary>The view that was asked for, without what the request takes out; null when its process, window or region do not exist.</summary>
    /// <exception cref="ProblemException">400 when the request cannot be read.</exception>
    public async Task<SharedViewWire?> FreezeAsync(Guid process, ShareRequestWire request, CancellationToken cancel) =>
        await AskAsync(process, request, cancel) is { } view ? Redactor.Redact(view, request.Redact ?? []) : null;

    private async Task<SharedViewWire?> AskAsync(Guid process, ShareRequestWire request, CancellationToken cancel)
    {
        if (!Views.Contains(request.View, StringComparer.Ordinal)) throw Problems.BadParameter("view", $"known are {string.Join(", ", Views)}.");
        if (request is { FollowSymbols: true, View: not "stacks" }) throw Problems.BadParameter("followSymbols", "only view stacks has names to follow.");
        if (request.ExpiresInDays is < 0 or > 36_500) throw Problems.BadParameter("expiresInDays", "0 for never, or days.");
        var metrics = request.View is "diff" or "compare" ? DiffMetrics.All.Select(m => m.Slug()) : GrowthMetric.All.Select(m => m.Slug);
        if (request.Redact is { } redact && redact.Any(r => !Redactions.All.Contains(r, StringComparer.Ordinal))) throw Problems.BadParameter("redact", $"known are {string.Join(", ", Redactions.All)}.");
        if (request is { FollowSymbols: true, Redact.Count: > 0 }) throw Problems.BadParameter("followSymbols", "names that come later are not redacted; leave out one of the two.");
        if (request.Metric is { } metric && !metrics.Contains(metric, StringComparer.Ordinal)) throw Problems.BadParameter("metric", $"known are {string.Join(", ", metrics)}.");

        if (CategoryOverrides.Parse(request.As) is { Problems: [var unread, ..] }) throw Problems.BadParameter("as", $"{unread}.");
        var asked = new WindowState(request.Source, request.From, request.To) { As = request.As, FromTime = request.FromTime, ToTime = request.ToTime };
        var overview = await processes.OverviewAsync(process, asked, cancel);
        if (overview is null && request.View is not ("stacks" or "trace" or "captures")) return null;
        if ((overview?.Process ?? await processes.FindAsync(process, cancel)) is not { } found) return null;

        // From here on the window is absolute: new snapshots do not move it.
        var window = overview is null ? asked : asked with { Source = overview.Window.Source, From = overview.Window.FromNumber, To = overview.Window.ToNumber };
        var now = time.GetUtcNow();
        var view = new SharedViewWire(request with { Source = window.Source, From = window.From, To = window.To }, Title(request, found), now, found, overview?.Window ?? NoWindow(now))
        {
            ExpiresAt = request.ExpiresInDays switch { 0 => null, { } days => now.AddDays(days), null => now.AddDays(limits.ShareDays) },
            Overview = overview,
            Overrides = await regions.OverridesAsync(process, window, cancel),
            Captures = await processes.CapturesAsync(process, cancel),
            Notes = Frozen(await notes.OfAsync(process, cancel), overview?.Window),
        };
        if (overview is not null) view = await WithSeriesAsync(process, window, view, cancel);
        return request.View switch
        {
            "regions" => await regions.RegionsAsync(process, window, new RegionsShown(request.Filter, request.Category, request.Sort, request.Metric, Is: request.Is, Selected: request.Selected), null, limits.PageRows, cancel) is { } list ? view with { Regions = list with { Next = null } } : null,
            "region" => await RegionAsync(process, window, view, cancel),
            "diff" => await diffs.DiffAsync(process, Ends(window, request), Shown(request), cancel) is { } diff ? view with { Diff = diff } : null,
            "compare" => await CompareAsync(process, window, view, cancel),
            "stacks" => await stacks.AskPatientlyAsync(Stacks(process, asked, request), cancel) is { } chains ? view with { Callchains = chains.ToWire(limits.CallchainsInShare, limits.FramesInShare) } : null,
            "trace" => await TraceAsync(process, asked, view, cancel),
            "captures" => view with { Figures = await figures.LatestAsync(process, MostFigures, cancel) },
            "ledger" => await ledgers.AskAsync(process, window, cancel) is { } ledger ? view with { Ledger = ledger } : null,
            "findings" => await findings.AskAsync(process, window, cancel) is { } judged ? view with { Findings = judged } : null,
            "finding" => await FindingAsync(process, window, view, cancel),
            _ => await OverviewAsync(process, window, view, cancel),
        };
    }

    private async Task<SharedViewWire> OverviewAsync(Guid process, WindowState window, SharedViewWire view, CancellationToken cancel)
    {
        var judged = await findings.AskAsync(process, window, cancel);
        var drawn = view with { Findings = judged, Ledger = await ledgers.AskAsync(process, window, cancel), Overview = view.Overview?.With(judged) };
        return await WithHeapsAsync(process, window, await WithProofAsync(process, window, drawn, judged?.Items.FirstOrDefault(f => f.Verdict != "refuted"), cancel), cancel);
    }

    private async Task<SharedViewWire?> FindingAsync(Guid process, WindowState window, SharedViewWire view, CancellationToken cancel)
    {
        if (view.Request.Rule is not { Length: > 0 } rule) throw Problems.BadParameter("rule", "the id of a card is needed.");
        if (await findings.AskAsync(process, window, cancel) is not { } judged || judged.Items.FirstOrDefault(f => f.Rule.Equals(rule, StringComparison.OrdinalIgnoreCase)) is not { } finding) return null;
        var title = string.IsNullOrWhiteSpace(view.Request.Title) ? finding.Title : view.Title;
        var told = view with { Title = title, Overview = view.Overview?.With(judged), Findings = judged with { Items = [finding] } };
        return await WithProofAsync(process, window, told, finding, cancel);
    }

    /// <summary>The runs that prove its remedies, with their captures: they are evidence as well.</summary>
    private async Task<SharedViewWire> WithProofAsync(Guid process, WindowState window, SharedViewWire view, FindingWire? finding, CancellationToken cancel)
    {
        if (finding is null || await proofs.OfAsync(process, window, finding, cancel) is not { } proof) return view;
        var runs = new List<ProofRunWire>();
        foreach (var run in proof.Runs) runs.Add(run with { Captures = await processes.CapturesAsync(run.Side.Process.Id, cancel) });
        return view with { Proof = proof with { Runs = runs } };
    }

    private async Task<SharedViewWire?> RegionAsync(Guid process, WindowState window, SharedViewWire view, CancellationToken cancel)
    {
        if (view.Request.Region is not { } id) throw Problems.BadParameter("region", "an id is needed.");
        if (await regions.RegionAsync(process, id, window, cancel) is not { } region) return null;
        var series = await regions.SeriesAsync(process, window.Whole, "region", "rss", ChartPoints, 1, id, cancel);
        return view with { Region = await stacks.WithMappersAsync(process, window, region, cancel), Series = series };
    }

    // The window as it was asked for, as with stacks.
    private async Task<SharedViewWire?> TraceAsync(Guid process, WindowState window, SharedViewWire view, CancellationToken cancel)
    {
        if ((view.Request.Trace ?? (await traces.ListAsync(process, cancel) is [var newest, ..] ? newest.Id : null)) is not { } trace || await traces.FiguresAsync(process, trace, window, null, cancel) is not { } seen) return null;
        var head = seen.Trace.Events > 0 ? (await stacks.AskPatientlyAsync(new StackQuestion(process, window, CallchainWeight.Resident) { Trace = trace }, cancel))?.Head : null;
        Task<SeriesWire?> Line(string by) => traces.TimelineAsync(process, trace, by, window, ChartPoints, cancel);
        return view with
        {
            Request = view.Request with { Trace = trace },
            Trace = new SharedTraceWire(seen, head?.Growth, head?.Coverage, await Line(TimelineColumns.Calls), await Line(TimelineColumns.Bytes), await Line(TimelineColumns.Memory)),
        };
    }

    private async Task<SharedViewWire?> CompareAsync(Guid process, WindowState window, SharedViewWire view, CancellationToken cancel)
    {
        if (view.Request.Other is not { } other) throw Problems.BadParameter("other", "the id of the process to compare with is needed.");
        var (before, after) = (new CompareSide(process, window.Source, window.From, window.To) { As = window.As }, new CompareSide(other, view.Request.OtherSource, view.Request.OtherFrom, view.Request.OtherTo) { As = window.As });
        if ((await compares.CompareAsync(before, after, Shown(view.Request), cancel)).Answer is not { } compare) return null;
        var end = compare.Current.Window;
        return view with
        {
            Request = view.Request with { OtherSource = end.Source, OtherFrom = end.FromNumber, OtherTo = end.ToNumber },
            Compare = compare,
            Captures = other == process ? view.Captures : [.. view.Captures, .. await processes.CapturesAsync(other, cancel)],
        };
    }

    // The window as it was asked for: without one, traces are not cut to the snapshots.
    private static StackQuestion Stacks(Guid process, WindowState window, ShareRequestWire request) =>
        new StackShown { Trace = request.Trace, Base = request.Base, Region = request.Region, Category = request.Category, Thread = request.Thread, Module = request.Module }
            .ToQuestion(process, window, CallchainWeights.Parse(request.Weight) ?? CallchainWeight.Outstanding);

    private static DiffShown Shown(ShareRequestWire request) => new(request.State, request.Filter, request.Group, request.Metric);

    private async Task<SharedViewWire> WithSeriesAsync(Guid process, WindowState window, SharedViewWire view, CancellationToken cancel) => view with
    {
        Series = await regions.SeriesAsync(process, window.Whole, "category", view.Request.View == "overview" && view.Request.Metric is { } metric ? metric : "rss", ChartPoints, 1, null, cancel),
    };

    private async Task<SharedViewWire> WithHeapsAsync(Guid process, WindowState window, SharedViewWire view, CancellationToken cancel)
    {
        if (await heaps.AskAsync(process, window, 2, cancel) is not { } courses) return view;
        var lines = courses.Items.Count > 0 && view.Series is { Metric: "rss" } ? (await heaps.AskAsync(process, window.Whole, ChartPoints, cancel))?.Items : null;
        return view with { HeapCourses = courses, HeapLines = lines ?? [] };
    }

    /// <summary>A diff keeps the order of its ends.</summary>
    private static WindowState Ends(WindowState window, ShareRequestWire request) =>
        request is { From: { } from, To: { } to } ? window with { From = from, To = to } : window;

    private static string Title(ShareRequestWire request, ProcessWire process) =>
        string.IsNullOrWhiteSpace(request.Title) ? $"{(process.Comm.Length > 0 ? process.Comm : "process")} {process.Pid} on {process.Host}" : request.Title.Trim();

    /// <summary>Notes of the window, all without one. From a share nothing leads to another page, which may be of another process.</summary>
    private static IReadOnlyList<NoteWire> Frozen(IReadOnlyList<NoteWire> notes, WindowWire? window) =>
        [.. (window is null ? notes : NoteWriting.Within(notes, window)).Select(n => n with { Evidence = n.Evidence is { } e ? new NoteEvidenceWire(e.Kind, "") : null })];

    private static WindowWire NoWindow(DateTimeOffset now) => new("", 0, 0, now, now, 0, true);
}
