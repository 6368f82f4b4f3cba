using MemScope.Core.Analysis.Callchains;

namespace MemScope.Tests.Callchains;

public sealed class CallTreeTests
{
    // Functions by letter; a capital is the same function inlined, '!' after a frame is a gap between it and its caller.
    private const string Functions = "abcdefgh";

    [Fact]
    public void Callers_stand_above_callees_and_the_widest_first()
    {
        var tree = RootUp(("leaf:c b a", 100), ("leaf:d b a", 300), ("leaf:b a", 5));

        Assert.Equal(["a 405", " b 405 self 5", "  d 300 self 300", "  c 100 self 100"], Lines(tree));
        Assert.Equal(405, tree.TotalOf(CallTree.Root));
    }

    [Fact]
    public void Leaf_up_the_roots_are_where_chains_end() =>
        Assert.Equal(["d 300", " b 300", "  a 300 self 300", "c 100", " b 100", "  a 100 self 100", "b 5", " a 5 self 5"], Lines(RootUp(("leaf:c b a", 100), ("leaf:d b a", 300), ("leaf:b a", 5)).LeafUp()));

    [Fact]
    public void A_gap_is_a_row_between_a_frame_and_its_caller_in_both_directions()
    {
        var tree = RootUp(("leaf:c! b a", 7));

        Assert.Equal(["a 7", " b 7", "  gap 7", "   c 7 self 7"], Lines(tree));
        Assert.Equal(["c 7", " gap 7", "  b 7", "   a 7 self 7"], Lines(tree.LeafUp()));
    }

    [Fact]
    public void Merged_a_function_stands_once_per_chain_with_what_its_last_call_reaches() =>
        Assert.Equal(["a 13", " d 8", "  c 8", "   e 8 self 8", " b 5", "  c 5 self 5"], Lines(RootUp(("leaf:e c d a c! b a", 8), ("leaf:c B a", 5)).Merged(FunctionOf)));

    [Fact]
    public void A_sandwich_counts_a_recursive_function_once()
    {
        var tree = RootUp(("leaf:c b d b a", 10), ("leaf:b e", 3), ("leaf:a", 2));
        var b = Functions.IndexOf('b', StringComparison.Ordinal);

        Assert.Equal(["a 10 self 10", "e 3 self 3"], Lines(tree.CallersOf(b, FunctionOf)));
        Assert.Equal(["d 10", " b 10", "  c 10 self 10"], Lines(tree.CalleesOf(b, FunctionOf)));
        Assert.Equal((13, 3), (tree.CalleesOf(b, FunctionOf).TotalOf(CallTree.Root), tree.CalleesOf(b, FunctionOf).SelfOf(CallTree.Root)));
        Assert.Equal(13, tree.Weigh(FunctionOf)[b].Total);
    }

    [Fact]
    public void A_comparison_is_as_wide_as_what_changed_both_ways()
    {
        var samples = new StackSamples.Builder();
        samples.Add([1, 0], 100, 40); // b in a grew by 60
        samples.Add([2, 0], 0, 60); // c in a is gone
        samples.Add([3, 0], 9, 9); // d in a stayed
        var tree = CallTree.RootUp(samples.Build(), Boxes);
        var a = tree.FirstChildOf(CallTree.Root);

        Assert.True(tree.IsComparison);
        Assert.Equal((109, 109, 60, 60, 120), (tree.TotalOf(a), tree.BaseOf(a), tree.GrownOf(a), tree.ShrunkOf(a), tree.WidthOf(a)));
        Assert.Equal([1, 2, 3], Enumerable.Range(tree.FirstChildOf(a), tree.ChildrenOf(a)).Select(tree.BoxOf));
        Assert.Equal(0, tree.WidthOf(tree.FirstChildOf(a) + 2));
    }

    [Fact]
    public void A_line_that_moved_is_no_change()
    {
        var samples = new StackSamples.Builder();
        samples.Add([0, 2], 50, 0);
        samples.Add([1, 2], 0, 50);
        var tree = CallTree.RootUp(samples.Build(), new FrameBoxes([0, 0, 1], [false, false, false]));

        Assert.Equal((0L, 0L), (tree.WidthOf(CallTree.Root), tree.GrownOf(CallTree.Root)));
    }

