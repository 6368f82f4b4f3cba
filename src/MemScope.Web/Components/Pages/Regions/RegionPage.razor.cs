using MemScope.Web.Answers;
using MemScope.Web.Components.Charts;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Regions;

/// <summary>What became of one mapping?</summary>
public sealed partial class RegionPage
{
    private RegionWire? _region;
    private WindowWire? _window;

    [Inject] private RegionAnswers Answers { get; set; } = default!;
    [Inject] private StackAnswers Stacks { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;

    /// <summary>From the route.</summary>
    [Parameter] public Guid RegionId { get; set; }

    /// <inheritdoc/>
    protected override object? LoadKey => RegionId;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _region = await Answers.RegionAsync(Id, RegionId, View.Window, cancel) is { } found ? await Stacks.WithMappersAsync(Id, View.Window, found, cancel) : null;
        _window = await WindowAsync(cancel);
    }

    private ChartOptions ChartOf(RegionWire region) => new("line", Urls.Series(Id, View.Window, "region", region: RegionId))
    {
        Colour = region.Category,
        Title = "Resident memory of the region",
        From = View.Window.From,
        To = View.Window.To,
        Version = View.Version,
    };

    private void ViewSnapshot(int number) => Go(View.Window.Whole with { From = View.Window.From < number ? View.Window.From : null, To = number });

    private void Compare((int From, int To) window) => Navigation.NavigateTo(Urls.Diff(Id, View.Window with { From = window.From, To = window.To }));

    private void ViewWhole() => Go(View.Window.Whole);

    private void Go(WindowState window) => Navigation.NavigateTo(Urls.Region(Id, RegionId, window));
}
