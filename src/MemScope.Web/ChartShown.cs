namespace MemScope.Web;

/// <summary>How the overview's chart is drawn, as its address tells it.</summary>
/// <param name="Metric">Slug of the measure, or null for RSS.</param>
/// <param name="By"><c>region</c> or <c>backing</c>, or null for categories.</param>
public sealed record ChartShown(string? Metric = null, string? By = null)
{
    /// <summary>What the areas of the chart can be.</summary>
    public static IReadOnlyList<string> Splits { get; } = ["category", "region", "backing"];

    /// <summary>Parts that are drawn on their own, those that changed most; the others are one area.</summary>
    public const int Top = 8;

    /// <summary>Keys longer than this (paths) do not go into the address; they are put out of the chart until it is loaded again.</summary>
    private const int LongestKey = 300;

    /// <summary>Keys of the series that the reader took out of the chart.</summary>
    public IReadOnlyList<string> Hidden { get; init; } = [];

    /// <summary>The split in the words of the API.</summary>
    public string Split => By is not null && Splits.Contains(By, StringComparer.Ordinal) ? By : Splits[0];

    /// <summary>Whether the areas are the categories.</summary>
    public bool IsByCategory => Split == Splits[0];

    /// <summary><see cref="Hidden"/> for an address: keys with commas between them, a comma within a key escaped; null for none.</summary>
    public string? HiddenText => Hidden.Count == 0 ? null : string.Join(',', Hidden.Where(k => k.Length is > 0 and <= LongestKey).Take(Top + Core.Model.Categories.All.Count)
        .Select(k => k.Replace("%", "%25", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal))) is { Length: > 0 } text ? text : null;

    /// <summary>Reads what an address says; what names no series hides none.</summary>
    public static ChartShown Of(string? metric, string? by, string? hide) => new(metric, by)
    {
        Hidden = string.IsNullOrEmpty(hide) ? [] : [.. hide.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).Distinct(StringComparer.Ordinal)],
    };
}
