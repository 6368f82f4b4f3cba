using System.Runtime.InteropServices;
using MemScope.Core.Analysis.Callchains;
using MemScope.Web.Wire;

namespace MemScope.Web.Symbolication;

/// <summary>Callchains with named frames: each frame once, chains as runs of frame numbers, so that millions of frames cost a number each.</summary>
public sealed class NamedStacks
{
    private readonly List<FrameWire> _frames = [];
    private readonly List<int> _runs = [];
    private readonly List<int> _starts = [0];

    /// <summary>The frames. An inlined call has one of its own.</summary>
    public IReadOnlyList<FrameWire> Frames => _frames;

    /// <summary>Chains.</summary>
    public int Count => _starts.Count - 1;

    /// <summary>Frame numbers of a chain, leaf first.</summary>
    public ReadOnlySpan<int> FramesOf(int chain) => CollectionsMarshal.AsSpan(_runs)[_starts[chain].._starts[chain + 1]];

    /// <summary>Whether a chain has a frame in a module, which is given by its path or its file name; events without a stack have none.</summary>
    public bool PassesThrough(int chain, string module)
    {
        if (chain < 0) return false;
        foreach (var frame in FramesOf(chain))
            if (_frames[frame].Module is { } path && (path == module || Path.GetFileName(path) == module)) return true;
        return false;
    }

    /// <summary>Adds a frame and returns its number.</summary>
    internal int AddFrame(FrameWire frame)
    {
        _frames.Add(frame);
        return _frames.Count - 1;
    }

    /// <summary>Marks the leaf of every chain whose caller is probably missing: the walk went by frame pointers, and libc's wrappers of system calls set up none (bpftrace issue 646).</summary>
    internal void MarkGaps()
    {
        var marked = new Dictionary<int, int>();
        for (var chain = 0; chain < Count; chain++)
        {
            var leaf = _starts[chain];
            // What was inlined into the leaf stands before it.
            while (leaf + 1 < _starts[chain + 1] && _frames[_runs[leaf]].Inlined) leaf++;
            if (leaf + 1 >= _starts[chain + 1] || !FrameRoles.IsWrapper(_frames[_runs[leaf]].Function)) continue;
            if (!marked.TryGetValue(_runs[leaf], out var gap)) marked[_runs[leaf]] = gap = AddFrame(_frames[_runs[leaf]] with { GapAfter = true });
            _runs[leaf] = gap;
        }
    }

    /// <summary>Adds a chain; numbers count up from 0.</summary>
    internal void AddChain(ReadOnlySpan<int> frames)
    {
        _runs.AddRange(frames);
        _starts.Add(_runs.Count);
    }
}
