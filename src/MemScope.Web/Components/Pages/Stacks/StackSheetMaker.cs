using System.Text;
using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Stacks;

/// <summary>Makes a sheet of an answer: finds the place, lays out what can be seen, cuts the tables.</summary>
internal sealed class StackSheetMaker
{
    private const int Tints = 4;
    private readonly CallForest _forest;
    private readonly StackShown _shown;
    private readonly Dictionary<string, int> _tints = new(StringComparer.Ordinal);
    private readonly bool[]? _found;
    private readonly bool[]? _foundFunctions;
    private readonly bool _byFunction;
    private readonly int[] _boxOfFunction;

    private StackSheetMaker(CallForest forest, StackShown shown)
    {
        (_forest, _shown, _byFunction) = (forest, shown, shown is { Form: StackShown.Merged, Around: null });
        _boxOfFunction = new int[forest.Functions.Count];
        for (var box = forest.Boxes.Count - 1; box >= 0; box--) _boxOfFunction[forest.Boxes.Functions[box]] = box;
        if (new TextPattern(shown.Find) is not { IsEmpty: false } pattern) return;
        (_found, _foundFunctions) = (new bool[forest.Boxes.Count], new bool[_boxOfFunction.Length]);
        for (var box = 0; box < _found.Length; box++)
        {
            _found[box] = StackFilter.Matches(pattern, forest.Boxes[box]);
            _foundFunctions[forest.Boxes.Functions[box]] |= _found[box];
        }
    }

    /// <summary>What is to be seen of an answer.</summary>
    public static StackSheet Make(CallForest forest, StackShown shown)
    {
        var root = forest.RootUp;
        var maker = new StackSheetMaker(forest, shown);
        var sheet = maker.WithTables(new StackSheet
        {
            Head = forest.Answer.Head,
            Shown = shown,
            IsComparison = root.IsComparison,
            Total = root.TotalOf(CallTree.Root),
            Base = root.BaseOf(CallTree.Root),
            Whole = root.WidthOf(CallTree.Root),
            FoundShare = maker.FoundShare(),
            WeightBars = WeightBars.Of(forest),
        });
        if (sheet.AllChains == 0 && !forest.Filter.IsEmpty) return sheet with { Excluding = forest.Filter.Excluding(forest.Answer.Samples, forest.Answer.Frames) ?? forest.Filter.Terms[^1] };
        return maker.FunctionOf(shown.Around) is { } function ? maker.Sandwich(sheet, function) : maker.Picture(sheet);
    }

    private StackSheet Picture(StackSheet sheet)
    {
        var tree = _shown.Form switch { StackShown.LeafUp => _forest.LeafUp, StackShown.Merged => _forest.Merged, _ => _forest.RootUp };
        var places = new StackPlace(tree, FrameOf);
        var at = places.Find(_shown.At, _byFunction ? _forest.Functions.Count : _forest.Boxes.Count);
        var way = tree.WayTo(at);
        var visible = VisibleBoxes.Of(tree, at, StackSheet.Thinnest, StackSheet.MostBoxes);
        var boxes = way.SkipLast(1).Select((node, row) => Box(tree, node, row, 0, 1) with { Place = places.Of(node) }).ToList();
        boxes.AddRange(Drawn(tree, visible, way.Count - 1, n => n).Select(b => b.Box with { Place = places.Of(b.Node), IsPicked = b.Node == at && at != CallTree.Root }));
        return Picked(sheet with { Boxes = boxes, Hidden = visible.Hidden }, tree, way, boxes[way.Count - 1]);
    }

    private StackSheet Sandwich(StackSheet sheet, int function)
    {
        var (callers, callees) = (_forest.RootUp.CallersOf(function, _forest.Boxes.Functions), _forest.RootUp.CalleesOf(function, _forest.Boxes.Functions));
        var (above, below) = (VisibleBoxes.Of(callers, CallTree.Root, StackSheet.Thinnest, StackSheet.MostBoxes / 2), VisibleBoxes.Of(callees, CallTree.Root, StackSheet.Thinnest, StackSheet.MostBoxes / 2));
        var middle = above.Boxes.Max(b => b.Row);
        var boxes = Drawn(callers, above, middle, row => -row).Skip(1).Select(b => b.Box).Concat(Drawn(callees, below, middle, row => row).Select(b => b.Box with { IsPicked = b.Node == CallTree.Root }));
        return sheet with
        {
            Boxes = [.. boxes.Select(b => b with { IsRoot = false, Place = b.Frame is { } frame ? StackPlace.Name(frame) : "" }).OrderBy(b => b.Row).ThenBy(b => b.X)],
            Hidden = above.Hidden + below.Hidden,
            Around = _forest.Boxes[_boxOfFunction[function]],
            AroundWeights = _forest.Functions[function],
        };
    }

