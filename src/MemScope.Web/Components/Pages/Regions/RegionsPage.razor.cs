using MemScope.Core.Analysis.Growth;
using MemScope.Web.Answers;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Regions;

/// <summary>Which mappings are there, which of them grow, and what do these few add up to?</summary>
public sealed partial class RegionsPage
{
    /// <summary>Rows that come with an answer: more than a screen holds, so that nothing is asked twice for it.</summary>
    private const int FirstRows = 150;

    /// <summary>Regions of the strip, and most that are selected.</summary>
    private const int MostDrawn = 1000;
    private const int MostParts = 200;
    private static readonly (string? By, string Words)[] Splits = [(null, "Regions"), ("backing", "Backing"), ("category", "Category")];

    /// <summary>From the last key until the address has the filter: browsers take no more than some hundred addresses a minute. Answers do not wait for it.</summary>
    private static readonly TimeSpan AddressPause = TimeSpan.FromMilliseconds(200);

    private RegionsWire? _regions;
    private GrowthsWire? _growths;
    private IReadOnlyList<RegionWire> _all = [];
    private IReadOnlyList<(string Slug, int Regions)> _categories = [];
    private (Guid, WindowState, long)? _stripOf;
    private IReadOnlyList<RegionWire> _strays = [];
    private (string?, WindowState, long)? _straysOf;
    private Guid? _anchor;
    private string _typed = "";
    private string? _answered, _addressed;
    private bool _isAnswering, _isGone;

    [Inject] private RegionAnswers Answers { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "q")] private string? Filter { get; set; }
    [SupplyParameterFromQuery(Name = "category")] private string? Category { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "metric")] private string? Metric { get; set; }
    [SupplyParameterFromQuery(Name = "by")] private string? By { get; set; }

    [SupplyParameterFromQuery(Name = "is")] private string? Is { get; set; }
    [SupplyParameterFromQuery(Name = "sel")] private string? Sel { get; set; }

    /// <inheritdoc/>
    protected override object? LoadKey => Shown.Traits.Terms.Any(t => RegionTraits.Bare(t) == RegionTraits.Selected) ? Shown : Shown with { Selected = null };

    private RegionsShown Shown => new(_typed.Length == 0 ? null : _typed, Category, Sort, Metric, By, Is, Sel);

    /// <summary>The selected regions, whatever the filter lets through.</summary>
    private IReadOnlyList<RegionWire> Picked => _regions is null || Shown.Selection.Ids.Count == 0 ? [] : [.. _regions.Items.Concat(_strays).Where(r => Shown.Selection.Set.Contains(r.Id)).DistinctBy(r => r.Id)];

    private string Excluding => (_typed, Category, Shown.Traits.Terms.Count) switch
    {
        ({ Length: > 0 }, { Length: > 0 }, 0) => $"The filter “{_typed}” and the category {CategoryLook.Title(Category)} exclude everything.",
        ({ Length: > 0 }, _, 0) => $"The filter “{_typed}” excludes everything.",
        (_, _, 0) => "The category excludes everything.",
        _ => "No region meets all of the filters.",
    };

    /// <summary>The list without the filter that was added last; null where there is but one.</summary>
    private RegionsShown? Last => Shown.Traits is { Terms: [.., var last] } traits && (traits.Terms.Count > 1 || Shown.Category is { Length: > 0 } || _typed.Length > 0) ? Shown with { Is = traits.Without(last).Text } : null;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Filter != _addressed) (_typed, _addressed) = (Filter ?? "", Filter);
        await base.OnParametersSetAsync();
        await FindStraysAsync();
    }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var asked = _typed;
        _regions = await Answers.RegionsAsync(Id, View.Window, Shown, cursor: null, FirstRows, cancel);
        _answered = asked;
        _growths = By is "backing" or "category" ? await Answers.GrowthAsync(Id, View.Window, By, _regions?.Metric ?? GrowthMetric.Rss.Slug, MostParts, cancel) : null;
        if (_stripOf == (Id, View.Window, View.Version)) return; // a filter changes the table only
        // The strip shows the whole address space whatever the filter says; what is smaller than the largest thousand would be thinner than a pixel.
        var whole = await Answers.RegionsAsync(Id, View.Window, "virtual", category: null, filter: null, cursor: null, MostDrawn, cancel);
        _all = whole is null ? [] : [.. whole.Items.Where(r => r.Alive).OrderBy(r => r.Start.PadLeft(16, '0'), StringComparer.Ordinal)];
        _stripOf = (Id, View.Window, View.Version);
        _categories = [.. _all.GroupBy(r => r.Category, StringComparer.Ordinal).Select(g => (g.Key, g.Count())).OrderBy(c => CategoryLook.Order(c.Key))];
    }

    /// <summary>Rows further down, which the table asks for when they come into sight.</summary>
    private Task<RegionsWire?> FetchAsync(int first, int count, CancellationToken cancel) => Answers.RegionsAsync(Id, View.Window, Shown, cursor: null, count, cancel, first);

    /// <summary>Every key is answered at once, one at a time: what is typed meanwhile is taken up by its last state. The address follows when the typing rests, and leaves no trail in the history.</summary>
    private async Task AnswerAsync(string? text)
    {
        _typed = text ?? "";
        if (_isAnswering) return;
        _isAnswering = true;
        try
        {
            string asked;
            do
            {
                asked = _typed;
                await ReloadAsync();
                StateHasChanged();
            }
            while (asked != _typed);
        }
        finally
        {
            _isAnswering = false;
        }
        var shown = _typed;
        await Task.Delay(AddressPause);
        if (_isGone || shown != _typed || Shown.Filter == _addressed) return;
        _addressed = Shown.Filter;
        Navigation.NavigateTo(Href(Shown), replace: true);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isGone = true;
        base.Dispose(disposing);
    }

    private string Href(RegionsShown shown) => Urls.Regions(Id, View.Window, shown);

    /// <summary>Selects a region or not any more; with Shift, all rows from the one before to it.</summary>
    private async Task ToggleAsync((Guid Region, bool Extends) clicked)
    {
        var rows = clicked.Extends && _anchor is { } anchor ? await Answers.BetweenAsync(Id, View.Window, Shown, anchor, clicked.Region, CancellationToken.None) : [];
        var selection = rows.Count > 0 ? Shown.Selection.With(rows) : Shown.Selection.Toggle(clicked.Region);
        _anchor = clicked.Region;
        Select(selection);
    }

    private void ClearSelection() => Select(RegionSelection.None);

    private void Select(RegionSelection selection)
    {
        var traits = selection.Ids.Count == 0 ? Shown.Traits.Without(RegionTraits.Selected) : Shown.Traits;
        Navigation.NavigateTo(Href(Shown with { Selected = selection.Text, Is = traits.Text }));
    }

    /// <summary>Selected regions that the list does not show: the filter hides them, or they are further down.</summary>
    private async Task FindStraysAsync()
    {
        if (_regions is not { } shown || (Sel, View.Window, View.Version).Equals(_straysOf) || Shown.Selection.Ids.All(id => shown.Items.Any(r => r.Id == id))) return;
        _straysOf = (Sel, View.Window, View.Version);
        var only = new RegionsShown(Metric: Metric, Is: RegionTraits.Selected, Selected: Sel);
        _strays = (await Answers.RegionsAsync(Id, View.Window, only, cursor: null, MostDrawn, CancellationToken.None))?.Items ?? [];
    }
}
