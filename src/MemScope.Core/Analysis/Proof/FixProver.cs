using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Growth;

namespace MemScope.Core.Analysis.Proof;

/// <summary>
/// Tells from two windows whether a change ended a growth. That both runs had the same work to do it cannot know. A fix is proven by what did not happen: the old growth, at the lower end of its interval, would have been seen many
/// times over in the time that the changed run was watched.
/// </summary>
public static class FixProver
{
    /// <summary>At the upper end of its interval the changed run may still have this share of the old rate's lower end: what is left then is another, slower growth, if any.</summary>
    public const double MostLeft = 0.1;

    /// <summary>
    /// The old rate would have brought so many deviations of RSS, those of the changed run about its level or those of the old run about its line, whichever are greater. A line deviates from its own level by 0.37 of its rise, so a run
    /// that still grows at the old rate has 2.7 and cannot pass. Deviations are 1.4826 times the median absolute one, which is the standard deviation of normal noise and does not heed outliers.
    /// </summary>
    public const double TimesNoise = 10;

    /// <summary>From this share of the old rate's lower end on, at the lower end of its own interval, a run that takes no form that a leak has is not fixed all the same.</summary>
    public const double StillGrows = 0.5;

    /// <summary>Share of the points at each end whose medians tell how far RSS rose: a late step moves the median of all slopes little.</summary>
    private const int EndShare = 5;

    /// <summary>The verdict over the RSS of two windows.</summary>
    /// <param name="before">Seconds and bytes of the run that grew.</param>
    /// <param name="after">Those of the run with the change.</param>
    public static FixProof Of((double[] Seconds, double[] Bytes) before, (double[] Seconds, double[] Bytes) after)
    {
        var (was, now) = (GrowthFit.Measure(before.Seconds, before.Bytes), GrowthFit.Measure(after.Seconds, after.Bytes));
        if (was.Points < ProcessAssessor.FewestSnapshots) return Told(ProofVerdict.CannotTellYet, FixWords.FewBefore(was.Points));
        if (!KeepsGrowing(was, before)) return MayGrow(was) ? Told(ProofVerdict.CannotTellYet, FixWords.UnclearBefore(was)) : Told(ProofVerdict.NothingToFix, FixWords.NothingToFix(was));

        var rest = Behind(now, after);
        var (low, high) = (now.Steady.LowBytesPerSecond, now.Steady.HighBytesPerSecond);
        // The old run may have grown only from some time after its start: the changed one is watched from there on.
        var seconds = Math.Clamp(Length(after) - was.WarmUpSeconds, 0, Length(rest));
        var old = was.Steady.LowBytesPerSecond;
        var grown = Behind(was, before);
        var expected = Math.Min(old * seconds, LeastRise(grown, seconds));
        var needed = Math.Max(ProcessAssessor.SmallestLeakBytes, TimesNoise * Math.Max(Deviation(rest.Bytes), Deviation([.. grown.Bytes.Select((b, i) => b - (was.Steady.BytesPerSecond * grown.Seconds[i]))])));
        var enough = rest.Bytes.Length >= ProcessAssessor.FewestSnapshots;
        if (KeepsGrowing(now, after)) return Told(ProofVerdict.NotFixed, FixWords.StillGrows(was, now)) with { ExpectedBytes = expected };
        if (enough && expected >= ProcessAssessor.SmallestLeakBytes && low >= StillGrows * old) return Told(ProofVerdict.NotFixed, FixWords.StillGrows(was, now)) with { ExpectedBytes = expected };

        var rise = rest.Bytes.Length == 0 ? 0 : Rise(rest.Bytes);
        var settled = now.WarmUpSeconds <= Straight.WarmUp * Length(after);
        var narrow = high <= MostLeft * old;
        var flat = rise <= MostLeft * expected && (now.FloorBytesPerSecond ?? 0) <= MostLeft * old;
        if (enough && settled && narrow && flat && expected >= needed) return Told(ProofVerdict.Fixed, FixWords.Fixed(was, now, seconds, expected, rise)) with { ExpectedBytes = expected };

        var more = More();
        return Told(ProofVerdict.CannotTellYet, FixWords.NotYet(was, now, rest.Bytes.Length, expected, needed, flat, more)) with { ExpectedBytes = expected, MoreSeconds = more };

        FixProof Told(ProofVerdict verdict, string words) => new(verdict, was, now, words);

        // How much longer the changed run must be watched, or null where time alone does not tell.
        double? More()
        {
            if (rest.Bytes.Length < 2 || Length(rest) <= 0) return was.WarmUpSeconds + (ProcessAssessor.SmallestLeakBytes / old);
            var step = Length(rest) / (rest.Bytes.Length - 1);
            var most = Math.Max(needed / old, step * (ProcessAssessor.FewestSnapshots - 1));
            if (!settled) most = Math.Max(most, now.WarmUpSeconds * (1 - Straight.WarmUp) / Straight.WarmUp);
            // The interval of a slope narrows with the power of 1.5 of the time.
            if (!narrow && high > low) most = Math.Max(most, Length(rest) * Math.Pow((high - low) / (2 * MostLeft * old), 2.0 / 3));
            return most > seconds ? most - seconds : flat ? Length(rest) : null;
        }
    }

