using System.Globalization;
using System.Text;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>
/// Adds up callchains that are the same code, over several traces: frames are compared by call site, which is the offset in their module. Two calls of one function from different lines
/// stay apart. Where a tracer printed no address the function's name has to do.
/// </summary>
internal sealed class CallchainMerge
{
    private readonly Dictionary<string, CallchainWire> _byFrames = new(StringComparer.Ordinal);

    public void Add(IReadOnlyList<FrameWire> frames, long outstanding, long mapped, long calls, long? resident)
    {
        var key = Key(frames);
        if (!_byFrames.TryGetValue(key, out var sum)) sum = new CallchainWire(0, 0, frames);
        _byFrames[key] = sum with
        {
            OutstandingBytes = Saturating.Add(sum.OutstandingBytes, outstanding),
            MappedBytes = Saturating.Add(sum.MappedBytes, mapped),
            Calls = Saturating.Add(sum.Calls, calls),
            ResidentBytes = resident is null ? sum.ResidentBytes : (sum.ResidentBytes ?? 0) + resident,
        };
    }

    /// <summary>Heaviest first; callchains without weight stand at the end, so that nothing that was traced is left out.</summary>
    public IReadOnlyList<CallchainWire> Ranked(CallchainWeight weight) => Ranked(_byFrames.Values, weight);

    /// <summary>The same answer by another weight: its callchains carry them all.</summary>
    public static CallchainsWire Reweighed(CallchainsWire answer, CallchainWeight weight)
    {
        var items = Ranked(answer.Items, weight);
        return answer with { Weight = weight.Slug(), TotalBytes = items.SumOf(i => i.Bytes), Items = items };
    }

    private static IReadOnlyList<CallchainWire> Ranked(IEnumerable<CallchainWire> callchains, CallchainWeight weight) =>
    [
        .. callchains
            .Select(c => c with { Bytes = WeightOf(c, weight), Count = c.Calls })
            .OrderByDescending(c => c.Bytes)
            .ThenByDescending(c => c.OutstandingBytes)
            .ThenByDescending(c => c.MappedBytes)
            .ThenByDescending(c => c.Calls),
    ];

    private static long WeightOf(CallchainWire chain, CallchainWeight weight) => weight switch
    {
        CallchainWeight.Outstanding or CallchainWeight.Live => chain.OutstandingBytes,
        CallchainWeight.Resident => chain.ResidentBytes ?? 0,
        CallchainWeight.Mapped => chain.MappedBytes,
        _ => chain.Calls,
    };

    private static string Key(IReadOnlyList<FrameWire> frames)
    {
        var key = new StringBuilder();
        foreach (var f in frames)
            key.Append(CultureInfo.InvariantCulture, $"{f.Function}\u0001{f.Offset}\u0001{Path.GetFileName(f.Module)}\u0001{f.Line}\u0001{(f.Inlined ? 'i' : ' ')}{(f.GapAfter ? 'g' : ' ')}\u0002");
        return key.ToString();
    }
}