    private IEnumerable<(int Node, StackBox Box)> Drawn(CallTree tree, VisibleBoxes visible, int first, Func<int, int> row)
    {
        var children = visible.Boxes.Skip(1).CountBy(b => tree.ParentOf(b.Node)).ToDictionary();
        foreach (var box in visible.Boxes)
        {
            var (next, end) = (tree.FirstChildOf(box.Node) + children.GetValueOrDefault(box.Node), tree.FirstChildOf(box.Node) + tree.ChildrenOf(box.Node));
            yield return (box.Node, Box(tree, box.Node, first + row(box.Row), box.X, box.Width) with { HasHidden = next < end && tree.WidthOf(next) > 0 });
        }
    }

    private StackBox Box(CallTree tree, int node, int row, double x, double width)
    {
        var box = tree.BoxOf(node);
        var frame = box < 0 ? null : FrameOf(box);
        return new StackBox(frame, row, x, width, tree.TotalOf(node), tree.BaseOf(node), tree.SelfOf(node))
        {
            Grown = tree.GrownOf(node), Shrunk = tree.ShrunkOf(node), IsGap = box == CallTree.Gap, IsRoot = node == CallTree.Root, IsFound = box >= 0 && IsFound(box), Tint = frame is null ? 0 : TintOf(frame),
        };
    }

    // The tint steps by module, so that the borders of libraries show without a rainbow.
    private int TintOf(FrameWire frame)
    {
        var module = Frames.Module(frame);
        if (module.Length == 0) return 0;
        if (!_tints.TryGetValue(module, out var tint)) _tints.Add(module, tint = _tints.Count % Tints);
        return tint;
    }

    private FrameWire FrameOf(int box) => _byFunction ? _forest.Boxes[_boxOfFunction[box]] with { Inlined = false } : _forest.Boxes[box];

    private bool IsFound(int box) => _found is not null && (_byFunction ? _foundFunctions! : _found)[box];

    private int? FunctionOf(string? name)
    {
        if (string.IsNullOrEmpty(name)) return null;
        int? best = null;
        for (var function = 0; function < _boxOfFunction.Length; function++)
            if (StackPlace.Name(_forest.Boxes[_boxOfFunction[function]]) == name && (best is not { } b || _forest.Functions[function].Total > _forest.Functions[b].Total)) best = function;
        return best;
    }

    private double? FoundShare()
    {
        if (_found is null) return null;
        var tree = _forest.RootUp;
        var inside = new bool[tree.Count];
        var found = 0L;
        for (var node = 1; node < inside.Length; node++)
        {
            inside[node] = inside[tree.ParentOf(node)];
            if (inside[node] || tree.BoxOf(node) < 0 || !_found[tree.BoxOf(node)]) continue;
            inside[node] = true;
            found = Saturating.Add(found, tree.WidthOf(node));
        }
        return tree.WidthOf(CallTree.Root) == 0 ? 0 : (double)found / tree.WidthOf(CallTree.Root);
    }

    private StackSheet Picked(StackSheet sheet, CallTree tree, IReadOnlyList<int> way, StackBox box)
    {
        var answer = _forest.Answer;
        var steps = way.Skip(1).Select(tree.BoxOf).ToArray();
        ChainFigures? figures = null;
        FrameWire[]? heaviest = null;
        int[] whole = [];
        var (count, most) = (0, long.MinValue);
        for (var chain = 0; chain < answer.Samples.Count && !_byFunction; chain++)
        {
            if (!_forest.IsKept(chain)) continue;
            var end = End(answer.Samples.FramesOf(chain), steps);
            if (end < 0) continue;
            count++;
            figures = figures is { } sum ? sum.Plus(answer.Figures[chain]) : answer.Figures[chain];
            var width = sheet.IsComparison ? Math.Abs(answer.Samples.WeightOf(chain) - answer.Samples.BaseOf(chain)) : answer.Samples.WeightOf(chain);
            if (width <= most) continue;
            most = width;
            var frames = answer.Samples.FramesOf(chain);
            whole = frames.ToArray();
            heaviest = Array.ConvertAll((steps.Length == 0 ? frames : _shown.Form == StackShown.LeafUp ? frames[..(end + 1)] : frames[end..]).ToArray(), f => answer.Frames[f]);
        }
        heaviest ??= [.. way.Skip(1).Reverse().Select(tree.BoxOf).Where(b => b >= 0).Select(FrameOf)];
        sheet = sheet with { StackText = StackText(heaviest), Motifs = sheet.Weight == "live" ? [] : Motifs.In(Array.ConvertAll(whole, f => Named(answer.Frames[f]))) };
        if (steps.Length == 0 || box.Frame is null) return sheet;
        var frame = heaviest.Length == 0 ? box.Frame : _shown.Form == StackShown.LeafUp ? heaviest[^1] : heaviest[0];
        return sheet with { Picked = new PickedFrame(box, frame, figures, count) };
    }

