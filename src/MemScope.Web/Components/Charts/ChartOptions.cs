namespace MemScope.Web.Components.Charts;

/// <summary>What a chart draws; chart.js reads it as <c>Options</c>.</summary>
/// <param name="Kind"><c>stack</c> or <c>line</c>.</param>
/// <param name="Url">Where the series is fetched from, relative to the base; null when <see cref="Series"/> is given.</param>
public sealed record ChartOptions(string Kind, string? Url)
{
    /// <summary>The series itself, in a frozen view.</summary>
    public Wire.SeriesWire? Series { get; init; }

    /// <summary>Where the live bytes of heap profiles are fetched from, to be drawn over the series; null for none.</summary>
    public string? HeapUrl { get; init; }

    /// <summary>Those live bytes themselves, in a frozen view.</summary>
    public IReadOnlyList<Wire.HeapCourseWire> Heaps { get; init; } = [];

    /// <summary>Another run over the stack, in a frozen view; null for none.</summary>
    public ChartRun? Run { get; init; }

    /// <summary>Category whose colour all lines take, or null when each key is a category.</summary>
    public string? Colour { get; init; }

    /// <summary>Names of the keys for people; a key without one keeps the title that came with the series.</summary>
    public IReadOnlyDictionary<string, string> Titles { get; init; } = CategoryLook.AllTitles;

    /// <summary>First snapshot of the window, or null.</summary>
    public int? From { get; init; }

    /// <summary>Last snapshot of the window, or null.</summary>
    public int? To { get; init; }

    /// <summary>The window's change in words.</summary>
    public string? Change { get; init; }

    /// <summary>Slope of the line to draw over the window, or null for none.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>Where the line of the slope begins when that lies behind the window's first snapshot: time in milliseconds since 1970 UTC, or null.</summary>
    public double? FitFrom { get; init; }

    /// <summary>Where growth changes, drawn as thin lines: times in milliseconds since 1970 UTC.</summary>
    public IReadOnlyList<double> Marks { get; init; } = [];

    /// <summary>The slope in words.</summary>
    public string? Rate { get; init; }

    /// <summary>Keys of the series that the reader took out of the chart.</summary>
    public IReadOnlyList<string> Hidden { get; init; } = [];

    /// <summary>What it shows: the title and the name of its file when it is kept as a picture.</summary>
    public string? Title { get; init; }

    /// <summary>Grows with each change of the data: the series is fetched again.</summary>
    public long Version { get; init; }

    /// <summary>By value, marks included.</summary>
    public bool Equals(ChartOptions? other) =>
        other is not null && (Kind, Url, HeapUrl, Colour, From, To, Change, BytesPerSecond, Rate, FitFrom, Title, Version) == (other.Kind, other.Url, other.HeapUrl, other.Colour, other.From, other.To, other.Change, other.BytesPerSecond, other.Rate, other.FitFrom, other.Title, other.Version)
        && ReferenceEquals(Series, other.Series) && ReferenceEquals(Heaps, other.Heaps) && ReferenceEquals(Run, other.Run) && Marks.SequenceEqual(other.Marks) && Hidden.SequenceEqual(other.Hidden, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Url, From, To, Version);
}
