using MemScope.Web.Answers;
using MemScope.Web.Components.Charts;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Trace;

/// <summary>What did a trace see: how often is memory mapped and unmapped, by whom, for how long, and what is missing?</summary>
public sealed partial class TracePage
{
    private IReadOnlyList<TraceWire> _traces = [];
    private TraceFiguresWire? _figures;
    private GrowthByStackWire? _growth;
    private double? _coverage;

    [Inject] private TraceAnswers Answers { get; set; } = default!;
    [Inject] private StackAnswers Stacks { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "trace")] private string? TraceId { get; set; }

    // What is no id counts as not there, and the frame says so.
    private Guid? Chosen => Guid.TryParse(TraceId, out var id) ? id : null;

    /// <inheritdoc/>
    protected override object? LoadKey => Chosen;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var traces = await Answers.ListAsync(Id, cancel) ?? [];
        var figures = (Chosen ?? (traces.Count > 0 ? traces[0].Id : null)) is { } id ? await Answers.FiguresAsync(Id, id, View.Window, null, cancel) : null;
        var stacks = figures is { Trace.Events: > 0 } ? await Stacks.AskAsync(new StackQuestion(Id, View.Window, CallchainWeight.Resident) { Trace = figures.Trace.Id }, cancel) : null;
        (_traces, _figures, _growth, _coverage) = (traces, figures, stacks?.Head.Growth, stacks?.Head.Coverage);
    }

    private ChartOptions ChartOf(TraceFiguresWire figures, string kind, string by)
    {
        var isCut = View.Window != View.Window.Whole && figures.Trace.From is not null;
        return new ChartOptions(kind, Urls.TraceTimeline(Id, figures.Trace.Id, View.Window, by))
        {
            From = isCut ? Milliseconds(figures.Trace.From, figures.From) : null,
            To = isCut ? Milliseconds(figures.Trace.From, figures.To) : null,
            Title = by switch { TimelineColumns.Calls => "Calls per second by kind", TimelineColumns.Bytes => "Mapped and unmapped per second", _ => "Outstanding of the trace" },
            Version = View.Version,
        };
    }

    private static int? Milliseconds(DateTimeOffset? begin, DateTimeOffset? at) => at - begin is { } since ? (int)Math.Clamp(since.TotalMilliseconds, 0, int.MaxValue) : null;

    // A trace that is not placed on the time line has no absolute times that a link could carry.
    private void Cut((int From, int To) milliseconds)
    {
        if (_figures is not { Trace: { From: { } begin } trace }) return;
        var window = View.Window.Whole with { FromTime = begin.AddMilliseconds(milliseconds.From), ToTime = begin.AddMilliseconds(milliseconds.To) };
        Navigation.NavigateTo(Urls.Trace(Id, window, trace.Id));
    }

    private void Uncut()
    {
        if (_figures is { } figures) Navigation.NavigateTo(Urls.Trace(Id, View.Window.Whole, figures.Trace.Id));
    }
}
