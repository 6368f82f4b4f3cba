using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Massif;

/// <summary>
/// The tree of a detailed snapshot. A line is as many blanks as it is deep, the number of its children, its bytes and its label; the path from the first level down is the
/// stack, leaf first. Bytes that a node does not hand on to its children are its own, so that the sites of a tree add up to its first line:
/// <code>
/// n3: 879832 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.
///  n1: 790020 0x10B186: allocate (new_allocator.h:137)
///   n0: 790020 0x10A494: main (malloc_leak.cpp:53)
///  n0: 17108 in 6 places, all below massif's threshold (1.00%)
/// </code>
/// </summary>
internal sealed class MassifTree(StackTrie stacks, FrameTable frames)
{
    private readonly List<Node> _open = [];
    private readonly List<int> _path = [];
    private List<HeapSite> _sites = [];

    private record struct Node(int Frame, long Bytes, long Rest, long ChildrenLeft, int Line);

    /// <summary>Whether the first line was read.</summary>
    public bool HasRoot { get; private set; }

    /// <summary>Whether the first line says that the numbers are pages of the address space (--pages-as-heap=yes).</summary>
    public bool IsOfPages { get; private set; }

    /// <summary>Bytes of the first line.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a node's children were more than it, or fewer than it says.</summary>
    public bool IsOdd { get; private set; }

    /// <summary>Whether every node has the children that it announced.</summary>
    public bool IsComplete => HasRoot && _open.TrueForAll(n => n.ChildrenLeft == 0);

    /// <summary>Begins another tree.</summary>
    public void Begin()
    {
        _open.Clear();
        _path.Clear();
        _sites = [];
        (HasRoot, IsOdd, Bytes) = (false, false, 0);
    }

    /// <summary>Adds a line; false when it is none of a tree, or has no place in this one.</summary>
    public bool Add(ReadOnlySpan<byte> line, int number)
    {
        var depth = line.IndexOfAnyExcept((byte)' ');
        if (depth < 0) return false;
        var cursor = new ByteCursor(line[depth..]);
        if (!cursor.TrySkip("n"u8) || !cursor.TryInt(out var children) || !cursor.TrySkip(": "u8) || !cursor.TryDecimal(out var bytes) || bytes > long.MaxValue || !cursor.TrySkip(" "u8)) return false;
        return depth == 0 ? AddRoot(children, (long)bytes, cursor.Rest, number) : Add(depth, children, (long)bytes, cursor.Rest, number);
    }

    private bool AddRoot(int children, long bytes, ReadOnlySpan<byte> label, int line)
    {
        if (HasRoot) return false;
        (HasRoot, Bytes) = (true, bytes);
        IsOfPages |= label.StartsWith("(page allocation"u8);
        _open.Add(new Node(-1, bytes, bytes, children, line));
        return true;
    }

    private bool Add(int depth, int children, long bytes, ReadOnlySpan<byte> label, int line)
    {
        if (depth > _open.Count) return false;
        while (_open.Count > depth) Close();
        ref var parent = ref CollectionsMarshal.AsSpan(_open)[^1];
        parent.Rest -= bytes;
        parent.ChildrenLeft--;
        if (label.StartsWith("in "u8) && label.IndexOf("threshold"u8) > 0)
        {
            AddSite(bytes, "below threshold", line);
            return true;
        }
        var frame = frames.Of(label);
        if (_path.Count > 0 && frames.IsInlinedInto(parent.Frame, frame)) _path[^1] = frames.Inlined(parent.Frame);
        _open.Add(new Node(frame, bytes, bytes, children, line));
        _path.Add(frame);
        return true;
    }

    private void Close()
    {
        var node = _open[^1];
        IsOdd |= node.Rest < 0 || node.ChildrenLeft != 0;
        if (node.Rest > 0) AddSite(node.Rest, null, node.Line);
        _open.RemoveAt(_open.Count - 1);
        if (_path.Count > 0) _path.RemoveAt(_path.Count - 1);
    }

    // The last frame of the path is the outermost that is known: it is inlined into nothing that stands there, whatever a child of it said.
    private void AddSite(long bytes, string? kind, int line)
    {
        if (bytes == 0) return;
        if (_path.Count > 0) _path[^1] = _open[^1].Frame;
        _sites.Add(new HeapSite { Callchain = stacks.CallchainOf(stacks.Intern(CollectionsMarshal.AsSpan(_path))), Kind = kind, Live = bytes, Line = line });
    }

    /// <summary>The sites of the tree, which add up to <paramref name="heapBytes"/>: what the tree does not tell is one without a stack.</summary>
    public IReadOnlyList<HeapSite> End(long heapBytes, int line)
    {
        while (_open.Count > 0) Close();
        if (heapBytes > Bytes) _sites.Add(new HeapSite { Callchain = -1, Live = heapBytes - Bytes, Line = line });
        IsOdd |= heapBytes != Bytes;
        return _sites;
    }
}
