using System.Runtime.InteropServices;
using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>
/// Adds up callchains that are the same code, over several traces. Frames are compared by call site, which is the offset in their module, so that two calls of one function from
/// different lines stay apart and two tools' names of one function do not; where a tracer printed no address the function's name has to do. Chains are compared by the numbers of their frames.
/// </summary>
internal sealed class StackMerge
{
    private readonly Dictionary<CallSite, int> _numbers = [];
    private readonly List<FrameWire> _frames = [];
    private readonly StackSamples.Builder _chains = new();
    private readonly List<ChainFigures> _figures = [];
    private readonly List<ChainFigures> _bases = [];
    private int[] _run = new int[64];
    private int[] _ranks = [];

    /// <summary>The numbers that the frames of named callchains have here; filled as they are used: a frame that no chain of the answer has gets none.</summary>
    public static int[] Begin(NamedStacks named)
    {
        var numbers = new int[named.Frames.Count];
        Array.Fill(numbers, -1);
        return numbers;
    }

    /// <summary>Adds what a callchain of <paramref name="named"/> did.</summary>
    /// <param name="named">The callchains.</param>
    /// <param name="numbers">From <see cref="Begin"/>.</param>
    /// <param name="chain">Which one; -1 is events without a stack.</param>
    /// <param name="figures">What it did.</param>
    /// <param name="isBase">Whether that is what others are compared with.</param>
    /// <returns>Its number here, for <see cref="RankOf"/>.</returns>
    public int Add(NamedStacks named, int[] numbers, int chain, ChainFigures figures, bool isBase = false)
    {
        var frames = chain < 0 ? [] : named.FramesOf(chain);
        if (frames.Length > _run.Length) _run = new int[frames.Length * 2];
        for (var i = 0; i < frames.Length; i++)
        {
            ref var number = ref numbers[frames[i]];
            if (number < 0) number = NumberOf(named.Frames[frames[i]]);
            _run[i] = number;
        }
        return Add(_run.AsSpan(0, frames.Length), figures, isBase);
    }

    /// <summary>Adds what stands under one name without a stack.</summary>
    public void Add(FrameWire frame, ChainFigures figures, bool isBase = false) => Add([NumberOf(frame)], figures, isBase);

    /// <summary>Where a callchain stands in the answer, by the number that adding it gave.</summary>
    public int RankOf(int number) => _ranks[number];

    /// <summary>The answer by a weight, heaviest first; callchains without weight stand at the end, so that nothing that was traced is left out.</summary>
    /// <param name="weight">By what.</param>
    /// <param name="isCompared">Whether weights are compared with those that were added as a base. By growth they are compared with those of the first snapshot in any case.</param>
    /// <param name="head">The rest of the answer; its total is filled in.</param>
    public StackAnswer Ranked(CallchainWeight weight, bool isCompared, CallchainsWire head)
    {
        var weights = new (long Now, long Base)[_figures.Count];
        var order = new int[weights.Length];
        for (var i = 0; i < order.Length; i++)
        {
            weights[i] = (_figures[i].By(weight), weight == CallchainWeight.Growth ? _figures[i].ResidentBeforeBytes ?? 0 : isCompared ? _bases[i].By(weight) : 0);
            order[i] = i;
        }
        Array.Sort(order, (a, b) => Heavier(a, b, weights));
        _ranks = new int[order.Length];
        for (var rank = 0; rank < order.Length; rank++) _ranks[order[rank]] = rank;
        var unranked = _chains.Build();
        var ranked = new StackSamples.Builder();
        foreach (var chain in order) ranked.Add(unranked.FramesOf(chain), weights[chain].Now, weights[chain].Base);
        return new StackAnswer(ranked.Build(), _frames, Array.ConvertAll(order, c => _figures[c]), head with { TotalBytes = weights.SumOf(Difference) });
    }

    private static long Difference((long Now, long Base) weight) => Saturating.Add(weight.Now, -weight.Base);

    private int Heavier(int a, int b, (long Now, long Base)[] weights)
    {
        var (x, y) = (_figures[a], _figures[b]);
        var order = Difference(weights[b]).CompareTo(Difference(weights[a]));
        if (order == 0) order = y.OutstandingBytes.CompareTo(x.OutstandingBytes);
        if (order == 0) order = y.MappedBytes.CompareTo(x.MappedBytes);
        if (order == 0) order = y.Calls.CompareTo(x.Calls);
        return order == 0 ? a.CompareTo(b) : order;
    }

    private int Add(ReadOnlySpan<int> frames, ChainFigures figures, bool isBase)
    {
        var chain = _chains.Add(frames, 0);
        if (chain == _figures.Count)
        {
            _figures.Add(default);
            _bases.Add(default);
        }
        var sums = isBase ? _bases : _figures;
        sums[chain] = sums[chain].Plus(figures);
        return chain;
    }

    private int NumberOf(FrameWire frame)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, CallSite.Of(frame), out var known);
        if (!known)
        {
            _frames.Add(frame);
            return number = _frames.Count - 1;
        }
        // Another trace may know more of the same call.
        if (_frames[number].Function is null && frame.Function is not null) _frames[number] = frame;
        return number;
    }

    /// <summary>What makes two frames one. An address has one function of its own and any number that are inlined there, which their names tell apart.</summary>
    private readonly record struct CallSite(string? Module, string? Offset, string? Function, int? Line, bool IsInlined, bool HasGap)
    {
        public static CallSite Of(FrameWire frame)
        {
            var hasAddress = frame.Module is { Length: > 0 } && frame.Offset is not (null or "0");
            var byAddress = hasAddress && !frame.Inlined;
            return new CallSite(frame.Module is { } module ? Path.GetFileName(module) : null, frame.Offset, byAddress ? null : frame.Function, byAddress ? null : frame.Line, frame.Inlined, frame.GapAfter);
        }
    }
}
