using System.Runtime.InteropServices;
using MemScope.Core.Model;

namespace MemScope.Web.Symbolication;

/// <summary>The distinct frames of callchains as a tracer printed them, and the chains as runs of them. Frames that are one object are one frame, which holds for all that a parser or the store gives.</summary>
internal sealed class RawStacks
{
    private readonly Dictionary<RawFrame, int>[] _numbers = [new(ReferenceEqualityComparer.Instance), new(ReferenceEqualityComparer.Instance)];
    private readonly List<(RawFrame Frame, bool IsExact)> _frames = [];
    private readonly List<int> _runs = [];
    private readonly int[] _starts;

    /// <summary>Takes callchains in.</summary>
    /// <param name="callchains">Callchains, leaf first.</param>
    /// <param name="isExact">Whether the frame at an index of a chain tells the address of the instruction itself and not the one that it returns to.</param>
    public RawStacks(IReadOnlyList<Callchain> callchains, Func<int, bool> isExact)
    {
        _starts = new int[callchains.Count + 1];
        var (leaf, caller) = (isExact(0), isExact(1));
        for (var chain = 0; chain < callchains.Count; chain++)
        {
            var frames = callchains[chain].Frames;
            for (var i = 0; i < frames.Count; i++) _runs.Add(NumberOf(frames[i], i == 0 ? leaf : caller));
            _starts[chain + 1] = _runs.Count;
        }
    }

    /// <summary>The distinct frames; one that stands both as a leaf and as a caller may be there twice.</summary>
    public IReadOnlyList<(RawFrame Frame, bool IsExact)> Frames => _frames;

    /// <summary>Indices into <see cref="Frames"/> of a chain, leaf first.</summary>
    public ReadOnlySpan<int> FramesOf(int chain) => CollectionsMarshal.AsSpan(_runs)[_starts[chain].._starts[chain + 1]];

    private int NumberOf(RawFrame frame, bool isExact)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers[isExact ? 1 : 0], frame, out var known);
        if (known) return number;
        _frames.Add((frame, isExact));
        return number = _frames.Count - 1;
    }
}
