using System.Globalization;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>What checks ask of a case again and again, computed once. Growth is that behind the warm-up of RSS: what filled up before is not what grows now.</summary>
public sealed class CaseFacts
{
    /// <summary>Points of a curve.</summary>
    private const int CurvePoints = 60;

    private readonly Lazy<double[]> _seconds, _rss;
    private readonly Lazy<IReadOnlyDictionary<Category, double[]>> _byCategory;
    private readonly Lazy<GrowthMeasure> _growth;
    private readonly Lazy<IReadOnlyList<RegionGrowth>> _ranking;
    private readonly Lazy<ProcessAssessment> _snapshots;
    private readonly Lazy<IReadOnlyList<string>> _modules;
    private readonly Lazy<Residual?> _residual;
    private readonly Dictionary<Metric, double[]> _series = [];

    /// <summary>Facts of a case.</summary>
    public CaseFacts(CaseFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        File = file;
        Traced = new TracedFacts(file);
        From = Math.Max(0, file.From);
        To = Math.Min(file.To, Track.Points.Count - 1);
        _seconds = new(() => Count == 0 ? [] : TrackSeries.Seconds(Track)[From..(To + 1)]);
        _rss = new(() => Series(Metric.Rss));
        _byCategory = new(() => Count == 0 ? new Dictionary<Category, double[]>() : TrackSeries.ByCategory(Track, Metric.Rss, file.Overrides).ToDictionary(c => c.Key, c => c.Value[From..(To + 1)]));
        _growth = new(() => GrowthFit.Measure(Seconds, Rss));
        _ranking = new(() => Count == 0 ? [] : GrowthRanking.Rank(Track, SteadyFrom, To));
        _snapshots = new(() => ProcessAssessor.Assess(Track, file.From, file.To, file.Overrides));
        _modules = new(() => Count == 0 ? [] : FileNames(Vmas));
        _residual = new(FindResidual);
    }

    /// <summary>The case.</summary>
    public CaseFile File { get; }

    /// <summary>Its track.</summary>
    public Track Track => File.Track;

    /// <summary>First point of the window.</summary>
    public int From { get; }

    /// <summary>Last point, counted.</summary>
    public int To { get; }

    /// <summary>Snapshots of the window.</summary>
    public int Count => Math.Max(0, To - From + 1);

    /// <summary>What the snapshots alone come to.</summary>
    public ProcessAssessment Snapshots => _snapshots.Value;

    /// <summary>Whether RSS grows in a form that does not end by itself.</summary>
    public bool Grows => Snapshots.Kind == "leak";

    /// <summary>Seconds of the window's points, on the axis of the track.</summary>
    public double[] Seconds => _seconds.Value;

    /// <summary>RSS at the window's points, bytes; NaN where the source prints none.</summary>
    public double[] Rss => _rss.Value;

    /// <summary>The same by category.</summary>
    public IReadOnlyDictionary<Category, double[]> ByCategory => _byCategory.Value;

    /// <summary>Growth of RSS.</summary>
    public GrowthMeasure Growth => _growth.Value;

    /// <summary>Slope behind the warm-up, bytes per second.</summary>
    public double Slope => Growth.Steady.BytesPerSecond;

    /// <summary>The first point behind the warm-up.</summary>
    public int SteadyFrom => Growth.WarmUpSeconds > 0 && Array.FindIndex(Seconds, s => s >= Growth.Steady.FromSeconds) is > 0 and var at ? From + at : From;

    /// <summary>How far into the window that is.</summary>
    public int SteadyIndex => SteadyFrom - From;

    /// <summary>Regions by growth behind the warm-up, fastest first.</summary>
    public IReadOnlyList<RegionGrowth> Ranking => _ranking.Value;

    /// <summary>The region that grows fastest, or null when none does.</summary>
    public RegionGrowth? Fastest => Ranking.Count > 0 && Ranking[0].BytesPerSecond > 0 ? Ranking[0] : null;

    /// <summary>Change of RSS behind the warm-up, bytes.</summary>
    public long ChangeBytes => Change(Rss);

    /// <summary>The mappings of the window's last point.</summary>
    public VmaTable Vmas => Count == 0 ? VmaTable.Empty : Track.VmasAt(To);

    /// <summary>Names of the files mapped at the window's end, as the source prints them.</summary>
    public IReadOnlyList<string> Modules => _modules.Value;

    /// <summary>RSS of the window's last point, bytes; 0 when not printed.</summary>
    public long RssBytes => Rss.Length > 0 && double.IsFinite(Rss[^1]) ? (long)Rss[^1] : 0;

    /// <summary>What a heap profile that covers the window does not explain: of the first profile that counts every block, else of any; or null.</summary>
    public Residual? Residual => _residual.Value;

    /// <summary>What traces say.</summary>
    public TracedFacts Traced { get; }

    /// <summary>Where the snapshots of the window are: <c>smaps #1 … #91</c>.</summary>
    public string SnapshotWords => Count == 0 ? "" : $"{Track.Source.Text()} {Number(From)}{(Count > 1 ? $" … {Number(To)}" : "")}";

