using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

public sealed partial class CallTree
{
    /// <summary>Callers above callees: a node is a way from the thread's start inwards. A frame that is probably missing is a node of its own, <see cref="Gap"/>.</summary>
    /// <param name="samples">Chains. A negative weight counts as one of the base: such files are differences already.</param>
    /// <param name="boxes">Which frames are one box.</param>
    /// <param name="keep">Chains that count; all when null.</param>
    /// <param name="isComparison">Whether weights are compared with those of the base, even if the base holds none.</param>
    public static CallTree RootUp(StackSamples samples, FrameBoxes boxes, Predicate<int>? keep = null, bool isComparison = false)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(boxes);
        var builder = new Builder(isComparison || IsSigned(samples));
        var path = new List<int>();
        for (var chain = 0; chain < samples.Count; chain++)
        {
            if (keep is not null && !keep(chain)) continue;
            var frames = samples.FramesOf(chain);
            path.Clear();
            for (var i = frames.Length - 1; i >= 0; i--)
            {
                if (i < frames.Length - 1 && boxes.GapAfter(frames[i])) path.Add(Gap);
                path.Add(boxes[frames[i]]);
            }
            var (weight, inBase) = (samples.WeightOf(chain), samples.BaseOf(chain));
            builder.Add(builder.At(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(path)), Math.Max(0, weight), Saturating.Add(Math.Max(0, inBase), weight < 0 ? Saturating.Add(0, -Math.Max(weight, -long.MaxValue)) : 0));
        }
        builder.Compare();
        return builder.Build();
    }

    /// <summary>The same chains with callees above callers: the roots are the functions in which chains end.</summary>
    public CallTree LeafUp()
    {
        var builder = new Builder(IsComparison);
        var path = new List<int>();
        foreach (var end in Ends())
        {
            path.Clear();
            for (var node = end; node != Root; node = _parents[node]) path.Add(_boxes[node]);
            AddEnd(builder, builder.At(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(path)), end);
        }
        return builder.Build();
    }

    /// <summary>
    /// Callers above callees, by function: a function that calls itself, over others or not, stands once in a chain, at its first call, with what the last call reaches; gaps are left out.
    /// </summary>
    /// <param name="functions">Function of each box; boxes that differ only in being inlined are one.</param>
    public CallTree Merged(IReadOnlyList<int> functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        var builder = new Builder(IsComparison);
        var places = new int[functions.Count == 0 ? 0 : functions.Max() + 1];
        Array.Fill(places, -1);
        var (way, path) = (new List<int>(), new List<int>());
        foreach (var end in Ends())
        {
            way.Clear();
            path.Clear();
            for (var node = end; node != Root; node = _parents[node])
                if (_boxes[node] >= 0) way.Add(functions[_boxes[node]]);
            for (var i = way.Count - 1; i >= 0; i--)
            {
                if (places[way[i]] < 0)
                {
                    places[way[i]] = path.Count;
                    path.Add(way[i]);
                    continue;
                }
                // Called again: what lies between the two calls goes.
                var kept = places[way[i]] + 1;
                for (var j = kept; j < path.Count; j++) places[path[j]] = -1;
                path.RemoveRange(kept, path.Count - kept);
            }
            foreach (var function in path) places[function] = -1;
            AddEnd(builder, builder.At(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(path)), end);
        }
        return builder.Build();
    }

    /// <summary>Who calls a function, the nearest caller first; the root is the function. Together with <see cref="CalleesOf"/> it is the sandwich: both weigh what the function weighs, recursion counted once.</summary>
    /// <param name="function">The function.</param>
    /// <param name="functions">Function of each box.</param>
    public CallTree CallersOf(int function, IReadOnlyList<int> functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        var builder = new Builder(IsComparison, Representative(function, functions));
        var path = new List<int>();
        foreach (var outermost in Outermost(function, functions))
        {
            path.Clear();
            for (var node = _parents[outermost]; node != Root; node = _parents[node]) path.Add(_boxes[node]);
            builder.Add(builder.At(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(path)), TotalOf(outermost), BaseOf(outermost), GrownOf(outermost), ShrunkOf(outermost));
        }
        return builder.Build();
    }

    /// <summary>What a function calls; the root is the function. Of a recursive function its outermost calls count, and the inner ones stand below.</summary>
    /// <param name="function">The function.</param>
    /// <param name="functions">Function of each box.</param>
    public CallTree CalleesOf(int function, IReadOnlyList<int> functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        var builder = new Builder(IsComparison, Representative(function, functions));
        var ahead = new Stack<(int Node, int Place)>();
        foreach (var outermost in Outermost(function, functions)) ahead.Push((outermost, Root));
        while (ahead.TryPop(out var at))
        {
            AddEnd(builder, at.Place, at.Node);
            for (var child = _firsts[at.Node]; child < _firsts[at.Node + 1]; child++) ahead.Push((child, builder.Child(at.Place, _boxes[child])));
        }
        return builder.Build();
    }

    /// <summary>Own and total weight of every function, recursion counted once: the table beside the tree.</summary>
    /// <param name="functions">Function of each box.</param>
    public FunctionWeights[] Weigh(IReadOnlyList<int> functions)
    {
        ArgumentNullException.ThrowIfNull(functions);
        var weights = new FunctionWeights[functions.Count == 0 ? 0 : functions.Max() + 1];
        var open = new int[weights.Length];
        // Nodes on the way, and below them those that are still ahead; a complement marks the way back.
        var ahead = new Stack<int>();
        ahead.Push(Root);
        while (ahead.TryPop(out var node))
        {
            if (node < 0)
            {
                open[functions[_boxes[~node]]]--;
                continue;
            }
            if (_boxes[node] >= 0)
            {
                var function = functions[_boxes[node]];
                ref var sum = ref weights[function];
                sum = new(Saturating.Add(sum.Self, SelfOf(node)), Saturating.Add(sum.SelfBase, SelfBaseOf(node)),
                    open[function] > 0 ? sum.Total : Saturating.Add(sum.Total, TotalOf(node)), open[function] > 0 ? sum.TotalBase : Saturating.Add(sum.TotalBase, BaseOf(node)));
                open[function]++;
                ahead.Push(~node);
            }
            for (var child = _firsts[node]; child < _firsts[node + 1]; child++) ahead.Push(child);
        }
        return weights;
    }

    private static bool IsSigned(StackSamples samples)
    {
        for (var chain = 0; chain < samples.Count; chain++)
            if (samples.BaseOf(chain) != 0 || samples.WeightOf(chain) < 0) return true;
        return false;
    }

    // Nodes in which chains with weight end. The root is one where events came without a stack.
    private IEnumerable<int> Ends()
    {
        for (var node = 0; node < Count; node++)
            if (SelfOf(node) > 0 || SelfBaseOf(node) > 0) yield return node;
    }

    private void AddEnd(Builder builder, int place, int node) =>
        builder.Add(place, SelfOf(node), SelfBaseOf(node), _signed is null ? 0 : Rest(_signed.Grown, node), _signed is null ? 0 : Rest(_signed.Shrunk, node));

    private static int Representative(int function, IReadOnlyList<int> functions)
    {
        for (var box = 0; box < functions.Count; box++)
            if (functions[box] == function) return box;
        return NoBox;
    }

    private IEnumerable<int> Outermost(int function, IReadOnlyList<int> functions)
    {
        for (var node = 1; node < Count; node++)
        {
            if (_boxes[node] < 0 || functions[_boxes[node]] != function) continue;
            var above = _parents[node];
            while (above != Root && (_boxes[above] < 0 || functions[_boxes[above]] != function)) above = _parents[above];
            if (above == Root) yield return node;
        }
    }
}
