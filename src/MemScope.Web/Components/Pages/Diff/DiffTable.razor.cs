using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Diff;

/// <summary>The rows of a diff, grouped and summed.</summary>
public sealed partial class DiffTable
{
    private const int MostRows = 200;

    private List<Group> _groups = [];
    private DiffSizesWire _base = Zero;
    private DiffSizesWire _current = Zero;
    private long _mostUp;
    private long _mostDown;
    private int _shown;

    [CascadingParameter] private ViewLinks? Links { get; set; }

    /// <summary>The answer.</summary>
    [Parameter, EditorRequired] public required DiffWire Diff { get; set; }

    /// <summary>The only state to show, or null for all.</summary>
    [Parameter] public string? State { get; set; }

    /// <summary>Text that shown rows contain in name, range, category or words; or null.</summary>
    [Parameter] public string? Filter { get; set; }

    private static DiffSizesWire Zero { get; } = new(0, null, 0);

    private IReadOnlyList<Group> Groups => _groups;

    private bool HasRss => Captured.Rss(Diff);

    private string TotalWords => _shown == Diff.Rows.Count ? $"{Format.Count(Diff.Rows.Count(r => r.BaseRange is not null))} regions in A, {Format.Count(Diff.Rows.Count(r => r.CurrentRange is not null))} in B"
        : $"{Format.Count(_shown)} of {Format.Of(Diff.Rows.Count, "row")} shown; all rows add up to {Format.KiBChange(Bytes(Diff.Total.Delta))} KiB{(HasRss ? "" : " of virtual size")}";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var rows = Diff.Rows.Where(IsShown).ToList();
        _shown = rows.Count;
        _groups = [.. rows.GroupBy(r => r.Category, StringComparer.Ordinal).Select(g => Group.Of(g, Bytes)).OrderByDescending(g => g.Changed.Count == 0 ? -1 : g.Changed.Max(r => Math.Abs(Bytes(r.Delta)))).ThenBy(g => CategoryLook.Order(g.Category))];
        (_base, _current) = (Sum(rows, r => r.Base), Sum(rows, r => r.Current));
        // One zero line for all rows, group sums and the total.
        var deltas = rows.Select(r => Bytes(r.Delta)).Concat(_groups.Select(g => Bytes(g.Current) - Bytes(g.Base))).Append(Bytes(_current) - Bytes(_base)).ToList();
        _mostUp = Math.Max(0, deltas.Max());
        _mostDown = Math.Max(0, -deltas.Min());
    }

    /// <summary>What rows are weighed by: RSS, or virtual size where there is none.</summary>
    private long Bytes(DiffSizesWire sizes) => HasRss ? sizes.RssBytes : sizes.VirtualBytes;

    private bool IsShown(DiffRowWire row) =>
        (State is null || row.State == State)
        && (string.IsNullOrWhiteSpace(Filter) || Contains(row.Name) || Contains(row.BaseRange) || Contains(row.CurrentRange) || Contains(row.Words) || Contains(CategoryLook.Title(row.Category)));

    private bool Contains(string? text) => text?.Contains(Filter!.Trim(), StringComparison.OrdinalIgnoreCase) == true;

    private static DiffSizesWire Sum(IEnumerable<DiffRowWire> rows, Func<DiffRowWire, DiffSizesWire> of) =>
        rows.Select(of).Aggregate(Zero, (a, b) => new DiffSizesWire(a.RssBytes + b.RssBytes, a.PssBytes is null && b.PssBytes is null ? null : (a.PssBytes ?? 0) + (b.PssBytes ?? 0), a.VirtualBytes + b.VirtualBytes));

    /// <summary>The rows of a category.</summary>
    private sealed record Group(string Category, IReadOnlyList<DiffRowWire> Changed, IReadOnlyList<DiffRowWire> Unchanged)
    {
        public DiffSizesWire Base { get; } = Sum(Changed.Concat(Unchanged), r => r.Base);

        public DiffSizesWire Current { get; } = Sum(Changed.Concat(Unchanged), r => r.Current);

        public DiffSizesWire UnchangedBase { get; } = Sum(Unchanged, r => r.Base);

        public DiffSizesWire UnchangedCurrent { get; } = Sum(Unchanged, r => r.Current);

        public static Group Of(IGrouping<string, DiffRowWire> rows, Func<DiffSizesWire, long> bytes) =>
            new(rows.Key, [.. rows.Where(r => r.State != "unchanged").OrderByDescending(r => Math.Abs(bytes(r.Delta)))], [.. rows.Where(r => r.State == "unchanged")]);
    }
}