    [Fact]
    public void A_negative_weight_is_a_shrink_and_sums_stop_at_the_greatest_number()
    {
        var samples = new StackSamples.Builder();
        samples.Add([0], -5);
        samples.Add([1], long.MinValue);
        samples.Add([2], long.MaxValue);
        samples.Add([3], long.MaxValue);
        var tree = CallTree.RootUp(samples.Build(), Boxes);

        Assert.Equal((long.MaxValue, long.MaxValue, long.MaxValue), (tree.TotalOf(CallTree.Root), tree.BaseOf(CallTree.Root), tree.WidthOf(CallTree.Root)));
        Assert.All(Enumerable.Range(0, tree.Count), n => Assert.InRange(tree.SelfOf(n), 0, long.MaxValue));
        Assert.All(VisibleBoxes.Of(tree, CallTree.Root, 0, 100).Boxes, b => Assert.InRange(b.X + b.Width, 0, 1 + 1e-9));
    }

    [Fact]
    public void Events_without_a_stack_are_the_roots_own()
    {
        var tree = RootUp(("leaf:", 4), ("leaf:a", 6));

        Assert.Equal((10, 4), (tree.TotalOf(CallTree.Root), tree.SelfOf(CallTree.Root)));
        Assert.Equal((10, 4), (tree.LeafUp().TotalOf(CallTree.Root), tree.LeafUp().SelfOf(CallTree.Root)));
    }

    [Fact]
    public void Only_chains_that_are_kept_count()
    {
        var samples = Samples(("leaf:b a", 1), ("leaf:c a", 2));
        Assert.Equal(["a 2", " c 2 self 2"], Lines(CallTree.RootUp(samples, Boxes, keep: chain => chain == 1)));
    }

    [Fact]
    public void What_is_too_thin_is_counted_and_not_drawn_and_the_widest_boxes_come_first()
    {
        var tree = RootUp(("leaf:b a", 900), ("leaf:c a", 90), ("leaf:d a", 9), ("leaf:e a", 1));

        var all = VisibleBoxes.Of(tree, CallTree.Root, 0, 100);
        Assert.Equal((6, 0), (all.Boxes.Count, all.Hidden));
        Assert.Equal(["abcde"], [string.Concat(all.Boxes.Skip(1).Select(b => Functions[tree.BoxOf(b.Node)]))]);
        Assert.Equal([0.0, 0, 0, 0.9, 0.99, 0.999], all.Boxes.Select(b => Math.Round(b.X, 6)));
        var some = VisibleBoxes.Of(tree, CallTree.Root, 0.05, 100);
        Assert.Equal((4, 2), (some.Boxes.Count, some.Hidden));
        var few = VisibleBoxes.Of(tree, CallTree.Root, 0, 3);
        Assert.Equal((3, 3), (few.Boxes.Count, few.Hidden));
        Assert.Equal((1, 0.0, 1.0), (VisibleBoxes.Of(tree, tree.FirstChildOf(CallTree.Root), 0, 1).Boxes.Count, few.Boxes[0].X, few.Boxes[0].Width));
    }

    internal static FrameBoxes Boxes { get; } = new([.. Enumerable.Range(0, 32).Select(f => f % 16)], [.. Enumerable.Range(0, 32).Select(f => f >= 16)]);

    // Boxes 8 to 15 are the inlined calls of the functions 0 to 7.
    internal static int[] FunctionOf { get; } = [.. Enumerable.Range(0, 16).Select(b => b % 8)];

    private static CallTree RootUp(params (string Chain, long Weight)[] chains) => CallTree.RootUp(Samples(chains), Boxes);

    private static StackSamples Samples(params (string Chain, long Weight)[] chains)
    {
        var samples = new StackSamples.Builder();
        foreach (var (chain, weight) in chains)
        {
            var frames = chain["leaf:".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name =>
                Functions.IndexOf(char.ToLowerInvariant(name[0]), StringComparison.Ordinal) + (char.IsUpper(name[0]) ? 8 : 0) + (name.EndsWith('!') ? 16 : 0));
            samples.Add([.. frames], weight);
        }
        return samples.Build();
    }

    private static List<string> Lines(CallTree tree)
    {
        var lines = new List<string>();
        Write(CallTree.Root, -1);
        return lines;

        void Write(int node, int depth)
        {
            if (depth >= 0)
            {
                var name = tree.BoxOf(node) == CallTree.Gap ? "gap" : Functions[tree.BoxOf(node) % 8].ToString();
                lines.Add(FormattableString.Invariant($"{new string(' ', depth)}{name} {tree.TotalOf(node)}{(tree.SelfOf(node) > 0 ? FormattableString.Invariant($" self {tree.SelfOf(node)}") : "")}"));
            }
            for (var i = 0; i < tree.ChildrenOf(node); i++) Write(tree.FirstChildOf(node) + i, depth + 1);
        }
    }
}
