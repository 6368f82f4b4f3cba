using System.Runtime.CompilerServices;

namespace MemScope.Core.Model;

/// <summary>
/// Which owner holds which addresses: disjoint half-open intervals in address order. An AVL tree in one array, so that every operation takes O(log n) whatever order the
/// addresses come in, and the depth of the recursion is bounded (a hostile trace cannot choose it).
/// </summary>
internal sealed class IntervalMap
{
    private const int None = -1;
    private Node[] _nodes = [];
    private int _root = None, _used, _free = None;

    private struct Node
    {
        public ulong Start, End;
        public int Owner, Left, Right, Height;
    }

    /// <summary>A part of the map.</summary>
    internal readonly record struct Interval(ulong Start, ulong End, int Owner)
    {
        /// <summary>Bytes.</summary>
        public ulong Length => End - Start;
    }

    /// <summary>How many intervals there are.</summary>
    public int Count { get; private set; }

    /// <summary>Takes <c>[start, end)</c> out of the map and adds what it held, in address order, to <paramref name="removed"/>. Intervals that reach over an edge are cut there.</summary>
    public void Remove(ulong start, ulong end, List<Interval> removed)
    {
        if (start >= end) return;
        var i = Floor(start);
        if (i != None && _nodes[i].End > start && _nodes[i].Start < start)
        {
            var (owner, oldEnd) = (_nodes[i].Owner, _nodes[i].End);
            _nodes[i].End = start;
            removed.Add(new Interval(start, Math.Min(oldEnd, end), owner));
            if (oldEnd > end) Insert(end, oldEnd, owner);
        }
        while ((i = Ceiling(start)) != None && _nodes[i].Start < end)
        {
            var found = _nodes[i];
            removed.Add(new Interval(found.Start, Math.Min(found.End, end), found.Owner));
            if (found.End > end)
            {
                // No other interval starts in between, so the order holds.
                _nodes[i].Start = end;
                return;
            }
            Delete(found.Start);
        }
    }

    /// <summary>The last interval that starts before an address, or null.</summary>
    public Interval? Before(ulong address)
    {
        if (address == 0 || Floor(address - 1) is var i && i == None) return null;
        return new Interval(_nodes[i].Start, _nodes[i].End, _nodes[i].Owner);
    }

    /// <summary>Adds what the map holds of <c>[start, end)</c>, cut at the edges and in address order, to <paramref name="found"/>; stops and returns false when that is more than <paramref name="most"/>.</summary>
    public bool TryFind(ulong start, ulong end, List<Interval> found, int most)
    {
        if (start >= end) return true;
        var i = Floor(start);
        if (i != None && _nodes[i].End > start && _nodes[i].Start < start) found.Add(new Interval(start, Math.Min(_nodes[i].End, end), _nodes[i].Owner));
        for (var at = start; (i = Ceiling(at)) != None && _nodes[i].Start < end; at = _nodes[i].End)
        {
            if (found.Count >= most) return false;
            found.Add(new Interval(_nodes[i].Start, Math.Min(_nodes[i].End, end), _nodes[i].Owner));
        }
        return true;
    }

    /// <summary>Puts <c>[start, end)</c> in. The addresses must be free: <see cref="Remove"/> them before.</summary>
    public void Add(ulong start, ulong end, int owner)
    {
        if (start < end) Insert(start, end, owner);
    }

    /// <summary>Whether an address lies in an interval.</summary>
    public bool Contains(ulong address)
    {
        var i = Floor(address);
        return i != None && _nodes[i].End > address;
    }

    /// <summary>Whose an address is, or -1.</summary>
    public int OwnerAt(ulong address)
    {
        var i = Floor(address);
        return i != None && _nodes[i].End > address ? _nodes[i].Owner : -1;
    }

    /// <summary>Empties the map.</summary>
    public void Clear()
    {
        _root = _free = None;
        _used = Count = 0;
    }

    /// <summary>All intervals in address order. Neighbours of one owner are not joined.</summary>
    public List<Interval> ToList()
    {
        var all = new List<Interval>(Count);
        Collect(_root, all);
        return all;
    }

