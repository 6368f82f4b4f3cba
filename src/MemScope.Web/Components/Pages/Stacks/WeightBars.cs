using MemScope.Core.Model;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>
/// The same events under two weights: by bytes mapped the function leads that maps and unmaps all day, by what stayed the one that leaks. Says nothing where both give the same picture.
/// </summary>
internal static class WeightBars
{
    private const double Notable = 0.1;

    /// <summary>Two bars, what was mapped first; none where the weights agree within a tenth, or one of them is nothing.</summary>
    public static IReadOnlyList<WeightBar> Of(CallForest forest)
    {
        var answer = forest.Answer;
        if (answer.Head.Growth is not null) return [];
        var isHeap = answer.Head.Weight == "live";
        var hasResident = false;
        for (var chain = 0; chain < answer.Samples.Count; chain++) hasResident |= answer.Figures[chain].ResidentBytes > 0;
        var stayed = isHeap ? CallchainWeight.Live : hasResident ? CallchainWeight.Resident : CallchainWeight.Outstanding;

        var isWrapper = answer.Frames.Select(Frames.IsWrapper).ToArray();
        var sites = new Dictionary<int, (long Mapped, long Stayed)>();
        for (var chain = 0; chain < answer.Samples.Count; chain++)
        {
            if (!forest.IsKept(chain)) continue;
            var site = SiteOf(answer.Samples.FramesOf(chain), isWrapper);
            var function = site < 0 ? -1 : forest.Boxes.Functions[forest.Boxes.Frames[site]];
            var sum = sites.GetValueOrDefault(function);
            sites[function] = (Saturating.Add(sum.Mapped, answer.Figures[chain].MappedBytes), Saturating.Add(sum.Stayed, answer.Figures[chain].By(stayed)));
        }
        var (mapped, left) = (sites.Values.SumOf(s => s.Mapped), sites.Values.SumOf(s => s.Stayed));
        if (mapped <= 0 || left <= 0 || sites.Count < 2) return [];
        var leader = sites.MaxBy(s => s.Value.Stayed);
        if (Math.Abs((double)leader.Value.Mapped / mapped - (double)leader.Value.Stayed / left) < Notable) return [];
        var byMapped = sites.Where(s => s.Key != leader.Key).MaxBy(s => s.Value.Mapped);
        var byStayed = sites.Where(s => s.Key != leader.Key).MaxBy(s => s.Value.Stayed);
        return
        [
            new("mapped", mapped, Name(leader.Key), leader.Value.Mapped, Name(byMapped.Key), byMapped.Value.Mapped),
            new(stayed.Slug(), left, Name(leader.Key), leader.Value.Stayed, byStayed.Value.Stayed > 0 ? Name(byStayed.Key) : null, byStayed.Value.Stayed),
        ];

        string Name(int function)
        {
            if (function < 0) return "no stack";
            for (var box = 0; box < forest.Boxes.Count; box++)
                if (forest.Boxes.Functions[box] == function) return Frames.Title(forest.Boxes[box]);
            return "";
        }
    }

    private static int SiteOf(ReadOnlySpan<int> frames, bool[] isWrapper)
    {
        foreach (var frame in frames)
            if (!isWrapper[frame]) return frame;
        return frames.Length > 0 ? frames[0] : -1;
    }
}
