using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>A region's history in a few sentences, for a person who reads it in a ticket. Runs of equal changes are one sentence.</summary>
public static class RegionStory
{
    /// <summary>More sentences than this are told by kind instead of in turn; there are fewer kinds.</summary>
    private const int MostSentences = 12;

    /// <summary>The history, earliest first: birth, what happened, how it stands.</summary>
    public static IReadOnlyList<string> Tell(Track track, Region region)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(region);
        var steps = Steps(track, region);
        var runs = Runs(steps);
        // A region that does several things in turn all day: one sentence for each of them.
        if (runs.Count > MostSentences - 2) runs = [.. steps.GroupBy(s => s.Kind).Select(g => g.ToList())];
        return [Birth(track, region), .. runs.Select(r => Sentence(track, r)), End(track, region)];
    }

    /// <summary>What a part of a region is and since when.</summary>
    public static string Of(Track track, RegionPart part)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(part);
        string Number(int at) => string.Create(CultureInfo.InvariantCulture, $"#{track.Points[at].Number}");
        var size = RegionWords.Size(part.Range.Length / (ulong)part.Pieces);
        return part.Origin switch
        {
            PartOrigin.Grown when part.Pieces > 1 => $"came in {Count(part.Pieces, "step")} of growth, {Number(part.Since)} to {Number(part.Until)}",
            PartOrigin.Grown => $"came at {Number(part.Since)}, when the region grew",
            PartOrigin.Joined => $"a region of its own since {Number(part.Since)}, joined to this one at {Number(part.Until)}",
            PartOrigin.Traced when part.Pieces > 1 => $"{Count(part.Pieces, "mapping")} of {size} each that a trace saw made",
            PartOrigin.Traced => $"a mapping of {size} that a trace saw made",
            PartOrigin.Placed => $"most likely a large mapping of its own, there since {Number(part.Since)} or before: it lies at multiples of 2 MiB with free addresses above it, where the kernel puts those",
            _ => part.Since == 0 ? $"there in the first snapshot, {Number(0)}" : $"there from the start, {Number(part.Since)}",
        };
    }

    private static List<List<Step>> Runs(List<Step> steps)
    {
        var runs = new List<List<Step>>();
        foreach (var step in steps)
        {
            if (runs.Count > 0 && runs[^1][0].Kind == step.Kind && step.Kind is not (StepKind.TookIn or StepKind.Split)) runs[^1].Add(step);
            else runs.Add([step]);
        }
        return runs;
    }

    private enum StepKind { SlidDown, PushedUp, GrewBothWays, StartCutOff, EndCutOff, ShrankBothWays, Shifted, Moved, TookIn, Split, Reprotected }

    private sealed record Step(StepKind Kind, RegionChange Change, long Bytes);

    private static List<Step> Steps(Track track, Region region)
    {
        var steps = new List<Step>();
        foreach (var change in region.Changes.Skip(1))
        {
            if (change.At > region.LastAt) break; // its end
            var bytes = (long)change.After.Length - (long)change.Before.Length;
            if (KindOf(change, track) is { } kind) steps.Add(new(kind, change, bytes));
        }
        // What a join or a cut explains is told by it.
        var explained = steps.Where(s => s.Kind is StepKind.TookIn or StepKind.Split).Select(s => s.Change.At).ToHashSet();
        steps.RemoveAll(s => explained.Contains(s.Change.At) && s.Kind is not (StepKind.TookIn or StepKind.Split or StepKind.Moved or StepKind.Reprotected));
        return steps;
    }

    private static StepKind? KindOf(RegionChange c, Track track) => c.Kind switch
    {
        RegionChangeKind.Grown => c.Before.End == c.After.End ? StepKind.SlidDown : c.Before.Start == c.After.Start ? StepKind.PushedUp : StepKind.GrewBothWays,
        RegionChangeKind.Shrunk => c.Before.End == c.After.End ? StepKind.StartCutOff : c.Before.Start == c.After.Start ? StepKind.EndCutOff : StepKind.ShrankBothWays,
        // mremap may put a table onto a part of where it was; of equal length it may as well be a mapping cut at one end that grew at the other.
        RegionChangeKind.Moved => c.Before.Overlap(c.After) > 0 && c.Before.Length == c.After.Length && !c.Exact ? StepKind.Shifted : StepKind.Moved,
        RegionChangeKind.Merged when c.Other is { } other && track.Find(other) is not null => StepKind.TookIn,
        RegionChangeKind.Split => StepKind.Split,
        RegionChangeKind.Reprotected => StepKind.Reprotected,
        _ => null,
    };

    private static string Birth(Track track, Region region)
    {
        var born = region.Changes[0];
        var size = RegionWords.Size(born.After.Length);
        if (born.Kind == RegionChangeKind.Split) return $"Cut off {Name(track, born.Other, born.At)} at {When(track, born.At)} with {size}.";
        return born.At == 0
            ? $"There with {size} in the first snapshot, {When(track, 0)}: how long before that is not known."
            : $"Born at {When(track, born.At)} with {size}.";
    }

    private static string End(Track track, Region region)
    {
        var last = region.Changes[^1];
        if (region.LastAt == track.Points.Count - 1) return $"Still there in the last snapshot, {When(track, region.LastAt)}, with {RegionWords.Size(track.RangeOf(region, region.LastAt).Length)}.";
        return last is { Kind: RegionChangeKind.Merged, Other: { } heir }
            ? $"At {When(track, last.At)} its {RegionWords.Size(last.Before.Length)} were joined into {Name(track, heir, last.At)}."
            : $"Gone at {When(track, region.LastAt + 1)}; it was {RegionWords.Size(last.Before.Length)}.";
    }

    private static string Sentence(Track track, List<Step> run)
    {
        var (first, last) = (run[0].Change, run[^1].Change);
        var when = run.Count == 1 ? $"At {When(track, first.At)}" : $"From {When(track, first.At)} to {When(track, last.At)}";
        var bytes = RegionWords.Size((ulong)Math.Abs(run.Sum(s => s.Bytes)));
        var (times, all) = (run.Count == 1 ? "" : $" {Count(run.Count, "time")}", run.Count == 1 ? "" : " in all");
        var sentence = run[0].Kind switch
        {
            StepKind.SlidDown => $"{when} its end stayed and its start slid down{times}, +{bytes}{all}: mappings were added below it and the kernel merged them",
            StepKind.PushedUp => $"{when} its start stayed and its end moved up{times}, +{bytes}{all}",
            StepKind.GrewBothWays => $"{when} it grew at both ends{times}, +{bytes}{all}: neighbours came and the kernel merged them",
            StepKind.StartCutOff => $"{when} its end stayed and its start moved up{times}, -{bytes}{all}",
            StepKind.EndCutOff => $"{when} its start stayed and its end moved down{times}, -{bytes}{all}",
            StepKind.ShrankBothWays => $"{when} it shrank at both ends{times}, -{bytes}{all}",
            StepKind.Shifted => $"{when} both its ends shifted by the same{times} (inferred)",
            StepKind.Moved => Moves(when, run, bytes),
            StepKind.TookIn => TookIn(track, when, run),
            StepKind.Split when run.Count > 1 => $"{when} {Count(run.Count, "part")} of it became mappings of their own",
            StepKind.Split => $"{when} a part of it became {Name(track, first.Other, first.At)}",
            _ => $"{when} its permissions changed{times}",
        };
        var inferred = run[0].Kind is not (StepKind.Moved or StepKind.Shifted or StepKind.TookIn) && run.Exists(s => !s.Change.Exact) ? " (inferred: the snapshots lie far apart)" : "";
        return sentence + inferred + ".";
    }

    private static string Moves(string when, List<Step> run, string bytes)
    {
        var exact = run.Count(s => s.Change.Exact);
        var how = exact == run.Count ? "a trace shows the mremap" : exact == 0 ? "inferred from its size and use" : string.Create(CultureInfo.InvariantCulture, $"{exact:N0} of them shown by a trace, the others inferred");
        var change = run.Sum(s => s.Bytes) switch { 0 => "", > 0 => $" and grew by {bytes}", _ => $" and shrank by {bytes}" };
        return run.Count == 1
            ? $"{when} it moved from {run[0].Change.Before.Start:x} to {run[0].Change.After.Start:x}{change} ({how})"
            : $"{when} it moved {Count(run.Count, "time")}{change} ({how})";
    }

    private static string TookIn(Track track, string when, List<Step> run)
    {
        var change = run[0].Change;
        if (run.Count > 1) return $"{when} it took in {Count(run.Count, "region")}, {RegionWords.Size((ulong)run.Sum(s => (long)s.Change.Before.Length))} in all";
        var joined = track.Find(change.Other!.Value)!;
        return $"{when} it took in {RegionWords.Size(change.Before.Length)} at {change.Before.Start:x}, a region of its own since #{track.Points[joined.BornAt].Number}";
    }

    private static string Name(Track track, Guid? region, int at)
    {
        if (region is not { } id || track.Find(id) is not { } other) return "another mapping";
        var range = track.NearestExtentOf(other, at).Range;
        return $"the mapping of {RegionWords.Size(range.Length)} at {range.Start:x}";
    }

    /// <summary>Number and time of a snapshot: <c>#3 (14:02:11)</c>, with the date where it is not the first snapshot's.</summary>
    private static string When(Track track, int at)
    {
        var (number, time) = (track.Points[at].Number, track.Points[at].TakenAt.UtcDateTime);
        var format = time.Date == track.Points[0].TakenAt.UtcDateTime.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss";
        return $"#{number} ({time.ToString(format, CultureInfo.InvariantCulture)})";
    }

    private static string Count(int count, string noun) => SizeWords.Count(count, noun);
}
