using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>An answer with its trees, each built when it is first asked for. Safe for several readers at once.</summary>
public sealed class CallForest
{
    private readonly Lazy<CallTree> _rootUp;
    private readonly Lazy<CallTree> _leafUp;
    private readonly Lazy<CallTree> _merged;
    private readonly Lazy<FunctionWeights[]> _functions;
    private readonly bool[]? _keep;

    private CallForest(StackAnswer answer, StackBoxes boxes, StackFilter filter)
    {
        (Answer, Boxes, Filter, IsUnfinished) = (answer, boxes, filter, answer.Frames.Any(f => f.Pending));
        _keep = filter.IsEmpty ? null : filter.Keep(answer.Samples, answer.Frames);
        _rootUp = new(() => CallTree.RootUp(answer.Samples, boxes.Frames, _keep is null ? null : chain => _keep[chain], answer.IsComparison));
        _leafUp = new(() => RootUp.LeafUp());
        _merged = new(() => RootUp.Merged(boxes.Functions));
        _functions = new(() => RootUp.Weigh(boxes.Functions));
    }

    /// <summary>The answer.</summary>
    public StackAnswer Answer { get; }

    /// <summary>Its boxes.</summary>
    public StackBoxes Boxes { get; }

    /// <summary>What its chains had to satisfy.</summary>
    public StackFilter Filter { get; }

    /// <summary>Whether names of its frames are still being found.</summary>
    public bool IsUnfinished { get; }

    /// <summary>Callers above callees.</summary>
    public CallTree RootUp => _rootUp.Value;

    /// <summary>Callees above callers.</summary>
    public CallTree LeafUp => _leafUp.Value;

    /// <summary>Callers above callees by function, recursion folded: its boxes are functions.</summary>
    public CallTree Merged => _merged.Value;

    /// <summary>Own and total weight by function.</summary>
    public IReadOnlyList<FunctionWeights> Functions => _functions.Value;

    /// <summary>Memory in bytes, about: what the next click finds ready.</summary>
    public long Bytes => 4L * Answer.Samples.Depth + 48L * Answer.Samples.Count + 300L * Answer.Frames.Count
        + (_rootUp.IsValueCreated ? RootUp.Bytes : 0) + (_leafUp.IsValueCreated ? LeafUp.Bytes : 0) + (_merged.IsValueCreated ? Merged.Bytes : 0) + (_functions.IsValueCreated ? 32L * Functions.Count : 0);

    /// <summary>An answer of the server.</summary>
    public static CallForest Of(StackAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new(answer, StackBoxes.Of(answer.Frames), StackFilter.None);
    }

    /// <summary>An answer that was spelled out, as a share holds it.</summary>
    public static CallForest Of(CallchainsWire answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var numbers = new Dictionary<FrameWire, int>();
        var frames = new List<FrameWire>();
        var (samples, figures) = (new StackSamples.Builder(), new List<ChainFigures>());
        foreach (var item in answer.Items)
        {
            var run = new int[item.Frames.Count];
            for (var i = 0; i < run.Length; i++)
            {
                if (!numbers.TryGetValue(item.Frames[i], out run[i]))
                {
                    numbers.Add(item.Frames[i], run[i] = frames.Count);
                    frames.Add(item.Frames[i]);
                }
            }
            // Documents of before say the difference, and what it is a difference to.
            var inBase = item.BaseBytes ?? 0;
            var now = item.BaseBytes is null ? item.Bytes : Saturating.Add(item.Bytes, inBase);
            var own = new ChainFigures(item.OutstandingBytes, item.MappedBytes, item.Calls, item.ResidentBytes);
            var chain = samples.Add(run, answer.Weight == "calls" && item.BaseBytes is null ? item.Calls : now, inBase);
            if (chain == figures.Count) figures.Add(own);
            else figures[chain] = figures[chain].Plus(own);
        }
        return Of(new StackAnswer(samples.Build(), frames, figures, answer with { Items = [] }));
    }

    /// <summary>The same answer with only the chains that pass.</summary>
    public CallForest Filtered(StackFilter filter) => new(Answer, Boxes, filter);

    /// <summary>Whether a chain passes the filter.</summary>
    public bool IsKept(int chain) => _keep is null || _keep[chain];
}
