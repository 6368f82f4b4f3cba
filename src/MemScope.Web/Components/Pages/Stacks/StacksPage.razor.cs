using MemScope.Web.Answers;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>Who mapped the memory that is still in RAM, and how much of it did we see?</summary>
public sealed partial class StacksPage
{
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(150);

    private CallchainsWire? _chains;
    private IReadOnlyList<TraceWire> _traces = [];
    private WindowWire? _window;
    private int _typed;

    [Inject] private StackAnswers Answers { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "weight")] private string? Weight { get; set; }
    [SupplyParameterFromQuery(Name = "trace")] private Guid? Trace { get; set; }
    [SupplyParameterFromQuery(Name = "region")] private Guid? Region { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Search { get; set; }
    [SupplyParameterFromQuery(Name = "at")] private string? At { get; set; }

    /// <inheritdoc/>
    protected override object? LoadKey => (Weight, Trace, Region);

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _chains = Weight is null ? await BestAsync(cancel) : await Answers.CallchainsAsync(Asking(CallchainWeights.Parse(Weight) ?? CallchainWeight.Outstanding), cancel);
        if (Trace is null && _chains is not null) _traces = _chains.Traces;
        _window = await WindowAsync(cancel);
    }

    /// <summary>What is in RAM answers best; where no snapshot tells, what is mapped; where no trace holds a call, what a heap profiler saw.</summary>
    private async Task<CallchainsWire?> BestAsync(CancellationToken cancel)
    {
        var best = await Answers.CallchainsAsync(Asking(CallchainWeight.Resident), cancel);
        if (best is { TotalBytes: > 0 } or null) return best;
        best = await Answers.CallchainsAsync(Asking(CallchainWeight.Outstanding), cancel);
        return best is { TotalBytes: 0, HeapProfiles.Count: > 0 } && Trace is null && Region is null ? await Answers.CallchainsAsync(Asking(CallchainWeight.Live), cancel) : best;
    }

    private StackQuestion Asking(CallchainWeight weight) => new(Id, View.Window, weight) { Trace = Trace, Region = Region };

    private string Href(string? weight = null, string? at = null) =>
        Urls.Stacks(Id, View.Window, weight ?? Weight, Trace, Region, Search, at);

    private async Task SearchTyped(ChangeEventArgs e)
    {
        var typed = ++_typed;
        await Task.Delay(TypingPause);
        if (typed == _typed) Navigation.NavigateTo(Urls.Stacks(Id, View.Window, Weight, Trace, Region, e.Value as string, At), replace: true);
    }
}
