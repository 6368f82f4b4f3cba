using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>What the stacks of an answer are worth, and what in them says who maps memory.</summary>
internal sealed class StackEvidence
{
    /// <summary>Bytes behind a function's start from which on a tracer's name is taken for the nearest exported symbol: few functions are longer.</summary>
    private const ulong DoubtfulBytes = 16 << 10;

    private readonly List<TraceStacksWire> _traces = [];
    private readonly List<(IReadOnlyList<Motif> Motifs, long Calls, long Bytes)> _motifs = [];

    /// <summary>How good the stacks are, by trace.</summary>
    public IReadOnlyList<TraceStacksWire> Traces => _traces;

    /// <summary>The motifs, heaviest first.</summary>
    public IReadOnlyList<MotifTotalWire> Motifs => [.. Core.Analysis.Callchains.Motifs.Total(_motifs).Select(m => new MotifTotalWire(m.Kind.Slug(), m.Words, m.Stacks, m.Calls, m.Bytes))];

    /// <summary>Judges the stacks of a trace.</summary>
    /// <param name="id">The trace.</param>
    /// <param name="trace">Its content.</param>
    /// <param name="named">Its stacks, named.</param>
    /// <param name="mapped">What each callchain mapped: calls and bytes; callchain -1 stands for events without a stack.</param>
    public void Add(Guid id, Trace trace, NamedStacks named, IEnumerable<(int Callchain, long Calls, long Bytes)> mapped)
    {
        var unwinding = Unwinding.Of(trace);
        var frames = named.Frames.Select(Neutral).ToArray();
        var chains = mapped.Where(m => m.Calls > 0).Select(m => (Frames: m.Callchain < 0 ? [] : Of(named.FramesOf(m.Callchain), frames), m.Calls, m.Bytes)).ToList();
        var limit = StackQuality.LimitOf(chains.Select(c => c.Frames));
        var qualities = StackQualities.Of(unwinding, chains.Select(c => (StackQuality.Of(c.Frames, unwinding.Unwinder, limit).Kind, c.Calls, c.Bytes)));
        _traces.Add(new TraceStacksWire(id, Slug(unwinding.Unwinder), unwinding.Reason, [.. qualities.Shares.Select(s => new TraceStackKindWire(StackQuality.Slug(s.Kind), s.Stacks, s.Calls, s.Bytes,
            Share(s.Calls, qualities.Calls), Share(s.Bytes, qualities.Bytes)))]));
        _motifs.AddRange(chains.Select(c => (Core.Analysis.Callchains.Motifs.In(c.Frames), c.Calls, c.Bytes)).Where(c => c.Item1.Count > 0));
    }

    /// <summary>How good a stack of an answer is. That its leaf's caller is missing was marked when it was named.</summary>
    public static StackQualityWire QualityOf(IReadOnlyList<FrameWire> frames)
    {
        var walked = frames.Any(f => f.GapAfter) ? Unwinder.FramePointers : Unwinder.Unknown;
        var quality = StackQuality.Of([.. frames.Select(Neutral)], walked);
        return new StackQualityWire(StackQuality.Slug(quality.Kind), quality.Score, quality.Words);
    }

    /// <summary>The motifs of a stack of an answer whose calls mapped memory.</summary>
    public static IReadOnlyList<MotifWire> MotifsOf(IReadOnlyList<FrameWire> frames) =>
        [.. Core.Analysis.Callchains.Motifs.In([.. frames.Select(Neutral)]).Select(m => new MotifWire(m.Kind.Slug(), m.Words, m.Frames))];

    private static NamedFrame[] Of(ReadOnlySpan<int> numbers, NamedFrame[] frames)
    {
        var chain = new NamedFrame[numbers.Length];
        for (var i = 0; i < chain.Length; i++) chain[i] = frames[numbers[i]];
        return chain;
    }

    internal static NamedFrame Neutral(FrameWire frame) => new(frame.Function, frame.Module)
    {
        Inlined = frame.Inlined,
        IsDoubtful = frame.NamedBy == "tracer" && FrameLookup.Parse(frame.Lookup) is { FunctionOffset: >= DoubtfulBytes },
    };

    private static double? Share(long part, long whole) => whole > 0 ? (double)part / whole : null;

    private static string Slug(Unwinder unwinder) => unwinder switch { Unwinder.FramePointers => "frame-pointers", Unwinder.Tables => "tables", _ => "unknown" };
}
