using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>A function in the tree of callchains, root up. Weights are those of the chains through it.</summary>
public sealed class StackNode
{
    internal StackNode(FrameWire? frame, int depth) => (Frame, Depth) = (frame, depth);

    /// <summary>The frame; null for the root and for a gap.</summary>
    public FrameWire? Frame { get; internal set; }

    /// <summary>Levels above, 0 for the root.</summary>
    public int Depth { get; }

    /// <summary>Whether it stands for a frame that is probably missing.</summary>
    public bool IsGap { get; internal init; }

    /// <summary>Weight of all chains through it: bytes, or calls.</summary>
    public long Total { get; internal set; }

    /// <summary>Weight of the chains that end in it.</summary>
    public long Self { get; internal set; }

    /// <summary>Callees, heaviest first.</summary>
    public IReadOnlyList<StackNode> Children => ChildList;

    /// <summary>Indexes of the way from the root, as an address carries it: <c>0.2.0</c>; empty for the root.</summary>
    public string Path { get; internal set; } = "";

    internal List<StackNode> ChildList { get; } = [];

    /// <summary>What the frame is called.</summary>
    public string Title => Frame is null ? "" : Frames.Title(Frame);
}

/// <summary>Callchains folded into a tree.</summary>
public static class StackTree
{
    /// <summary>Folds callchains; <paramref name="weight"/> is the slug that decides what is summed.</summary>
    public static StackNode Of(IReadOnlyList<CallchainWire> chains, string weight)
    {
        var root = new StackNode(null, 0);
        foreach (var chain in chains) Add(root, chain, WeightOf(chain, weight));
        Settle(root);
        return root;
    }

    /// <summary>What a chain weighs.</summary>
    public static long WeightOf(CallchainWire chain, string weight) => weight == "calls" ? chain.Calls : chain.Bytes;

    /// <summary>The node of a path, or the root when it leads nowhere.</summary>
    public static StackNode Find(StackNode root, string? path)
    {
        var node = root;
        foreach (var step in path?.Split('.', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (!int.TryParse(step, System.Globalization.CultureInfo.InvariantCulture, out var i) || i < 0 || i >= node.Children.Count) return root;
            node = node.Children[i];
        }
        return node;
    }

    /// <summary>The way from the root to a node, the root first.</summary>
    public static IReadOnlyList<StackNode> Way(StackNode root, string path)
    {
        var way = new List<StackNode> { root };
        foreach (var step in path.Split('.', StringSplitOptions.RemoveEmptyEntries)) way.Add(way[^1].Children[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]);
        return way;
    }

    private static void Add(StackNode root, CallchainWire chain, long weight)
    {
        root.Total = Saturating.Add(root.Total, weight);
        var node = root;
        for (var i = chain.Frames.Count - 1; i >= 0; i--)
        {
            if (chain.Frames[i].GapAfter && i < chain.Frames.Count - 1) node = Child(node, null, weight);
            node = Child(node, chain.Frames[i], weight);
        }
        node.Self = Saturating.Add(node.Self, weight);
    }

    private static StackNode Child(StackNode node, FrameWire? frame, long weight)
    {
        var child = node.ChildList.Find(c => frame is null ? c.IsGap : c.Frame is { } f && Frames.Same(f, frame));
        if (child is null) node.ChildList.Add(child = new StackNode(frame, node.Depth + 1) { IsGap = frame is null });
        else if (child.Frame is { Module: null } && frame?.Module is not null) child.Frame = frame; // another trace knows more of the same function
        child.Total = Saturating.Add(child.Total, weight);
        return child;
    }

    private static void Settle(StackNode node)
    {
        node.ChildList.Sort((a, b) => b.Total != a.Total ? b.Total.CompareTo(a.Total) : string.CompareOrdinal(a.Title, b.Title));
        for (var i = 0; i < node.ChildList.Count; i++)
        {
            node.ChildList[i].Path = node.Path.Length == 0 ? i.ToString(System.Globalization.CultureInfo.InvariantCulture) : FormattableString.Invariant($"{node.Path}.{i}");
            Settle(node.ChildList[i]);
        }
    }
}