    // Index of the frame at which a chain has gone the whole way; -1 where it leaves it.
    private int End(ReadOnlySpan<int> frames, int[] steps)
    {
        if (steps.Length == 0) return 0;
        var (boxes, step) = (_forest.Boxes.Frames, 0);
        var leafUp = _shown.Form == StackShown.LeafUp;
        for (var n = 0; n < frames.Length; n++)
        {
            var i = leafUp ? n : frames.Length - 1 - n;
            if (!leafUp && n > 0 && boxes.GapAfter(frames[i]))
            {
                if (steps[step] != CallTree.Gap) return -1;
                if (++step == steps.Length) return i + 1;
            }
            if (boxes[frames[i]] != steps[step]) return -1;
            if (++step == steps.Length) return i;
            if (leafUp && i < frames.Length - 1 && boxes.GapAfter(frames[i]))
            {
                if (steps[step] != CallTree.Gap) return -1;
                if (++step == steps.Length) return i;
            }
        }
        return -1;
    }

    private static NamedFrame Named(FrameWire frame) => new(frame.Function, frame.Module) { Inlined = frame.Inlined };

    private static string StackText(FrameWire[] frames)
    {
        var text = new StringBuilder();
        for (var i = 0; i < frames.Length; i++)
        {
            text.AppendLine(Frames.Line(frames[i]));
            if (frames[i].GapAfter && i < frames.Length - 1) text.AppendLine("(gap: a frame is probably missing here)");
        }
        return text.ToString();
    }

    private StackSheet WithTables(StackSheet sheet)
    {
        var answer = _forest.Answer;
        var most = Math.Clamp(_shown.Rows ?? StackSheet.FewRows, 1, StackSheet.MostRows);
        var figures = new ChainFigures(0, 0, 0, null);
        var kept = new List<int>();
        for (var chain = 0; chain < answer.Samples.Count; chain++)
        {
            if (!_forest.IsKept(chain)) continue;
            kept.Add(chain);
            figures = figures.Plus(answer.Figures[chain]);
        }
        Func<int, long>? order = CallchainWeights.Parse(_shown.Sort) is { } by && _shown.Sort is not null ? chain => answer.Figures[chain].By(by)
            : sheet.IsComparison ? chain => Math.Abs(answer.Samples.WeightOf(chain) - answer.Samples.BaseOf(chain)) : null;
        // The answer itself is ranked.
        var rows = (order is null ? kept : (IEnumerable<int>)kept.OrderByDescending(order)).Take(most).Select(chain => new ChainRow(answer.Samples.WeightOf(chain), answer.Samples.BaseOf(chain), answer.Figures[chain],
            Array.ConvertAll(answer.Samples.FramesOf(chain).ToArray(), f => answer.Frames[f]), HasFound(answer.Samples.FramesOf(chain))));

        var weights = _forest.Functions;
        var functions = Enumerable.Range(0, weights.Count).Where(f => weights[f].Total > 0 || weights[f].TotalBase > 0).ToList();
        Func<int, long> key = _shown.Order == "self" ? f => sheet.IsComparison ? Math.Abs(weights[f].Self - weights[f].SelfBase) : weights[f].Self
            : f => sheet.IsComparison ? Math.Abs(weights[f].Total - weights[f].TotalBase) : weights[f].Total;
        return sheet with
        {
            Chains = [.. rows],
            AllChains = kept.Count,
            Figures = figures,
            Functions = [.. functions.OrderByDescending(key).ThenByDescending(f => weights[f].Self).Take(most).Select(f => new FunctionRow(_forest.Boxes[_boxOfFunction[f]], weights[f], _foundFunctions is not null && _foundFunctions[f]))],
            AllFunctions = functions.Count,
        };
    }

    private bool HasFound(ReadOnlySpan<int> frames)
    {
        if (_found is null) return false;
        foreach (var frame in frames)
            if (_found[_forest.Boxes.Frames[frame]]) return true;
        return false;
    }
}
