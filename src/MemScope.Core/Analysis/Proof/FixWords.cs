using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Growth;

namespace MemScope.Core.Analysis.Proof;

/// <summary>The sentences of a <see cref="FixProof"/>.</summary>
internal static class FixWords
{
    public static string FewBefore(int points) =>
        $"The run before has {SizeWords.Count(points, "snapshot")}: {ProcessAssessor.FewestSnapshots} are the fewest that tell growth from a step.";

    public static string UnclearBefore(GrowthMeasure was) => $"The run before rose by {SizeWords.Size(was.ChangeBytes)}, but not in a form that tells growth from warm-up: a longer run of it would.";

    public static string NothingToFix(GrowthMeasure was) => $"The run before does not keep growing: RSS moved from {SizeWords.Size(was.FirstBytes)} to {SizeWords.Size(was.LastBytes)}, and its form is {was.Shape.ToString().ToLowerInvariant()}. There is no growth that a change could have ended.";

    public static string StillGrows(GrowthMeasure was, GrowthMeasure now) => $"RSS still grows: by {Interval(now)}, before the change by {Interval(was)}.";

    public static string Fixed(GrowthMeasure was, GrowthMeasure now, double seconds, double expected, double rise) =>
        $"The growth of {Interval(was)} is gone: RSS now grows by {Interval(now)}. In the {SizeWords.Length(TimeSpan.FromSeconds(seconds))} watched the old rate would have brought {SizeWords.Size((long)expected)}; it {Moved(rise)}.";

    public static string NotYet(GrowthMeasure was, GrowthMeasure now, int points, double expected, double needed, bool flat, double? more)
    {
        var start = $"Before the change RSS grew by {Interval(was)}. ";
        var reason = points < ProcessAssessor.FewestSnapshots ? $"The changed run shows {SizeWords.Count(points, "snapshot")} so far; {ProcessAssessor.FewestSnapshots} are the fewest. "
            : expected < needed ? $"In the time watched the old rate would have brought {SizeWords.Size((long)expected)}, which does not stand out of what RSS moves by itself: {SizeWords.Size((long)needed)} would. "
            : !flat ? $"The changed run rose, though by less: by {Interval(now)}. "
            : $"The changed run's growth is known too roughly: {Interval(now)}. ";
        return start + reason + (more is { } seconds ? $"Watch it for about {SizeWords.Length(Rounded(seconds))} longer." : "Time alone does not tell: see what rose.");
    }

    /// <summary><c>24.7 MiB/min (24.6 to 24.8)</c>: behind the warm-up, with the 95 % interval. The interval is that of the robust slope: a least-squares slope beside it is one that single points made.</summary>
    public static string Interval(GrowthMeasure growth)
    {
        var (low, high) = (growth.Steady.LowBytesPerSecond, growth.Steady.HighBytesPerSecond);
        string[] texts = [Rate(Math.Clamp(growth.Steady.BytesPerSecond, Math.Min(low, high), Math.Max(low, high))), Rate(low), Rate(high)];
        var units = texts.Select(t => t[(t.LastIndexOf(' ') + 1)..]).Distinct(StringComparer.Ordinal).ToList();
        return units.Count == 1 && texts[0].Contains(' ', StringComparison.Ordinal) ? $"{texts[0]} ({texts[1][..texts[1].LastIndexOf(' ')]} to {texts[2][..texts[2].LastIndexOf(' ')]})" : $"{texts[0]} ({texts[1]} to {texts[2]})";
    }

    private static string Rate(double bytesPerSecond) => bytesPerSecond * 3600 is > -1 and < 1 ? "0" : (bytesPerSecond < 0 ? "\u2212" : "") + AssessmentWords.Rate(bytesPerSecond);

    private static string Moved(double rise) => Math.Abs(rise) < 1 ? "did not change" : $"{(rise < 0 ? "fell" : "rose")} by {SizeWords.Size((long)rise)}";

    /// <summary>Two digits say how long; more would be no surer.</summary>
    private static TimeSpan Rounded(double seconds)
    {
        const double most = 3650 * 86_400.0;
        var bounded = Math.Clamp(seconds, 1, most);
        var unit = Math.Pow(10, Math.Floor(Math.Log10(bounded)) - 1);
        return TimeSpan.FromSeconds(Math.Ceiling(bounded / Math.Max(unit, 1)) * Math.Max(unit, 1));
    }
}
