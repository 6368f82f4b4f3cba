namespace MemScope.Core.Analysis.Callchains;

/// <summary>
/// Callchains with what they weigh, frames as numbers: chain <c>i</c> is a run of frame numbers, leaf first. What a frame is called is the caller's business, so that millions of frames need no
/// names before somebody looks at them. Equal chains are one chain.
/// </summary>
public sealed class StackSamples
{
    private readonly int[] _frames;
    private readonly int[] _starts;
    private readonly long[] _weights;
    private readonly long[] _bases;

    private StackSamples(int[] frames, int[] starts, long[] weights, long[] bases) => (_frames, _starts, _weights, _bases) = (frames, starts, weights, bases);

    /// <summary>Chains.</summary>
    public int Count => _weights.Length;

    /// <summary>Frames of all chains together.</summary>
    public int Depth => _frames.Length;

    /// <summary>Frame numbers of a chain, leaf first; empty for events that came without a stack.</summary>
    public ReadOnlySpan<int> FramesOf(int chain) => _frames.AsSpan(_starts[chain], _starts[chain + 1] - _starts[chain]);

    /// <summary>What a chain weighs: bytes, or calls. Of a comparison, what it weighs now.</summary>
    public long WeightOf(int chain) => _weights[chain];

    /// <summary>What it weighed in the base of a comparison; 0 where nothing is compared.</summary>
    public long BaseOf(int chain) => _bases[chain];

    /// <summary>Collects chains. Sums stop at the greatest number instead of running over.</summary>
    public sealed class Builder
    {
        private readonly List<int> _frames = [];
        private readonly List<int> _starts = [0];
        private readonly List<long> _weights = [];
        private readonly List<long> _bases = [];
        private readonly List<int> _next = []; // of the same hash, or -1
        private readonly Dictionary<int, int> _byHash = [];

        /// <summary>Adds weight to a chain and returns its number; numbers count up from 0 in the order in which chains first come.</summary>
        /// <param name="frames">Frame numbers, leaf first.</param>
        /// <param name="weight">Bytes or calls.</param>
        /// <param name="baseWeight">The same in the base of a comparison.</param>
        public int Add(ReadOnlySpan<int> frames, long weight, long baseWeight = 0)
        {
            var chain = Find(frames);
            _weights[chain] = Model.Saturating.Add(_weights[chain], weight);
            _bases[chain] = Model.Saturating.Add(_bases[chain], baseWeight);
            return chain;
        }

        /// <summary>What was added.</summary>
        public StackSamples Build() => new([.. _frames], [.. _starts], [.. _weights], [.. _bases]);

        private int Find(ReadOnlySpan<int> frames)
        {
            var hash = new HashCode();
            foreach (var frame in frames) hash.Add(frame);
            ref var first = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_byHash, hash.ToHashCode(), out var known);
            var all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_frames);
            for (var chain = known ? first : -1; chain >= 0; chain = _next[chain])
                if (all[_starts[chain].._starts[chain + 1]].SequenceEqual(frames)) return chain;
            _next.Add(known ? first : -1);
            first = _weights.Count;
            _frames.AddRange(frames);
            _starts.Add(_frames.Count);
            _weights.Add(0);
            _bases.Add(0);
            return _weights.Count - 1;
        }
    }
}
