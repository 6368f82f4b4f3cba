using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Callchains as wire records.</summary>
internal static class CallchainWires
{
    /// <summary>The answer with its callchains spelled out: the heaviest <paramref name="most"/>, the rest in sum.</summary>
    public static CallchainsWire ToWire(this StackAnswer answer, int most)
    {
        var (samples, figures) = (answer.Samples, answer.Figures);
        var items = new CallchainWire[Math.Min(samples.Count, most)];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = new CallchainWire(samples.WeightOf(i), figures[i].Calls, Array.ConvertAll(samples.FramesOf(i).ToArray(), f => answer.Frames[f]))
            {
                OutstandingBytes = figures[i].OutstandingBytes, MappedBytes = figures[i].MappedBytes, ResidentBytes = figures[i].ResidentBytes, Calls = figures[i].Calls,
            };
        }
        var omitted = 0L;
        for (var i = items.Length; i < samples.Count; i++) omitted = Saturating.Add(omitted, samples.WeightOf(i));
        return answer.Head with { Items = items, Omitted = items.Length < samples.Count ? new OmittedCallchainsWire(samples.Count - items.Length, omitted) : null };
    }
}
