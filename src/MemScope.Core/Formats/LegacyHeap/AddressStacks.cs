using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>
/// Stacks given as lists of numbers (addresses, or ids of locations), each distinct one kept once. What a number stands for is asked at the end, because mappings and names stand
/// behind the stacks in these files.
/// </summary>
/// <param name="maxFrames">Frames of a stack; deeper ones are cut at their outer end.</param>
internal sealed class AddressStacks(int maxFrames)
{
    // A number may stand for many inlined frames: without a bound on all of them a small file could ask for more memory than there is.
    private const long FramesInAll = 16 << 20;
    private readonly List<ulong[]> _stacks = [];
    private readonly Dictionary<ulong[], int> _known = new(new Comparer());
    private long _frames;

    /// <summary>How many distinct stacks were cut.</summary>
    public int CutStacks { get; private set; }

    /// <summary>Index of a stack, leaf first; -1 when it has no frame.</summary>
    public int Intern(ReadOnlySpan<ulong> stack)
    {
        if (stack.IsEmpty) return -1;
        var isCut = stack.Length > maxFrames;
        if (isCut) stack = stack[..maxFrames];
        var lookup = _known.GetAlternateLookup<ReadOnlySpan<ulong>>();
        if (lookup.TryGetValue(stack, out var index)) return index;
        if (isCut) CutStacks++;
        lookup[stack] = _stacks.Count;
        _stacks.Add(stack.ToArray());
        return _stacks.Count - 1;
    }

    /// <summary>The callchains, by index.</summary>
    /// <param name="framesOf">The frames that a number stands for, innermost first; asked once for each.</param>
    public IReadOnlyList<Callchain> Build(Func<ulong, IReadOnlyList<RawFrame>> framesOf)
    {
        var known = new Dictionary<ulong, IReadOnlyList<RawFrame>>();
        var callchains = new Callchain[_stacks.Count];
        var frames = new List<RawFrame>();
        for (var i = 0; i < callchains.Length; i++)
        {
            frames.Clear();
            foreach (var number in _stacks[i])
            {
                if (!known.TryGetValue(number, out var some)) known[number] = some = framesOf(number);
                frames.AddRange(some);
                if (frames.Count > maxFrames) break;
            }
            callchains[i] = new Callchain(Cut(frames));
        }
        return callchains;
    }

    /// <summary>Something for each list, by index.</summary>
    public T[] Map<T>(Func<ulong[], T> what) => [.. _stacks.Select(what)];

    private RawFrame[] Cut(List<RawFrame> frames)
    {
        var most = (int)Math.Min(maxFrames, Math.Max(1, FramesInAll - _frames));
        if (frames.Count > most)
        {
            CutStacks++;
            frames.RemoveRange(most, frames.Count - most);
        }
        _frames += frames.Count;
        return [.. frames];
    }

    private sealed class Comparer : IEqualityComparer<ulong[]>, IAlternateEqualityComparer<ReadOnlySpan<ulong>, ulong[]>
    {
        public ulong[] Create(ReadOnlySpan<ulong> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<ulong> alternate, ulong[] other) => alternate.SequenceEqual(other);

        public bool Equals(ulong[]? x, ulong[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] ulong[] obj) => GetHashCode(obj.AsSpan());

        // The hash is seeded per process: an input cannot be made to collide.
        public int GetHashCode(ReadOnlySpan<ulong> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes(alternate));
            return hash.ToHashCode();
        }
    }
}
