using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>Reads one line of a stack; null when the line is not a frame.</summary>
internal delegate RawFrame? ReadFrame(ReadOnlySpan<byte> line, NameTable names);

/// <summary>
/// The distinct callchains of a trace. A stack is looked up by the bytes that the tool printed, so only the first of many equal ones is read and kept;
/// stacks that differ in their bytes but not in their frames (gdb prints arguments) still become one callchain.
/// </summary>
internal sealed class StackTable(ReadFrame readFrame, ParseOptions options)
{
    private const int None = -1, MostLines = 1 << 18;
    private readonly List<Callchain> _callchains = [];
    private readonly Dictionary<RawFrame, int> _frameIds = [];
    private readonly List<RawFrame> _frames = [];
    private readonly Dictionary<FrameList, int> _chains = [];
    private readonly ByteTable _stacks = new();
    private readonly List<RawFrame> _reading = [];
    private readonly List<int> _ids = [];
    private ByteTable _lines = new();

    /// <summary>The callchains in the order of their first event.</summary>
    public IReadOnlyList<Callchain> Callchains => _callchains;

    /// <summary>How many distinct callchains were deeper than the cap and were cut.</summary>
    public int CutChains { get; private set; }

    /// <summary>Changes the frames of a stack after they were read, leaf first; for tools that mark a frame only by the one above it.</summary>
    public Action<List<RawFrame>>? Finish { get; init; }

    /// <summary>Turns the bytes of a stack into one frame per line, where the file has them otherwise (JSON escapes, lines broken at the terminal's width).</summary>
    public Func<ReadOnlySpan<byte>, byte[]>? Decode { get; init; }

    /// <summary>Whether equal lines are the same frame, until <see cref="ForgetLines"/>: then a line of a new stack is read only once too.</summary>
    public bool RemembersLines { get; init; }

    /// <summary>Has lines read again: what they mean has changed.</summary>
    public void ForgetLines()
    {
        if (_lines.Count > 0) _lines = new ByteTable();
    }

    /// <summary>Index of the callchain that is printed in some lines of the file, or -1 when there is no frame in them.</summary>
    public int Intern(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return None;
        if (_stacks.TryFind(bytes, out var known)) return known;
        var callchain = Read(bytes);
        _stacks.Add(bytes, callchain);
        return callchain;
    }

    /// <summary>Index of the callchain of lines that were interned before; -1 when they were not, or held no frame.</summary>
    public int Known(ReadOnlySpan<byte> bytes) => _stacks.TryFind(bytes, out var known) ? known : None;

    private int Read(ReadOnlySpan<byte> bytes)
    {
        _ids.Clear();
        var lines = new LineReader(Decode is null ? bytes : Decode(bytes));
        var cut = false;
        while (lines.Next())
        {
            var id = FrameOf(lines.Line);
            if (id < 0) continue;
            cut = _ids.Count == options.Limits.CallchainFrames;
            if (cut) break;
            _ids.Add(id);
        }
        if (_ids.Count == 0) return None;
        if (cut) CutChains++;
        FinishFrames();
        return Intern(_ids.ToArray());
    }

    /// <summary>Number of the frame in a line; -1 when it is none.</summary>
    private int FrameOf(ReadOnlySpan<byte> line)
    {
        if (RemembersLines && _lines.TryFind(line, out var known)) return known;
        var id = readFrame(line, options.Names) is { } frame ? IdOf(frame) : None;
        if (RemembersLines && _lines.Count < MostLines) _lines.Add(line, id);
        return id;
    }

    private void FinishFrames()
    {
        if (Finish is null) return;
        _reading.Clear();
        foreach (var id in _ids) _reading.Add(_frames[id]);
        Finish(_reading);
        while (_ids.Count > _reading.Count) _ids.RemoveAt(_ids.Count - 1);
        for (var i = 0; i < _reading.Count; i++)
        {
            if (i == _ids.Count) _ids.Add(IdOf(_reading[i]));
            else if (!ReferenceEquals(_reading[i], _frames[_ids[i]])) _ids[i] = IdOf(_reading[i]);
        }
    }

    /// <summary>Index of the callchain of some frames, leaf first.</summary>
    public int Intern(IReadOnlyList<RawFrame> frames)
    {
        var ids = new int[frames.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = IdOf(frames[i]);
        return Intern(ids);
    }

    private int Intern(int[] ids)
    {
        var key = new FrameList(ids);
        if (_chains.TryGetValue(key, out var known)) return known;
        _callchains.Add(new Callchain(Array.ConvertAll(ids, id => _frames[id])));
        _chains.Add(key, _callchains.Count - 1);
        return _callchains.Count - 1;
    }

    private int IdOf(RawFrame frame)
    {
        if (_frameIds.TryGetValue(frame, out var id)) return id;
        _frames.Add(frame);
        _frameIds.Add(frame, _frames.Count - 1);
        return _frames.Count - 1;
    }

    private readonly struct FrameList(int[] ids) : IEquatable<FrameList>
    {
        private readonly int[] _ids = ids;

        public bool Equals(FrameList other) => _ids.AsSpan().SequenceEqual(other._ids);

        public override bool Equals(object? obj) => obj is FrameList other && Equals(other);

        public override int GetHashCode() => ByteHash.Of(MemoryMarshal.AsBytes(_ids.AsSpan()));
    }
}