    /// <summary>The measure by which a process is called a leak: a form that does not end by itself, to the end, and enough of it.</summary>
    private static bool KeepsGrowing(GrowthMeasure growth, (double[] Seconds, double[] Bytes) run) => growth.Points >= ProcessAssessor.FewestSnapshots && TimeToLimit.KeepsGrowing(growth)
        && growth.Steady.BytesPerSecond * (Last(run.Seconds) - growth.Steady.FromSeconds) >= ProcessAssessor.SmallestLeakBytes;

    /// <summary>Rises, but not in a form that says that it goes on.</summary>
    private static bool MayGrow(GrowthMeasure growth) => growth.Shape is not (GrowthShape.Flat or GrowthShape.Plateau or GrowthShape.BurstHold or GrowthShape.Step)
        && (growth.FloorBytesPerSecond is > 0 || (growth.Steady.LowBytesPerSecond > 0 && growth.ChangeBytes >= ProcessAssessor.SmallestLeakBytes));

    private static (double[] Seconds, double[] Bytes) Behind(GrowthMeasure growth, (double[] Seconds, double[] Bytes) run)
    {
        var kept = Enumerable.Range(0, run.Seconds.Length).Where(i => double.IsFinite(run.Seconds[i]) && double.IsFinite(run.Bytes[i]) && run.Seconds[i] >= growth.Steady.FromSeconds).ToArray();
        return ([.. kept.Select(i => run.Seconds[i])], [.. kept.Select(i => run.Bytes[i])]);
    }

    private static double Length((double[] Seconds, double[] Bytes) run) => run.Seconds.Length == 0 ? 0 : Last(run.Seconds) - run.Seconds[0];

    private static double Last(double[] values) => values.Length == 0 ? 0 : values[^1];

    /// <summary>Standard deviation about the median, by the median absolute deviation.</summary>
    private static double Deviation(double[] bytes)
    {
        if (bytes.Length == 0) return 0;
        var middle = Median([.. bytes]);
        return 1.4826 * Median([.. bytes.Select(b => Math.Abs(b - middle))]);
    }

    /// <summary>
    /// What the old run brought in the poorest time of a length: growth in bursts pauses by itself. Times longer than half of the run are as poor as the poorest half, as often as it goes into them.
    /// </summary>
    private static double LeastRise((double[] Seconds, double[] Bytes) run, double length)
    {
        var half = Length(run) / 2;
        if (half <= 0 || length <= 0) return 0;
        var (part, least) = (Math.Min(length, half), double.PositiveInfinity);
        for (int from = 0, to = 0; from < run.Seconds.Length; from++)
        {
            while (to < run.Seconds.Length && run.Seconds[to] - run.Seconds[from] < part) to++;
            if (to == run.Seconds.Length) break;
            // The window may be longer than asked: gaps between snapshots count by their share.
            least = Math.Min(least, (run.Bytes[to] - run.Bytes[from]) * part / (run.Seconds[to] - run.Seconds[from]));
        }
        return double.IsFinite(least) ? Math.Max(0, least * length / part) : 0;
    }

    private static double Rise(double[] bytes)
    {
        var count = Math.Max(1, bytes.Length / EndShare);
        return Median(bytes[^count..]) - Median(bytes[..count]);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
