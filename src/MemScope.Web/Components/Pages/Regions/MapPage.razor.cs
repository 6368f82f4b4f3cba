using MemScope.Web.Answers;
using MemScope.Web.Components.Charts;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Regions;

/// <summary>Where do the mappings lie, how much of them is resident, and how did that come about?</summary>
public sealed partial class MapPage
{
    /// <summary>Snapshots that the slider steps over; of more, those at which RSS is least and greatest are kept.</summary>
    private const int SliderPoints = 5000;

    private WindowWire? _window;
    private IReadOnlyList<RegionWire> _picked = [];

    [Inject] private RegionAnswers Answers { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "at")] private string? At { get; set; }
    [SupplyParameterFromQuery(Name = "span")] private string? Span { get; set; }
    [SupplyParameterFromQuery(Name = "scale")] private string? Scale { get; set; }
    [SupplyParameterFromQuery(Name = "sel")] private string? Sel { get; set; }

    /// <inheritdoc/>
    protected override object? LoadKey => Sel;

    private MapShown Shown => MapShown.Parse(At, Span, Scale, Sel);

    private MapOptions Options => new(Urls.MapColumns(Id, View.Window), Urls.Series(Id, View.Window, "total", _hasRss ? "rss" : "virtual", points: SliderPoints), Urls.Region(Id, Guid.Empty, View.Window), new MapState(Shown.At, Shown.Span, Shown.Scale, Shown.Selected))
    {
        Version = View.Version,
    };

    private bool _hasRss = true;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var picked = await Answers.RegionsAsync(Id, View.Window, new RegionsShown(Is: RegionTraits.Selected, Selected: Sel), cursor: null, RegionSelection.Most, cancel);
        _window = picked?.Window;
        _picked = picked?.Items ?? [];
        _hasRss = picked?.Metrics.Contains("rss", StringComparer.Ordinal) ?? true;
    }

    private void Clear() => Navigation.NavigateTo(Urls.Map(Id, View.Window, Shown with { Selected = null }));

    private void Go((MapState State, bool Pushes) told)
    {
        var (state, pushes) = told;
        Navigation.NavigateTo(Urls.Map(Id, View.Window, new MapShown(state.At, state.Span, state.Scale, state.Selected)), replace: !pushes);
    }
}
