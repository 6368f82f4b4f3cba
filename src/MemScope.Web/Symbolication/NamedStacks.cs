using System.Runtime.InteropServices;
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

    /// <summary>Adds a chain; numbers count up from 0.</summary>
    internal void AddChain(ReadOnlySpan<int> frames)
    {
        _runs.AddRange(frames);
        _starts.Add(_runs.Count);
    }
}
