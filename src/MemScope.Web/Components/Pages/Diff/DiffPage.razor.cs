using MemScope.Web.Answers;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Diff;

/// <summary>What exactly changed between these two moments?</summary>
public sealed partial class DiffPage
{
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(150);

    private DiffWire? _diff;
    private IReadOnlyList<SnapshotWire> _snapshots = [];
    private int _typed;

    [Inject] private DiffAnswers Answers { get; set; } = default!;
    [Inject] private ProcessAnswers Processes { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "state")] private string? State { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Filter { get; set; }
    [SupplyParameterFromQuery(Name = "group")] private string? Group { get; set; }
    [SupplyParameterFromQuery(Name = "metric")] private string? Metric { get; set; }
    [SupplyParameterFromQuery(Name = "columns")] private string? Columns { get; set; }

    private DiffShown Shown => new(State, Filter, Group, Metric, Columns is DiffShown.AllColumns);

    /// <inheritdoc/>
    protected override object? LoadKey => _diff is { AllRows: > DiffRequest.PageRows } ? (Metric, State, Filter) : null;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _diff = await Answers.DiffAsync(Id, View.Window, Shown, cancel);
        _snapshots = await Processes.SnapshotsAsync(Id, View.Window.Source ?? _diff?.Base.Source, cancel) ?? [];
    }

    private string SidesHref(int a, int b) => Urls.Diff(Id, View.Window with { From = a, To = b }, Shown);

    private WindowWire WindowOf(DiffWire diff) =>
        new(diff.Base.Source, diff.Base.Number, diff.Current.Number, diff.Base.TakenAt, diff.Current.TakenAt, 2,
            _snapshots.Count > 0 && diff.Base.Number == _snapshots[0].Number && diff.Current.Number == _snapshots[^1].Number) { LeftOutSnapshots = diff.LeftOutSnapshots };

    private async Task FilterTyped(ChangeEventArgs e)
    {
        var typed = ++_typed;
        await Task.Delay(TypingPause);
        if (typed == _typed) Navigation.NavigateTo(Urls.Diff(Id, View.Window, Shown with { Filter = e.Value as string }), replace: true);
    }
}
