using MemScope.Web.Answers;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>Who mapped the memory that is still in RAM, and how much of it did we see?</summary>
public sealed partial class StacksPage
{
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(150);

    private StackSheet? _sheet;
    private WindowWire? _window;
    private int _typed;

    [Inject] private CallForests Forests { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "weight")] private string? Weight { get; set; }
    [SupplyParameterFromQuery(Name = "trace")] private string? Trace { get; set; }
    [SupplyParameterFromQuery(Name = "base")] private string? Base { get; set; }
    [SupplyParameterFromQuery(Name = "region")] private string? Region { get; set; }
    [SupplyParameterFromQuery(Name = "category")] private string? Category { get; set; }
    [SupplyParameterFromQuery(Name = "thread")] private string? Thread { get; set; }
    [SupplyParameterFromQuery(Name = "module")] private string? Module { get; set; }
    [SupplyParameterFromQuery(Name = "only")] private string[]? Only { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? Find { get; set; }
    [SupplyParameterFromQuery(Name = "view")] private string? Form { get; set; }
    [SupplyParameterFromQuery(Name = "of")] private string? Around { get; set; }
    [SupplyParameterFromQuery(Name = "at")] private string? At { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? Sort { get; set; }
    [SupplyParameterFromQuery(Name = "order")] private string? Order { get; set; }
    [SupplyParameterFromQuery(Name = "rows")] private string? Rows { get; set; }

    /// <inheritdoc/>
    protected override bool NamesFrames => true;

    /// <inheritdoc/>
    protected override object? LoadKey => (Weight, Trace, Base, Region, Category, (Thread, Module, string.Join('\n', Only ?? []), Find, Form, Around, At), (Sort, Order, Rows));

    // What cannot be read counts as not there: the rest of the address holds.
    private StackShown Shown => new()
    {
        Weight = Weight, Trace = IdOf(Trace), Base = IdOf(Base), Region = IdOf(Region), Category = Category, Thread = NumberOf(Thread), Module = Module, Only = new StackFilter(Only).Terms,
        Find = Find, Form = Form, Around = Around, At = At, Sort = Sort, Order = Order, Rows = NumberOf(Rows),
    };

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var shown = Shown;
        var forest = Weight is null ? await BestAsync(shown, cancel) : await AskAsync(shown, CallchainWeights.Parse(Weight) ?? CallchainWeight.Outstanding, cancel);
        // Off the circuit's own thread: a click on another page need not wait for it.
        _sheet = forest is null ? null : await Task.Run(() => StackSheet.Of(forest, shown), cancel);
        _window = await WindowAsync(cancel);
    }

    /// <summary>What is in RAM answers best; where no snapshot tells, what is mapped; where no trace holds a call, what a heap profiler saw.</summary>
    private async Task<CallForest?> BestAsync(StackShown shown, CancellationToken cancel)
    {
        if (View.Process is { Traces: 0, HeapProfiles: > 0 }) return await AskAsync(shown, CallchainWeight.Live, cancel);
        var best = await AskAsync(shown, CallchainWeight.Resident, cancel);
        if (best is null || best.RootUp.WidthOf(0) > 0 || shown.IsFiltered) return best;
        best = await AskAsync(shown, CallchainWeight.Outstanding, cancel);
        return best is { Answer.Head: { TotalBytes: 0, HeapProfiles.Count: > 0 } } && shown.Trace is null ? await AskAsync(shown, CallchainWeight.Live, cancel) : best;
    }

    private Task<CallForest?> AskAsync(StackShown shown, CallchainWeight weight, CancellationToken cancel) => Forests.AskAsync(shown.ToQuestion(Id, View.Window, weight), new StackFilter(shown.Only), cancel);

    private string Href(StackShown shown) => Urls.Stacks(Id, View.Window, shown);

    private ShareRequestWire ShareRequest(StackSheet sheet) => Asked("stacks") with
    {
        Weight = sheet.Weight, Trace = Shown.Trace, Base = Shown.Base, Region = Shown.Region, Category = Shown.Category, Thread = Shown.Thread, Module = Shown.Module,
        Only = Shown.Only.Count > 0 ? Shown.Only : null, Filter = Find, Form = Form, Around = Around, At = At, Sort = Sort,
    };

    private async Task TextTypedAsync(string? text)
    {
        var typed = ++_typed;
        await Task.Delay(TypingPause);
        if (typed == _typed) Navigation.NavigateTo(Href(Shown with { Find = text }), replace: true);
    }

    private void TermAdded(string term) => Navigation.NavigateTo(Href(Shown with { Only = [.. Shown.Only, term], Find = null, Rows = null }));

    private static Guid? IdOf(string? text) => Guid.TryParse(text, out var id) ? id : null;

    private static int? NumberOf(string? text) => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
