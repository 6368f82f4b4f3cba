using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>The distinct frames of a profile, each with a number. A label that was read once costs a look-up and no allocation.</summary>
/// <param name="read">Reads a label.</param>
/// <param name="names">Names of functions, files and modules.</param>
/// <param name="mostFrames">Distinct frames: more than any program has functions.</param>
internal sealed class FrameTable(Func<ReadOnlySpan<byte>, NameTable, RawFrame> read, NameTable names, int mostFrames = 1 << 20)
{
    private readonly NameTable _labels = new();
    private readonly Dictionary<string, int> _byLabel = new(StringComparer.Ordinal);
    private readonly Dictionary<RawFrame, int> _byFrame = [];
    private readonly List<RawFrame> _frames = [];
    private int _nameless = -1;
    private long _leftOut;

    /// <summary>The frame of a number.</summary>
    public RawFrame this[int id] => _frames[id];

    /// <summary>Number of a frame by what the tool printed.</summary>
    public int Of(ReadOnlySpan<byte> label)
    {
        if (_frames.Count >= mostFrames) return LeftOut();
        var key = _labels.Get(label);
        if (_byLabel.TryGetValue(key, out var known)) return known;
        var id = Of(read(label, names));
        _byLabel.Add(key, id);
        return id;
    }

    /// <summary>Number of a frame.</summary>
    public int Of(RawFrame frame)
    {
        if (_byFrame.TryGetValue(frame, out var known)) return known;
        if (_frames.Count >= mostFrames) return LeftOut();
        _frames.Add(frame);
        _byFrame.Add(frame, _frames.Count - 1);
        return _frames.Count - 1;
    }

    /// <summary>What is missing of the frames, as a loss of the profile.</summary>
    public IEnumerable<TraceLoss> Losses()
    {
        if (_leftOut > 0) yield return new TraceLoss("missing-frames", _leftOut, $"Behind the first {mostFrames} distinct frames, frames have no name.");
    }

    /// <summary>The frame without a name that stands for all that are one too many.</summary>
    private int LeftOut()
    {
        _leftOut++;
        if (_nameless >= 0) return _nameless;
        _frames.Add(new RawFrame());
        return _nameless = _frames.Count - 1;
    }

    /// <summary>Number of the same frame marked as inlined into the next one.</summary>
    public int Inlined(int id) => _frames[id].Inlined ? id : Of(_frames[id] with { Inlined = true });

    /// <summary>
    /// Whether a frame was inlined into its caller: valgrind prints both with the same address. Two frames that are alike in all else are a recursion, which has the same
    /// return address again and again.
    /// </summary>
    public bool IsInlinedInto(int callee, int caller) =>
        _frames[callee] is { AddressKind: not FrameAddressKind.None } inner && _frames[caller] is var outer && inner.AddressKind == outer.AddressKind
        && inner.Address == outer.Address && (inner.Function, inner.File, inner.Line) != (outer.Function, outer.File, outer.Line);

    /// <summary>Marks the frames of a stack that were inlined, leaf first.</summary>
    public void MarkInlined(Span<int> leafFirst)
    {
        for (var i = 0; i + 1 < leafFirst.Length; i++)
            if (IsInlinedInto(leafFirst[i], leafFirst[i + 1])) leafFirst[i] = Inlined(leafFirst[i]);
    }
}