    private void Collect(int i, List<Interval> all)
    {
        if (i == None) return;
        Collect(_nodes[i].Left, all);
        all.Add(new Interval(_nodes[i].Start, _nodes[i].End, _nodes[i].Owner));
        Collect(_nodes[i].Right, all);
    }

    private int Floor(ulong address)
    {
        var best = None;
        for (var i = _root; i != None; i = _nodes[i].Start <= address ? _nodes[i].Right : _nodes[i].Left)
        {
            if (_nodes[i].Start <= address) best = i;
        }
        return best;
    }

    private int Ceiling(ulong address)
    {
        var best = None;
        for (var i = _root; i != None; i = _nodes[i].Start >= address ? _nodes[i].Left : _nodes[i].Right)
        {
            if (_nodes[i].Start >= address) best = i;
        }
        return best;
    }

    private void Insert(ulong start, ulong end, int owner)
    {
        var i = NewNode();
        _nodes[i] = new Node { Start = start, End = end, Owner = owner, Left = None, Right = None, Height = 1 };
        _root = InsertBelow(_root, i);
        Count++;
    }

    private int NewNode()
    {
        if (_free != None)
        {
            var reused = _free;
            _free = _nodes[reused].Left;
            return reused;
        }
        if (_used == _nodes.Length) Array.Resize(ref _nodes, Math.Max(_nodes.Length * 2, 8));
        return _used++;
    }

    private int InsertBelow(int i, int added)
    {
        if (i == None) return added;
        if (_nodes[added].Start < _nodes[i].Start) _nodes[i].Left = InsertBelow(_nodes[i].Left, added);
        else _nodes[i].Right = InsertBelow(_nodes[i].Right, added);
        return Balance(i);
    }

    private void Delete(ulong start)
    {
        _root = DeleteBelow(_root, start);
        Count--;
    }

    private int DeleteBelow(int i, ulong start)
    {
        if (start < _nodes[i].Start)
        {
            _nodes[i].Left = DeleteBelow(_nodes[i].Left, start);
        }
        else if (start > _nodes[i].Start)
        {
            _nodes[i].Right = DeleteBelow(_nodes[i].Right, start);
        }
        else
        {
            var (left, right) = (_nodes[i].Left, _nodes[i].Right);
            _nodes[i].Left = _free;
            _free = i;
            if (right == None) return left;
            right = TakeLeast(right, out var least);
            _nodes[least].Left = left;
            _nodes[least].Right = right;
            i = least;
        }
        return Balance(i);
    }

    private int TakeLeast(int i, out int least)
    {
        if (_nodes[i].Left == None)
        {
            least = i;
            return _nodes[i].Right;
        }
        _nodes[i].Left = TakeLeast(_nodes[i].Left, out least);
        return Balance(i);
    }

    private int Balance(int i)
    {
        var lean = HeightOf(_nodes[i].Left) - HeightOf(_nodes[i].Right);
        if (lean > 1)
        {
            var left = _nodes[i].Left;
            if (HeightOf(_nodes[left].Left) < HeightOf(_nodes[left].Right)) _nodes[i].Left = RotateLeft(left);
            return RotateRight(i);
        }
        if (lean < -1)
        {
            var right = _nodes[i].Right;
            if (HeightOf(_nodes[right].Right) < HeightOf(_nodes[right].Left)) _nodes[i].Right = RotateRight(right);
            return RotateLeft(i);
        }
        SetHeight(i);
        return i;
    }

    private int RotateLeft(int i)
    {
        var up = _nodes[i].Right;
        _nodes[i].Right = _nodes[up].Left;
        _nodes[up].Left = i;
        SetHeight(i);
        SetHeight(up);
        return up;
    }

    private int RotateRight(int i)
    {
        var up = _nodes[i].Left;
        _nodes[i].Left = _nodes[up].Right;
        _nodes[up].Right = i;
        SetHeight(i);
        SetHeight(up);
        return up;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int HeightOf(int i) => i == None ? 0 : _nodes[i].Height;

    private void SetHeight(int i) => _nodes[i].Height = Math.Max(HeightOf(_nodes[i].Left), HeightOf(_nodes[i].Right)) + 1;
}
