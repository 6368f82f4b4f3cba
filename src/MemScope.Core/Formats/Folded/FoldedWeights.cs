using System.Runtime.InteropServices;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Folded;

/// <summary>The numbers of the distinct stacks. Whole ones are added exactly; fractions are added before they are rounded.</summary>
internal sealed class FoldedWeights
{
    private readonly Dictionary<int, int> _indexOf = [];
    private readonly List<Weight> _weights = [];

    private record struct Weight(int Node, int Line, long Whole, double Fraction, long WholeBefore, double FractionBefore);

    /// <summary>Adds the numbers of a line to those of its stack.</summary>
    public void Add(int node, FoldedCount count, FoldedCount before, int line)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_indexOf, node, out var known);
        if (!known)
        {
            index = _weights.Count;
            _weights.Add(new Weight(node, line, 0, 0, 0, 0));
        }
        ref var weight = ref CollectionsMarshal.AsSpan(_weights)[index];
        weight.Whole = Saturating.Add(weight.Whole, count.Whole);
        weight.Fraction += count.Fractional;
        weight.WholeBefore = Saturating.Add(weight.WholeBefore, before.Whole);
        weight.FractionBefore += before.Fractional;
    }

    /// <summary>The last numbers, or the ones before, as a dump.</summary>
    public HeapDump Dump(StackTrie stacks, string? label, bool before)
    {
        var sites = _weights.ConvertAll(w => new HeapSite
        {
            Callchain = stacks.CallchainOf(w.Node),
            Live = before ? Rounded(w.WholeBefore, w.FractionBefore) : Rounded(w.Whole, w.Fraction),
            Line = w.Line,
        });
        return new HeapDump(sites) { Label = label, LiveBytes = sites.SumOf(s => s.Live ?? 0), Line = 1 };
    }

    private static long Rounded(long whole, double fraction) => Saturating.Add(whole, (long)Math.Round(fraction));
}
