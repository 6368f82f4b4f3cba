using MemScope.Core.Analysis.Growth;
using MemScope.Web.Answers;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Regions;

/// <summary>Which mappings are there, which of them grow, and what do these few add up to?</summary>
public sealed partial class RegionsPage
{
    private const int PageRows = 1000;
    private const int MostParts = 200;
    private static readonly (string? By, string Words)[] Splits = [(null, "Regions"), ("backing", "Backing"), ("category", "Category")];
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(150);

    private readonly HashSet<Guid> _selected = [];
    private RegionsWire? _regions;
    private GrowthsWire? _growths;
    private IReadOnlyList<RegionWire> _all = [];
    private IReadOnlyList<(string Slug, int Regions)> _categories = [];
    private (Guid, WindowState, long)? _stripOf;
    private int _typed;

    [Inject] private RegionAnswers Answers { get; set; } = default!;
    [Inject] private NavigationManager Navigation { get; set; } = default!;
    [SupplyParameterFromQuery(Name = "q")] private string? Filter { get; set; }
    [SupplyParameterFromQuery(Name = "category")] private string? Category { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "metric")] private string? Metric { get; set; }
    [SupplyParameterFromQuery(Name = "by")] private string? By { get; set; }

    /// <inheritdoc/>
    protected override object? LoadKey => (Filter, Category, Sort, Metric, By);

    private string Excluding => (Filter, Category) switch
    {
        ({ Length: > 0 }, { Length: > 0 }) => $"The filter “{Filter}” and the category {CategoryLook.Title(Category)} exclude everything.",
        ({ Length: > 0 }, _) => $"The filter “{Filter}” excludes everything.",
        _ => "The category excludes everything.",
    };

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancel)
    {
        _regions = await Answers.RegionsAsync(Id, View.Window, Sort, Category, Filter, cursor: null, PageRows, cancel, Metric);
        _growths = By is "backing" or "category" ? await Answers.GrowthAsync(Id, View.Window, By, _regions?.Metric ?? GrowthMetric.Rss.Slug, MostParts, cancel) : null;
        if (_stripOf == (Id, View.Window, View.Version)) return; // a filter changes the table only
        // The strip shows the whole address space whatever the filter says; what is smaller than the largest thousand would be thinner than a pixel.
        var whole = await Answers.RegionsAsync(Id, View.Window, "virtual", category: null, filter: null, cursor: null, PageRows, cancel);
        _all = whole is null ? [] : [.. whole.Items.Where(r => r.Alive).OrderBy(r => r.Start.PadLeft(16, '0'), StringComparer.Ordinal)];
        _stripOf = (Id, View.Window, View.Version);
        _categories = [.. _all.GroupBy(r => r.Category, StringComparer.Ordinal).Select(g => (g.Key, g.Count())).OrderBy(c => CategoryLook.Order(c.Key))];
    }

    private async Task MoreAsync()
    {
        if (_regions is not { Next: { } next } shown) return;
        var more = await Answers.RegionsAsync(Id, View.Window, Sort, Category, Filter, next, PageRows, CancellationToken.None, Metric);
        if (more is not null) _regions = shown with { Items = [.. shown.Items, .. more.Items], Next = more.Next };
    }

    /// <summary>Waits until the typing pauses, then puts the filter into the address; typing leaves no trail in the history.</summary>
    private async Task FilterTyped(ChangeEventArgs e)
    {
        var typed = ++_typed;
        await Task.Delay(TypingPause);
        if (typed != _typed) return;
        Navigation.NavigateTo(Urls.Regions(Id, View.Window, e.Value as string, Category, Sort, Metric, By), replace: true);
    }

    private void ClearSelection() => _selected.Clear();
}
