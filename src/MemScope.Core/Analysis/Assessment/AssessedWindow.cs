using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Assessment;

/// <summary>The figures that a judgement over a window of a track needs.</summary>
internal sealed class AssessedWindow
{
    private readonly Track _track;
    private readonly CategoryOverrides _overrides;
    private readonly int _from, _to;
    private readonly double[] _seconds = [], _rss = [];
    private readonly Dictionary<Category, double[]> _byCategory = [];

    public AssessedWindow(Track track, int from, int to, CategoryOverrides overrides)
    {
        (_track, _overrides, _from, _to) = (track, overrides, Math.Max(from, 0), Math.Min(to, track.Points.Count - 1));
        if (Count == 0) return;
        _seconds = TrackSeries.Seconds(track)[_from..(_to + 1)];
        _rss = TrackSeries.Total(track, Metric.Rss)[_from..(_to + 1)];
        foreach (var (category, values) in TrackSeries.ByCategory(track, Metric.Rss, overrides)) _byCategory.Add(category, values[_from..(_to + 1)]);
        Total = GrowthFit.Measure(_seconds, _rss);
    }

    public int Count => Math.Max(0, _to - _from + 1);

    public bool HasRss => Array.Exists(_rss, double.IsFinite);

    public bool HasMappings => _byCategory.Count > 0;

    public TimeSpan Length => _track.Points[_to].TakenAt - _track.Points[_from].TakenAt;

    public GrowthMeasure Total { get; } = GrowthFit.Measure([], []);

    public GrowthMeasure LaterHalf => GrowthFit.Measure(_seconds.AsSpan(Count / 2), _rss.AsSpan(Count / 2));

    /// <summary>RSS goes up by jumps and may go on, or null.</summary>
    public Stairs? Stairs => Growth.Stairs.Of(_seconds, _rss);

    /// <summary>The category with the steepest least-squares slope.</summary>
    public Category FastestCategory => _byCategory.MaxBy(c => GrowthFit.Slope(_seconds, c.Value)).Key;

    /// <summary>Growth of the categories that have a form that does not end by itself. The form is told in a fraction of the time that the interval takes.</summary>
    public IEnumerable<(Category Category, GrowthMeasure Growth)> Growths =>
        _byCategory.Where(c => GrowthFit.Shape(_seconds, c.Value) is GrowthShape.Linear or GrowthShape.Geometric).Select(c => (c.Key, GrowthFit.Measure(_seconds, c.Value)));

    /// <summary>What growth behind its warm-up brings until the window's end, bytes.</summary>
    public double SteadyBytes(GrowthMeasure growth) => growth.Steady.BytesPerSecond * (_seconds[^1] - growth.Steady.FromSeconds);

    /// <summary><c>180 MiB and 196 MiB</c>.</summary>
    public string Between
    {
        get
        {
            var extent = Extent.Of(Array.FindAll(_rss, double.IsFinite));
            return $"{SizeWords.Size((long)extent.Least)} and {SizeWords.Size((long)extent.Most)}";
        }
    }

    /// <summary>Since when RSS has been level, or null when its end is not.</summary>
    public DateTimeOffset? LevelFrom => Total.WarmUpSeconds > 0 ? _track.Points[0].TakenAt.AddSeconds(Total.Steady.FromSeconds) : null;

    /// <summary>How many arenas there are at the end, and their RSS.</summary>
    public (int Count, long Bytes) Arenas
    {
        get
        {
            var (vmas, categories) = (_track.VmasAt(_to), _overrides.Apply(_track.AliveAt(_to), _track.CategoriesAt(_to)));
            var (count, bytes) = (0, 0L);
            for (var row = 0; row < vmas.Count; row++)
            {
                if (categories[row].Category == Category.Arena) (count, bytes) = (count + 1, bytes + vmas[row].Bytes(Metric.Rss));
            }
            return (count, bytes);
        }
    }

    public bool ArenasHoldMost => Arenas is { Count: >= 2 } arenas && arenas.Bytes * 2 >= Total.LastBytes;

    /// <summary>Says how the growth of a category spreads over its regions: one mapping, or many.</summary>
    public string WhereItGrows(Category category)
    {
        var growing = GrowthRanking.Rank(_track, _from, _to).Where(g => _overrides.Apply(g.Region, g.Region.Assignment).Category == category && g.BytesPerSecond > 0).ToList();
        var all = Total.BytesPerSecond;
        var share = growing.Sum(g => g.BytesPerSecond) / all;
        var part = share >= 0.97 ? "All of it" : share >= 0.8 ? "Nearly all of it" : "Most of it";
        var anonymous = category == Category.Anonymous;
        if (growing.Count > 0 && growing[0].BytesPerSecond >= 0.97 * share * all)
        {
            return anonymous ? $"{part} sits in one {Named(growing[0].Region)} mapping outside malloc." : $"{part} sits in one mapping of {AssessmentWords.Name(category)}.";
        }
        return anonymous ? $"{part} sits in unnamed mappings outside malloc, more than one of them growing." : $"{part} sits in {AssessmentWords.Name(category)}.";
    }

    private static string Named(Region region) => region.Backing.Length == 0 ? "unnamed" : region.Backing;
}
