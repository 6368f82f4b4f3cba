using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about regions and their differences.</summary>
public sealed class RegionAnswers
{
    /// <summary>Regions of a window, sorted by <paramref name="sort"/> (growth, rss, pss, virtual, change, address), filtered; null when there is no such process.</summary>
    public Task<RegionsWire?> RegionsAsync(Guid process, WindowState window, string? sort, string? category, string? filter, string? cursor, int limit, CancellationToken cancel) =>
        throw new NotSupportedException();

    /// <summary>One region with its whole history, or null.</summary>
    public Task<RegionWire?> RegionAsync(Guid process, Guid region, WindowState window, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>The difference of the window's two ends, or null.</summary>
    public Task<DiffWire?> DiffAsync(Guid process, WindowState window, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Columns for a chart, or null.</summary>
    public Task<SeriesWire?> SeriesAsync(Guid process, WindowState window, string by, string metric, int points, int top, CancellationToken cancel) => throw new NotSupportedException();
}
