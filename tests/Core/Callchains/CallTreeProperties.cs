using FsCheck;
using FsCheck.Fluent;
using MemScope.Core.Analysis.Callchains;

namespace MemScope.Tests.Callchains;

/// <summary>Every form of the tree against sums over the chains themselves.</summary>
public sealed class CallTreeProperties
{
    private static Gen<(int[] Frames, long Weight, long Base)> Chains { get; } =
        from frames in Gen.ArrayOf(Gen.Choose(0, 31)) from weight in Gen.Choose(0, 1000) from inBase in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(0, 1000))) select (frames, (long)weight, (long)inBase);

    [Fact]
    public void Sums_close_at_every_node_of_every_form() => Holds(samples =>
    {
        var tree = Tree(samples);
        return Forms(tree).All(form => Enumerable.Range(0, form.Count).All(node => Closes(form, node)));
    });

    [Fact]
    public void Every_form_weighs_what_the_chains_weigh() => Holds(samples =>
    {
        var (now, inBase) = (Sum(samples, _ => true), SumBase(samples, _ => true));
        var tree = Tree(samples);
        return ((CallTree[])[tree, tree.LeafUp(), tree.Merged(CallTreeTests.FunctionOf)]).All(t => t.TotalOf(CallTree.Root) == now && t.BaseOf(CallTree.Root) == inBase && t.GrownOf(CallTree.Root) - t.ShrunkOf(CallTree.Root) == (t.IsComparison ? now - inBase : 0));
    });

    [Fact]
    public void The_roots_of_the_inverted_tree_are_the_own_weights_of_the_boxes() => Holds(samples =>
    {
        var inverted = Tree(samples).LeafUp();
        return Enumerable.Range(0, CallTreeTests.Boxes.Count).All(box =>
            (inverted.ChildOf(CallTree.Root, box) is { } node ? inverted.TotalOf(node) : 0) == Sum(samples, frames => frames.Length > 0 && CallTreeTests.Boxes[frames[0]] == box));
    });

    [Fact]
    public void A_sandwich_weighs_what_the_function_weighs_and_a_recursive_one_counts_once() => Holds(samples =>
    {
        var tree = Tree(samples);
        var table = tree.Weigh(CallTreeTests.FunctionOf);
        return Enumerable.Range(0, 8).All(function =>
        {
            var total = Sum(samples, frames => frames.Any(f => Function(f) == function));
            var (callers, callees) = (tree.CallersOf(function, CallTreeTests.FunctionOf), tree.CalleesOf(function, CallTreeTests.FunctionOf));
            return callers.TotalOf(CallTree.Root) == total && callees.TotalOf(CallTree.Root) == total && table[function].Total == total
                && table[function].Self == Sum(samples, frames => frames.Length > 0 && Function(frames[0]) == function)
                && callers.WidthOf(CallTree.Root) == callees.WidthOf(CallTree.Root);
        });
    });

    [Fact]
    public void Merged_no_way_holds_a_function_twice() => Holds(samples =>
    {
        var tree = Tree(samples).Merged(CallTreeTests.FunctionOf);
        return Enumerable.Range(0, tree.Count).All(node => tree.WayTo(node).Skip(1).Select(tree.BoxOf) is var way && way.Distinct().Count() == way.Count());
    });

    [Fact]
    public void Boxes_lie_inside_their_parents_and_beside_each_other() => Holds(samples =>
    {
        var tree = Tree(samples);
        var boxes = VisibleBoxes.Of(tree, CallTree.Root, 0.01, 50).Boxes;
        var byNode = boxes.ToDictionary(b => b.Node);
        return boxes.Count <= 50 && boxes.Skip(1).All(b =>
        {
            var above = byNode[tree.ParentOf(b.Node)];
            return b.Row == above.Row + 1 && b.X >= above.X - 1e-9 && b.X + b.Width <= above.X + above.Width + 1e-9 && b.Width >= 0.01;
        }) && boxes.GroupBy(b => b.Row).All(row => row.OrderBy(b => b.X).Aggregate((End: 0.0, Good: true), (state, b) => (b.X + b.Width, state.Good && b.X >= state.End - 1e-9)).Good);
    });

    private static void Holds(Func<(int[] Frames, long Weight, long Base)[], bool> law) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Chains.ArrayOf().ToArbitrary(), law));

    private static CallTree Tree((int[] Frames, long Weight, long Base)[] chains)
    {
        var samples = new StackSamples.Builder();
        foreach (var (frames, weight, inBase) in chains) samples.Add(frames, weight, inBase);
        return CallTree.RootUp(samples.Build(), CallTreeTests.Boxes);
    }

    private static IEnumerable<CallTree> Forms(CallTree tree) =>
        [tree, tree.LeafUp(), tree.Merged(CallTreeTests.FunctionOf), .. Enumerable.Range(0, 8).SelectMany(f => (CallTree[])[tree.CallersOf(f, CallTreeTests.FunctionOf), tree.CalleesOf(f, CallTreeTests.FunctionOf)])];

    private static bool Closes(CallTree tree, int node)
    {
        var children = Enumerable.Range(tree.FirstChildOf(node), tree.ChildrenOf(node)).ToList();
        return tree.SelfOf(node) >= 0 && tree.SelfBaseOf(node) >= 0
            && tree.TotalOf(node) == tree.SelfOf(node) + children.Sum(tree.TotalOf)
            && tree.BaseOf(node) == tree.SelfBaseOf(node) + children.Sum(tree.BaseOf)
            && (!tree.IsComparison || tree.GrownOf(node) - tree.ShrunkOf(node) == tree.TotalOf(node) - tree.BaseOf(node))
            && children.Sum(tree.WidthOf) <= tree.WidthOf(node)
            && children.All(c => tree.ParentOf(c) == node && tree.WayTo(c)[^2] == node)
            && children.Zip(children.Skip(1)).All(pair => tree.WidthOf(pair.First) >= tree.WidthOf(pair.Second));
    }

    private static int Function(int frame) => CallTreeTests.FunctionOf[CallTreeTests.Boxes[frame]];

    private static long Sum((int[] Frames, long Weight, long Base)[] chains, Func<int[], bool> of) => chains.Where(c => of(c.Frames)).Sum(c => c.Weight);

    private static long SumBase((int[] Frames, long Weight, long Base)[] chains, Func<int[], bool> of) => chains.Where(c => of(c.Frames)).Sum(c => c.Base);
}
