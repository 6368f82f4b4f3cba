namespace MemScope.Core.Analysis.Callchains;

/// <summary>A box of an icicle.</summary>
/// <param name="Node">Node of the tree.</param>
/// <param name="Row">Rows below the node that is zoomed into, whose row is 0.</param>
/// <param name="X">Left edge as a share of the width, 0 to 1.</param>
/// <param name="Width">Width as a share.</param>
public readonly record struct VisibleBox(int Node, int Row, double X, double Width);

/// <summary>The part of a tree that can be seen when a node fills the width: found from the widest boxes down, so it costs what it shows and not what the tree holds.</summary>
/// <param name="Boxes">The node itself, then what is below it, each before its children and those from left to right.</param>
/// <param name="Hidden">Boxes that are left out though the one above them is drawn.</param>
public sealed record VisibleBoxes(IReadOnlyList<VisibleBox> Boxes, int Hidden)
{
    /// <summary>What can be seen below a node.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="at">The node that fills the width.</param>
    /// <param name="thinnest">Least share of the width, 0 to 1.</param>
    /// <param name="most">Most boxes.</param>
    public static VisibleBoxes Of(CallTree tree, int at, double thinnest, int most)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var whole = tree.WidthOf(at);
        var drawn = new Dictionary<int, int> { [at] = 0 };
        var hidden = 0;
        var ahead = new PriorityQueue<int, (long, int)>();
        Open(at);
        while (drawn.Count < most && ahead.TryDequeue(out var node, out _))
        {
            drawn.Add(node, drawn[tree.ParentOf(node)] + 1);
            Open(node);
        }
        return new(Place(tree, at, drawn, whole), hidden + ahead.Count);

        void Open(int node)
        {
            var (child, end) = (tree.FirstChildOf(node), tree.FirstChildOf(node) + tree.ChildrenOf(node));
            for (; child < end && tree.WidthOf(child) > 0 && tree.WidthOf(child) >= thinnest * whole; child++) ahead.Enqueue(child, (-tree.WidthOf(child), child));
            hidden += end - child;
        }
    }

    private static List<VisibleBox> Place(CallTree tree, int at, Dictionary<int, int> drawn, long whole)
    {
        var boxes = new List<VisibleBox>(drawn.Count);
        var ahead = new Stack<VisibleBox>();
        ahead.Push(new(at, 0, 0, 1));
        var children = new List<VisibleBox>();
        while (ahead.TryPop(out var box))
        {
            boxes.Add(box);
            children.Clear();
            var x = box.X;
            var (child, end) = (tree.FirstChildOf(box.Node), tree.FirstChildOf(box.Node) + tree.ChildrenOf(box.Node));
            for (; child < end && drawn.ContainsKey(child); child++)
            {
                // Sums that stopped at the greatest number do not close: no box may leave its parent.
                var width = Math.Min((double)tree.WidthOf(child) / whole, Math.Max(0, box.X + box.Width - x));
                children.Add(new(child, box.Row + 1, x, width));
                x += width;
            }
            for (var i = children.Count - 1; i >= 0; i--) ahead.Push(children[i]);
        }
        return boxes;
    }
}
