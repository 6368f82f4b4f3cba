using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>
/// The distinct stacks of a profile as a tree: what they share from the root on is kept once, and frames are numbers, which may get their names later (JSON that lists its
/// frames at the end). A number stands at a node for a stack; only nodes that a site points to become callchains.
/// </summary>
/// <param name="limits">Caps the frames of a stack.</param>
/// <param name="mostNodes">Frames of the tree, half a GiB with what finds them: a few bytes of a file can be one.</param>
/// <param name="mostFrames">Frames of all callchains together, 256 MiB of references: a small file of opening calls can describe stacks without end.</param>
internal sealed class StackTrie(Limits limits, int mostNodes = 8 << 20, long mostFrames = 32 << 20)
{
    /// <summary>The stack without a frame.</summary>
    public const int Root = 0;

    private readonly List<Node> _nodes = [new(-1, -1, 0)];
    private readonly Dictionary<long, int> _children = [];
    private readonly Dictionary<int, int> _callchainOf = [];
    private readonly List<int> _ends = [];
    private long _frames;

    private readonly record struct Node(int Parent, int Frame, int Depth);

    /// <summary>How often a stack was deeper than the cap and was cut.</summary>
    public long CutStacks { get; private set; }

    /// <summary>How many stacks were left out because all callchains together became too large.</summary>
    public long LeftOut { get; private set; }

    /// <summary>The stack of a node with one more frame above it; the node itself where it is as deep as is kept, or the tree is full.</summary>
    public int Child(int node, int frame)
    {
        var key = ((long)node << 32) | (uint)frame;
        if (_children.TryGetValue(key, out var child)) return child;
        var depth = _nodes[node].Depth;
        if (depth >= limits.CallchainFrames || _nodes.Count >= mostNodes)
        {
            CutStacks++;
            return node;
        }
        _nodes.Add(new Node(node, frame, depth + 1));
        _children.Add(key, _nodes.Count - 1);
        return _nodes.Count - 1;
    }

    /// <summary>The node of a whole stack. Of one that is too deep the frames next to the leaf are kept.</summary>
    public int Intern(ReadOnlySpan<int> leafFirst)
    {
        if (leafFirst.Length > limits.CallchainFrames)
        {
            CutStacks++;
            leafFirst = leafFirst[..limits.CallchainFrames];
        }
        var node = Root;
        for (var i = leafFirst.Length - 1; i >= 0; i--) node = Child(node, leafFirst[i]);
        return node;
    }

    /// <summary>Index of the callchain of a node; -1 of the stack without frames, and of one that is left out.</summary>
    public int CallchainOf(int node)
    {
        if (node == Root) return -1;
        if (_callchainOf.TryGetValue(node, out var known)) return known;
        if (_frames + _nodes[node].Depth > mostFrames)
        {
            LeftOut++;
            return -1;
        }
        _frames += _nodes[node].Depth;
        _ends.Add(node);
        _callchainOf.Add(node, _ends.Count - 1);
        return _ends.Count - 1;
    }

    /// <summary>The callchains that were asked for, in that order.</summary>
    /// <param name="frame">The frame of a number.</param>
    public IReadOnlyList<Callchain> Callchains(Func<int, RawFrame> frame)
    {
        var callchains = new Callchain[_ends.Count];
        for (var i = 0; i < callchains.Length; i++)
        {
            var node = _nodes[_ends[i]];
            var frames = new RawFrame[node.Depth];
            for (var f = 0; f < frames.Length; f++, node = _nodes[node.Parent]) frames[f] = frame(node.Frame);
            callchains[i] = new Callchain(frames);
        }
        return callchains;
    }

    /// <summary>What is missing of the stacks, as losses of the profile.</summary>
    public IEnumerable<TraceLoss> Losses()
    {
        if (CutStacks > 0) yield return new TraceLoss("cut-stacks", CutStacks, $"{CutStacks} stacks were deeper than {limits.CallchainFrames} frames, or one too many for the tree of all, and are cut.");
        if (LeftOut > 0) yield return new TraceLoss("missing-stacks", LeftOut, $"{LeftOut} stacks are left out, for all together would have more than {mostFrames} frames; their numbers are kept.");
    }
}
