using System.Globalization;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Assessment;

/// <summary>
/// Judges a process by its snapshots alone. A leak takes a form that keeps growing (line, multiplication), in one category and to the end, not just a slope above zero: a
/// healthy process that warms up, breathes or sits on a plateau must never be called one.
/// </summary>
public static class ProcessAssessor
{
    /// <summary>With fewer snapshots a step looks like a line.</summary>
    public const int FewestSnapshots = 5;

    /// <summary>Smaller rises are not worth an alarm whatever their form.</summary>
    public const long SmallestLeakBytes = 512 * 1024;

    /// <summary>A category that leaks brings at least this share of what RSS grows by.</summary>
    private const double LeastShare = 0.2;

    /// <summary>The judgement over the whole track. Never throws; a track that cannot tell is <c>unclear</c> and says what would help.</summary>
    public static ProcessAssessment Assess(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        return Assess(track, 0, track.Points.Count - 1);
    }

    /// <summary>The judgement over the points <paramref name="from"/> to <paramref name="to"/>, both counted; <paramref name="overrides"/> go before the rules of categories.</summary>
    public static ProcessAssessment Assess(Track track, int from, int to, CategoryOverrides? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(track);
        var window = new AssessedWindow(track, from, to, overrides ?? CategoryOverrides.None);
        if (window.Count == 0) return Unclear("No snapshot yet.");
        if (!window.HasMappings) return Unclear("These snapshots show no mapping: a kernel thread, or a process that had ended.");
        if (!window.HasRss) return Unclear("These captures show addresses but no resident memory: smaps or pmap -x would.");
        if (window.Count < FewestSnapshots) return TooFew(window);
        if (window.Total.Steady.LowBytesPerSecond > 0 && Leaking(window) is var (category, growth))
        {
            if (category is Category.FileText or Category.FileData) return Unclear($"RSS rises by {AssessmentWords.Rate(growth.BytesPerSecond)}, all of it pages of files: the kernel can drop them at any time.");
            return Leak(window, category, growth);
        }
        return NoLeak(window, window.FastestCategory);
    }

    /// <summary>
    /// Of the categories that grow to the end in a form that does not end by itself the fastest, or null. It need not be the one that rose most: a cache that has filled may have
    /// brought more than the leak behind it.
    /// </summary>
    private static (Category Category, GrowthMeasure Growth)? Leaking(AssessedWindow window)
    {
        var least = LeastShare * window.Total.Steady.BytesPerSecond;
        var growing = window.Growths.Where(g => KeepsGrowing(window, g.Growth) && g.Growth.Steady.BytesPerSecond >= least).ToList();
        return growing.Count == 0 ? null : growing.MaxBy(g => g.Growth.Steady.BytesPerSecond);
    }

    private static bool KeepsGrowing(AssessedWindow window, GrowthMeasure growth) =>
        TimeToLimit.KeepsGrowing(growth) && window.SteadyBytes(growth) >= SmallestLeakBytes;

    private static ProcessAssessment Unclear(string summary, Category? category = null) => new("unclear", null, category, summary);

    private static ProcessAssessment TooFew(AssessedWindow window)
    {
        var missing = FewestSnapshots - window.Count;
        var more = string.Create(CultureInfo.InvariantCulture, $"{Spelled(missing)} more, a minute apart, would");
        if (window.Count == 1) return Unclear($"One snapshot shows what memory consists of, not how it grows. {more} tell.");
        var change = window.Total.ChangeBytes;
        var moved = change == 0 ? "RSS did not change" : $"RSS {(change > 0 ? "rose" : "fell")} by {SizeWords.Size(change)}";
        return Unclear($"{moved}, but {Spelled(window.Count).ToLowerInvariant()} snapshots cannot tell growth from a step. {more}.");
    }

    private static string Spelled(int number) => number switch { 1 => "One", 2 => "Two", 3 => "Three", 4 => "Four", _ => number.ToString(CultureInfo.InvariantCulture) };

