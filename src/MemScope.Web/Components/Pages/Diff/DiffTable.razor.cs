using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Pages.Diff;

/// <summary>The rows of a diff, grouped and summed.</summary>
public sealed partial class DiffTable
{
    private DiffLines _lines = DiffLines.Empty;
    private IReadOnlyList<string> _more = [];
    private string _metric = "rss";
    private long _mostUp;
    private long _mostDown;

    [CascadingParameter] private ViewLinks? Links { get; set; }

    /// <summary>The answer, flat.</summary>
    [Parameter, EditorRequired] public required DiffWire Diff { get; set; }

    /// <summary>The only state to show, or null for all.</summary>
    [Parameter] public string? State { get; set; }

    /// <summary>Text that shown rows contain in name, range, category or words; or null.</summary>
    [Parameter] public string? Filter { get; set; }

    /// <summary>Whether categories are split by backing.</summary>
    [Parameter] public bool ByBacking { get; set; }

    /// <summary>Slug of the number in the main columns, or null for RSS.</summary>
    [Parameter] public string? Metric { get; set; }

    /// <summary>Whether the differences of all numbers are shown, or those of two.</summary>
    [Parameter] public bool AllColumns { get; set; }

    /// <summary>Whether two processes are compared: then rows are no regions.</summary>
    private bool IsPair => Diff.BaseProcess is not null;

    private string Noun => IsPair ? "row" : "region";

    private string Name => DiffNumbers.Title(_metric);

    private string Unit => DiffNumbers.Unit(_metric);

    private string TotalWords
    {
        get
        {
            var all = Diff.Matching is null ? Diff.Rows.Count : Diff.AllRows;
            if (_lines.Rows == all) return IsPair ? $"{Format.Count(Diff.Base.VmaCount)} mappings in A, {Format.Count(Diff.Current.VmaCount)} in B" : $"{Format.Count(Diff.Base.VmaCount)} regions in A, {Format.Count(Diff.Current.VmaCount)} in B";
            var of = DiffNumbers.Of(Diff.Total.Delta, _metric);
            return $"{Format.Count(_lines.Rows)} of {Format.Of(all, "row")} shown; all rows add up to {DiffNumbers.WriteChange(_metric, of)} {Unit}".TrimEnd() + (_metric == "rss" ? "" : $" of {Name}");
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _metric = DiffNumbers.MainOf(Diff, Metric);
        var has = DiffNumbers.Of(Diff);
        var few = IsPair ? (string[])["virtual", "mappings"] : ["pss", "virtual"];
        _more = [.. has.Where(m => m != _metric && (AllColumns || few.Contains(m, StringComparer.Ordinal)))];
        _lines = DiffLines.Of(Diff, _metric, ByBacking, IsShown);
        // One zero line for all rows, group sums and the total.
        var deltas = _lines.All.Select(l => Delta(l.Base, l.Current)).Append(Delta(_lines.Base, _lines.Current)).ToList();
        _mostUp = Math.Max(0, deltas.Max());
        _mostDown = -Math.Min(0, deltas.Min());
    }

    private long Delta(DiffSizesWire before, DiffSizesWire after) => (DiffNumbers.Of(after, _metric) ?? 0) - (DiffNumbers.Of(before, _metric) ?? 0);

    private bool IsShown(DiffRowWire row) =>
        (State is null || row.State == State)
        && (string.IsNullOrWhiteSpace(Filter) || Contains(row.Name) || Contains(row.BaseRange) || Contains(row.CurrentRange) || Contains(row.Words) || Contains(row.Category) || Contains(CategoryLook.Title(row.Category))
            || row.BaseNames.Any(Contains) || row.CurrentNames.Any(Contains));

    private bool Contains(string? text) => text?.Contains(Filter!.Trim(), StringComparison.OrdinalIgnoreCase) == true;

    private static string Inner(DiffLine line) => line.IsInner ? "inner" : "";

    private static string PairName(DiffLine line)
    {
        var row = line.Row!;
        if (row.Match is "size") return "unnamed, equal sizes";
        if (row.Name.Length == 0) return row is { Match: "rank" or "none", Category: "anonymous", Words.Length: > 0 } ? $"unnamed, {row.Words.Split(" of ")[0]}" : "unnamed";
        return row.State == "replaced" && row is { BaseNames: [var was, ..], CurrentNames: [var now, ..] } ? $"{Format.FileName(was)} → {Format.FileName(now)}" : Format.ShortPath(row.Name, 44);
    }

    /// <summary>Both names in full.</summary>
    private static string Names(DiffRowWire row) => row.BaseNames.SequenceEqual(row.CurrentNames, StringComparer.Ordinal) ? string.Join(", ", row.BaseNames) : $"A: {List(row.BaseNames)}; B: {List(row.CurrentNames)}";

    private static string List(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names.Select(n => n.Length == 0 ? "unnamed" : n));
}
