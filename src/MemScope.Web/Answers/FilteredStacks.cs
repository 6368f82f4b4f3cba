using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;

namespace MemScope.Web.Answers;

/// <summary>Answers cut down by the terms of a filter.</summary>
internal static class FilteredStacks
{
    /// <summary>The same answer with only the chains that pass.</summary>
    public static StackAnswer Only(this StackAnswer answer, StackFilter filter)
    {
        if (filter.IsEmpty) return answer;
        var keep = filter.Keep(answer.Samples, answer.Frames);
        var (samples, figures, total) = (new StackSamples.Builder(), new List<ChainFigures>(), 0L);
        for (var chain = 0; chain < keep.Length; chain++)
        {
            if (!keep[chain]) continue;
            samples.Add(answer.Samples.FramesOf(chain), answer.Samples.WeightOf(chain), answer.Samples.BaseOf(chain));
            figures.Add(answer.Figures[chain]);
            total = Saturating.Add(total, answer.Samples.WeightOf(chain) - answer.Samples.BaseOf(chain));
        }
        return answer with { Samples = samples.Build(), Figures = figures, Head = answer.Head with { TotalBytes = total } };
    }
}