    private static ProcessAssessment Leak(AssessedWindow window, Category category, GrowthMeasure growth)
    {
        var line = growth.Shape == GrowthShape.Linear ? " in a straight line" : ", faster all the time";
        var rate = AssessmentWords.Rate(growth.Steady.BytesPerSecond);
        if (category.IsMallocHeap())
        {
            var who = category == Category.Heap ? "The malloc heap grows" : "Malloc arenas grow";
            return new("leak", true, category, $"{who} by {rate}{line}. Who allocates it, a heap profile tells.");
        }
        return new("leak", false, category, $"Memory grows by {rate}{line}. {window.WhereItGrows(category)}");
    }

    private static ProcessAssessment NoLeak(AssessedWindow window, Category category)
    {
        var total = window.Total;
        var (last, span) = (SizeWords.Size(total.LastBytes), SizeWords.Length(window.Length));
        switch (total.Shape)
        {
            case GrowthShape.Flat:
                return new("healthy", null, null, $"RSS stays at {last}. Nothing grew in {span}.");
            case GrowthShape.Plateau or GrowthShape.BurstHold or GrowthShape.Step when window.Stairs is { } stairs:
                return Unclear(string.Create(CultureInfo.InvariantCulture, $"RSS rises in steps: {stairs.Steps} of about {SizeWords.Size((long)stairs.Bytes)}, {SizeWords.Length(TimeSpan.FromSeconds(stairs.Seconds))} apart, the last {SizeWords.Length(TimeSpan.FromSeconds(stairs.SinceLast))} before the end, mostly in {AssessmentWords.Name(category)}. A leak by the piece does that, and so does a cache that fills. A longer run tells."), category);
            case GrowthShape.Plateau or GrowthShape.BurstHold or GrowthShape.Step when window.LevelFrom is { } level:
                return window.ArenasHoldMost ? Retention(window, level) : new("healthy", null, null, Rose(total.Shape, level));
            case GrowthShape.Sawtooth when total.FloorBytesPerSecond is { } floor:
                return Unclear($"RSS rises and falls back between {window.Between}, but each time to a floor that is higher: by {AssessmentWords.Rate(floor)}. A leak beneath a garbage collector does that, and so does an old generation until its full collection. A longer run tells.", category);
            case GrowthShape.Sawtooth:
                return new("healthy", null, null, $"RSS rises and falls back between {window.Between}. No trend in {span}.");
        }
        if (total.LowBytesPerSecond > 0 && window.LaterHalf.LowBytesPerSecond > 0)
        {
            return Unclear($"RSS rose by {SizeWords.Size(total.ChangeBytes)} in {span}, mostly in {AssessmentWords.Name(category)}, but not in a form that tells growth from warm-up. A longer run would.", category);
        }
        return new("healthy", null, null, total.HighBytesPerSecond < 0
            ? $"RSS falls: it is at {last} after {SizeWords.Size(total.FirstBytes)} {span} before."
            : $"RSS moves between {window.Between}. No trend in {span}.");
    }

    private static string Rose(GrowthShape shape, DateTimeOffset level)
    {
        var how = shape == GrowthShape.Plateau ? "rose during warm-up" : "rose in a burst";
        return $"Memory {how} and has been level since {AssessmentWords.Clock(level)}. Nothing grows.";
    }

    private static ProcessAssessment Retention(AssessedWindow window, DateTimeOffset level)
    {
        var (arenas, bytes) = window.Arenas;
        var count = string.Create(CultureInfo.InvariantCulture, $"{arenas} malloc arenas");
        return new("retention", true, Category.Arena,
            $"RSS stays at {SizeWords.Size(window.Total.LastBytes)} since {AssessmentWords.Clock(level)}; {count} hold {SizeWords.Size(bytes)} of it. Nothing grows; how much of that is in use, a heap profile tells.");
    }
}
