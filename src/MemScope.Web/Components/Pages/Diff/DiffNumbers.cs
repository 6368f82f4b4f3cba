using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Diff;

/// <summary>The numbers of a diff by their slug: which there are, what they are called, how they are written.</summary>
public static class DiffNumbers
{
    private static readonly (string Slug, string Title, Func<DiffSizesWire, long?> Of)[] Known =
    [
        ("rss", "RSS", s => s.RssBytes), ("pss", "PSS", s => s.PssBytes), ("uss", "USS", s => s.UssBytes), ("private-dirty", "Private dirty", s => s.PrivateDirtyBytes), ("swap", "Swap", s => s.SwapBytes),
        ("virtual", "Virtual", s => s.VirtualBytes), ("mappings", "Mappings", s => s.Mappings),
    ];

    /// <summary>Slugs of all, in the order of columns.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Known.Select(k => k.Slug)];

    /// <summary>No size at all.</summary>
    public static DiffSizesWire Zero { get; } = new(null, null, 0);

    /// <summary>For people; a slug that is not known stays as it is.</summary>
    public static string Title(string slug) => Array.Find(Known, k => k.Slug == slug).Title ?? slug;

    /// <summary>One of the numbers; null where it is not captured.</summary>
    public static long? Of(DiffSizesWire sizes, string slug) => Array.Find(Known, k => k.Slug == slug).Of?.Invoke(sizes);

    /// <summary>What both sides of a diff have. Frozen diffs of earlier versions do not say; they have RSS, PSS and virtual sizes.</summary>
    public static IReadOnlyList<string> Of(DiffWire diff) =>
        diff.Metrics.Count > 0 ? diff.Metrics : [.. All.Where(m => m switch { "rss" => Captured.Rss(diff), "pss" => diff.Total.Delta.PssBytes is not null, "virtual" => true, _ => false })];

    /// <summary>The number that a table of a diff shows: the one asked for, or RSS, or the virtual size where a side has no RSS.</summary>
    public static string MainOf(DiffWire diff, string? asked)
    {
        var has = Of(diff);
        return asked is not null && has.Contains(asked, StringComparer.Ordinal) ? asked : has.Contains("rss", StringComparer.Ordinal) ? "rss" : "virtual";
    }

    /// <summary>Unit of the column.</summary>
    public static string Unit(string slug) => slug == "mappings" ? "" : "KiB";

    /// <summary>A number without its unit; a dash for none.</summary>
    public static string Write(string slug, long? value) => slug != "mappings" ? Format.KiBOrDash(value) : value is null or 0 ? Format.KiBOrDash(value) : Format.Count(value.Value);

    /// <summary>A change with its sign; a dash for none.</summary>
    public static string WriteChange(string slug, long? value) => slug != "mappings" ? Format.KiBChange(value) : value is null or 0 ? Format.KiBChange(value) : $"{(value > 0 ? "+" : "")}{Format.Count(value.Value)}";

    /// <summary>Sum; a number that neither has stays unknown.</summary>
    public static DiffSizesWire Add(DiffSizesWire a, DiffSizesWire b) => new(Add(a.RssBytes, b.RssBytes), Add(a.PssBytes, b.PssBytes), a.VirtualBytes + b.VirtualBytes)
    {
        UssBytes = Add(a.UssBytes, b.UssBytes), PrivateDirtyBytes = Add(a.PrivateDirtyBytes, b.PrivateDirtyBytes), SwapBytes = Add(a.SwapBytes, b.SwapBytes), Mappings = a.Mappings + b.Mappings,
    };

    private static long? Add(long? a, long? b) => a is null && b is null ? null : (a ?? 0) + (b ?? 0);
}