    /// <summary>The snapshots as a source of evidence.</summary>
    public EvidenceSource SnapshotSource(Category? category = null) => new(EvidenceKind.Snapshots, SnapshotWords) { Category = category?.Slug() };

    /// <summary><c>#56</c>.</summary>
    public string Number(int at) => string.Create(CultureInfo.InvariantCulture, $"#{Track.Points[at].Number}");

    /// <summary>A number of smaps over the window; NaN where not printed.</summary>
    public double[] Series(Metric metric)
    {
        if (!_series.TryGetValue(metric, out var series)) _series[metric] = series = Count == 0 ? [] : TrackSeries.Total(Track, metric)[From..(To + 1)];
        return series;
    }

    /// <summary>Sum of some categories over the window; null where none of them is ever seen.</summary>
    public double[]? Of(IReadOnlyList<Category> categories)
    {
        double[]? sum = null;
        foreach (var category in categories.Distinct())
        {
            if (!ByCategory.TryGetValue(category, out var values)) continue;
            if (sum is null) sum = [.. values];
            else for (var i = 0; i < sum.Length; i++) sum[i] += values[i];
        }
        return sum;
    }

    /// <summary>Slope of a series of the window behind the warm-up.</summary>
    public double SlopeOf(double[] series) => GrowthFit.Slope(Seconds.AsSpan(SteadyIndex), series.AsSpan(SteadyIndex));

    /// <summary>Share of a series in the growth of RSS, by slopes: those of all categories add up. 0 when RSS does not grow.</summary>
    public double ShareOf(double[]? series) => series is null || !(Slope > 0) ? 0 : SlopeOf(series) / Slope;

    /// <summary>Last less first finite value behind the warm-up, bytes.</summary>
    public long Change(double[] series)
    {
        var finite = Array.FindAll(series[Math.Min(SteadyIndex, series.Length)..], double.IsFinite);
        return finite.Length == 0 ? 0 : (long)(finite[^1] - finite[0]);
    }

    /// <summary>First and last finite value of the window, or null.</summary>
    public static (long First, long Last)? Ends(double[]? series)
    {
        var finite = series is null ? [] : Array.FindAll(series, double.IsFinite);
        return finite.Length == 0 ? null : ((long)finite[0], (long)finite[^1]);
    }

    /// <summary>A series for a tiny picture.</summary>
    public static IReadOnlyList<double> Curve(double[]? series)
    {
        var finite = series is null ? [] : Array.FindAll(series, double.IsFinite);
        if (finite.Length <= CurvePoints) return finite;
        return [.. Enumerable.Range(0, CurvePoints).Select(i => finite[(int)((long)i * (finite.Length - 1) / (CurvePoints - 1))])];
    }

    /// <summary>Files of a process whose name (without its folder) or path matches a pattern.</summary>
    public IReadOnlyList<string> ModulesLike(IReadOnlyList<string> patterns) => [.. Modules.Where(m => Pattern.MatchesAny(patterns, FileName(m)) || Pattern.MatchesAny(patterns, m))];

    /// <summary>The version of a card's product that the process runs, and where it was read; null when nothing says it.</summary>
    public (ProductVersion Version, string Where)? VersionOf(Card card)
    {
        ArgumentNullException.ThrowIfNull(card);
        foreach (var (key, value) in File.Process.Labels)
        {
            if (card.Product is { } product && (key.Equals(product, StringComparison.OrdinalIgnoreCase) || key.Equals(product + ".version", StringComparison.OrdinalIgnoreCase)) && ProductVersion.Parse(value) is { } labelled)
                return (labelled, $"label {key}");
        }
        foreach (var pattern in card.ProductVersions)
            foreach (var path in Modules) if (InPath(pattern, path) is { } version) return (version, path);
        return null;
    }

    /// <summary>The name of a file without its folder and without the kernel's remark that it is gone.</summary>
    public static string FileName(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.EndsWith(" (deleted)", StringComparison.Ordinal) ? name[..^" (deleted)".Length] : name;
    }

    private static ProductVersion? InPath(string pattern, string path)
    {
        const string Mark = "{version}";
        var mark = pattern.IndexOf(Mark, StringComparison.Ordinal);
        var (before, behind) = (pattern[..mark], pattern[(mark + Mark.Length)..]);
        for (var at = 0; at < path.Length; at++)
        {
            if (!char.IsAsciiDigit(path[at]) || (at > 0 && char.IsAsciiDigit(path[at - 1])) || !Pattern.Matches(before, path.AsSpan(0, at))) continue;
            if (ProductVersion.Parse(path[at..]) is { } version && Pattern.Matches(behind, path.AsSpan(at + version.Text.Length))) return version;
        }
        return null;
    }

    private static List<string> FileNames(VmaTable vmas)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in vmas.NameColumn) if (name.Length > 0 && name[0] != '[') names.Add(name);
        return [.. names];
    }

    private Residual? FindResidual()
    {
        if (Count == 0) return null;
        Residual? any = null;
        foreach (var course in File.Heaps)
        {
            if (Heap.Residual.Of(File, course) is not { } residual) continue;
            if (course.IsComplete) return residual;
            any ??= residual;
        }
        return any;
    }
}
