using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Callchains as wire records.</summary>
internal static class CallchainWires
{
    /// <summary>
    /// The answer with its callchains spelled out: as many as both bounds allow, the rest in sum. Of a comparison those that differ most, whichever way, are kept.
    /// </summary>
    /// <param name="answer">The answer.</param>
    /// <param name="most">Most callchains.</param>
    /// <param name="mostFrames">Most frames of all together.</param>
    public static CallchainsWire ToWire(this StackAnswer answer, int most, int mostFrames = int.MaxValue)
    {
        var samples = answer.Samples;
        var kept = new int[samples.Count];
        for (var i = 0; i < kept.Length; i++) kept[i] = i;
        if (kept.Length > most || samples.Depth > mostFrames)
        {
            if (answer.IsComparison) Array.Sort(kept, (a, b) => Magnitude(b).CompareTo(Magnitude(a)) is not 0 and var order ? order : a.CompareTo(b));
            var (chains, frames) = (0, 0L);
            while (chains < Math.Min(kept.Length, most) && (frames += samples.FramesOf(kept[chains]).Length) <= mostFrames) chains++;
            Array.Resize(ref kept, chains);
            // In the order of the answer again.
            Array.Sort(kept);
        }
        var items = Array.ConvertAll(kept, i => Item(answer, i));
        return answer.Head with
        {
            Items = items,
            Omitted = kept.Length < samples.Count ? new OmittedCallchainsWire(samples.Count - kept.Length, Saturating.Add(answer.Head.TotalBytes, -items.SumOf(i => i.Bytes))) : null,
        };

        Int128 Magnitude(int chain) => Int128.Abs((Int128)samples.WeightOf(chain) - samples.BaseOf(chain));
    }

    private static CallchainWire Item(StackAnswer answer, int chain)
    {
        var (weight, before, figures) = (answer.Samples.WeightOf(chain), answer.Samples.BaseOf(chain), answer.Figures[chain]);
        var frames = Array.ConvertAll(answer.Samples.FramesOf(chain).ToArray(), f => answer.Frames[f]);
        return new CallchainWire(Saturating.Add(weight, -before), figures.Calls, frames)
        {
            Quality = StackEvidence.QualityOf(frames), Motifs = figures.MappedBytes > 0 && answer.Head.HeapProfile is null ? StackEvidence.MotifsOf(frames) : [],
            OutstandingBytes = figures.OutstandingBytes, MappedBytes = figures.MappedBytes, ResidentBytes = figures.ResidentBytes, Calls = figures.Calls,
            BaseBytes = answer.IsComparison ? before : null,
        };
    }
}
