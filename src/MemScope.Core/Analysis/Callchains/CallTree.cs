using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

/// <summary>
/// Callchains folded into a tree: a node is a way from the root, its weight that of all chains along it. Nodes are numbers and their facts stand in arrays; children of a node stand side by side, the
/// widest first, so that a view of a tree of millions of nodes touches only what it shows.
/// <para>
/// In a comparison every chain has a signed difference, and a node knows what grew and what shrank beneath it. It is as wide as both together, as in pprof (google/pprof PR 790): a function that moved
/// from one caller to another is seen, though its sum is the same, and children never stand out over their parent.
/// </para>
/// </summary>
public sealed partial class CallTree
{
    /// <summary>The node of all chains.</summary>
    public const int Root = 0;

    /// <summary>Box of a frame that is probably missing.</summary>
    public const int Gap = -1;

    /// <summary>Box of the root, where it is no function.</summary>
    public const int NoBox = -2;

    private readonly int[] _boxes;
    private readonly int[] _parents;
    private readonly int[] _firsts;
    private readonly long[] _weights;
    private readonly Signed? _signed;

    private CallTree(int[] boxes, int[] parents, int[] firsts, long[] weights, Signed? signed) => (_boxes, _parents, _firsts, _weights, _signed) = (boxes, parents, firsts, weights, signed);

    /// <summary>Nodes, the root among them.</summary>
    public int Count => _boxes.Length;

    /// <summary>Whether weights are compared with those of a base.</summary>
    public bool IsComparison => _signed is not null;

    /// <summary>Memory that the tree takes, in bytes.</summary>
    public long Bytes => (long)Count * (IsComparison ? 44 : 20);

    /// <summary>Box of a node, <see cref="Gap"/> or <see cref="NoBox"/>.</summary>
    public int BoxOf(int node) => _boxes[node];

    /// <summary>The node above; the root's is the root.</summary>
    public int ParentOf(int node) => _parents[node];

    /// <summary>The first of its children, which stand side by side, the widest first.</summary>
    public int FirstChildOf(int node) => _firsts[node];

    /// <summary>How many children it has.</summary>
    public int ChildrenOf(int node) => _firsts[node + 1] - _firsts[node];

    /// <summary>Weight of all chains through it; of a comparison, what they weigh now.</summary>
    public long TotalOf(int node) => _weights[node];

    /// <summary>What they weighed in the base; 0 where nothing is compared.</summary>
    public long BaseOf(int node) => _signed?.Base[node] ?? 0;

    /// <summary>Sum of the differences of the chains that grew.</summary>
    public long GrownOf(int node) => _signed?.Grown[node] ?? 0;

    /// <summary>Sum of the differences of the chains that shrank, as a positive number.</summary>
    public long ShrunkOf(int node) => _signed?.Shrunk[node] ?? 0;

    /// <summary>How wide it is drawn: its weight; of a comparison, all that changed beneath it, both ways.</summary>
    public long WidthOf(int node) => _signed is { } signed ? Saturating.Add(signed.Grown[node], signed.Shrunk[node]) : _weights[node];

    /// <summary>Weight of the chains that end in it.</summary>
    public long SelfOf(int node) => Rest(_weights, node);

    /// <summary>The same in the base.</summary>
    public long SelfBaseOf(int node) => _signed is { } signed ? Rest(signed.Base, node) : 0;

    /// <summary>Nodes above it, 0 for the root.</summary>
    public int DepthOf(int node)
    {
        var depth = 0;
        for (; node != Root; node = _parents[node]) depth++;
        return depth;
    }

    /// <summary>The nodes from the root to a node, both among them.</summary>
    public IReadOnlyList<int> WayTo(int node)
    {
        var way = new List<int> { node };
        while (node != Root) way.Add(node = _parents[node]);
        way.Reverse();
        return way;
    }

    /// <summary>The child of a node with that box, or null.</summary>
    public int? ChildOf(int node, int box)
    {
        for (var child = _firsts[node]; child < _firsts[node + 1]; child++)
            if (_boxes[child] == box) return child;
        return null;
    }

    // What stops at the greatest number closes no sum; it must not turn negative either.
    private long Rest(long[] of, int node)
    {
        var rest = of[node];
        for (var child = _firsts[node]; child < _firsts[node + 1]; child++) rest -= of[child];
        return Math.Max(0, rest);
    }

    /// <summary>What a comparison knows of each node.</summary>
    /// <param name="Base">Weight in the base.</param>
    /// <param name="Grown">Differences of chains that grew.</param>
    /// <param name="Shrunk">Those of chains that shrank, as positive numbers.</param>
    private sealed record Signed(long[] Base, long[] Grown, long[] Shrunk);
}
