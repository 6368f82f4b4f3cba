using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Callchains;

public sealed partial class CallTree
{
    /// <summary>Takes chains in, each from the top of the tree to its bottom. A child is found by its parent and box in one table for the whole tree (open addressing, at most half full).</summary>
    private sealed class Builder
    {
        private readonly bool _isComparison;
        private int[] _boxes = new int[256];
        private int[] _parents = new int[256];
        private long[] _weights = new long[256];
        private long[] _bases = [];
        private long[] _grown = [];
        private long[] _shrunk = [];
        private int[] _slots = new int[1024];
        private int _count = 1;
        private int[] _path = new int[64];
        private int[] _way = new int[64];
        private int _length;

        public Builder(bool isComparison, int rootBox = NoBox)
        {
            _isComparison = isComparison;
            _boxes[Root] = rootBox;
            if (isComparison) (_bases, _grown, _shrunk) = (new long[256], new long[256], new long[256]);
        }

        /// <summary>The node at the end of a path of boxes, made where it is missing. Most chains share their beginning with the one before, which needs no look-up.</summary>
        public int At(ReadOnlySpan<int> path)
        {
            if (path.Length > _path.Length)
            {
                Array.Resize(ref _path, Math.Max(path.Length, _path.Length * 2));
                Array.Resize(ref _way, _path.Length);
            }
            var same = path.CommonPrefixLength(_path.AsSpan(0, _length));
            var node = same == 0 ? Root : _way[same - 1];
            for (var i = same; i < path.Length; i++) _way[i] = node = Child(node, _path[i] = path[i]);
            _length = path.Length;
            return node;
        }

        /// <summary>The child of a node with that box, made where it is missing.</summary>
        public int Child(int parent, int box)
        {
            var mask = _slots.Length - 1;
            for (var slot = Hash(parent, box) & mask; ; slot = (slot + 1) & mask)
            {
                var node = _slots[slot];
                if (node == 0)
                {
                    _slots[slot] = Append(parent, box);
                    if (_count * 2 > _slots.Length) Rehash();
                    return _count - 1;
                }
                if (_parents[node] == parent && _boxes[node] == box) return node;
            }
        }

        /// <summary>Weight of a chain that ends in a node.</summary>
        public void Add(int node, long weight, long inBase)
        {
            _weights[node] = Saturating.Add(_weights[node], weight);
            if (_isComparison) _bases[node] = Saturating.Add(_bases[node], inBase);
        }

        /// <summary>Weight of chains that end in a node, with what of them grew and shrank.</summary>
        public void Add(int node, long weight, long inBase, long grown, long shrunk)
        {
            Add(node, weight, inBase);
            if (!_isComparison) return;
            _grown[node] = Saturating.Add(_grown[node], grown);
            _shrunk[node] = Saturating.Add(_shrunk[node], shrunk);
        }

        /// <summary>Grown and shrunk of each node from its own weight: chains that are drawn alike are one chain, so that a line that moved is no change.</summary>
        public void Compare()
        {
            if (!_isComparison) return;
            for (var node = 0; node < _count; node++)
            {
                var change = Saturating.Add(_weights[node], -_bases[node]);
                (_grown[node], _shrunk[node]) = (Math.Max(0, change), Math.Max(0, change == long.MinValue ? long.MaxValue : -change));
            }
        }

        /// <summary>The tree, its nodes in the order of their depth and children by their width.</summary>
        public CallTree Build()
        {
            Sum();
            var starts = new int[_count + 1];
            for (var node = 1; node < _count; node++) starts[_parents[node] + 1]++;
            for (var i = 0; i < _count; i++) starts[i + 1] += starts[i];
            var children = new int[_count - 1];
            var next = starts.AsSpan(0, _count).ToArray();
            for (var node = 1; node < _count; node++) children[next[_parents[node]]++] = node;

            var order = new int[_count];
            var firsts = new int[_count + 1];
            var parents = new int[_count];
            var end = 1;
            for (var i = 0; i < _count; i++)
            {
                firsts[i] = end;
                var own = children.AsSpan(starts[order[i]]..starts[order[i] + 1]);
                if (own.Length > 1) own.Sort(new ByWidth(this));
                own.CopyTo(order.AsSpan(end));
                parents.AsSpan(end, own.Length).Fill(i);
                end += own.Length;
            }
            firsts[_count] = end;
            return new(In(_boxes, order), parents, firsts, In(_weights, order), _isComparison ? new Signed(In(_bases, order), In(_grown, order), In(_shrunk, order)) : null);
        }

        // A child is always made after its parent.
        private void Sum()
        {
            for (var node = _count - 1; node > 0; node--)
            {
                var parent = _parents[node];
                _weights[parent] = Saturating.Add(_weights[parent], _weights[node]);
                if (!_isComparison) continue;
                _bases[parent] = Saturating.Add(_bases[parent], _bases[node]);
                _grown[parent] = Saturating.Add(_grown[parent], _grown[node]);
                _shrunk[parent] = Saturating.Add(_shrunk[parent], _shrunk[node]);
            }
        }

        private static T[] In<T>(T[] values, int[] order)
        {
            var result = new T[order.Length];
            for (var i = 0; i < order.Length; i++) result[i] = values[order[i]];
            return result;
        }

        private int Append(int parent, int box)
        {
            if (_count == _boxes.Length)
            {
                var size = _count * 2;
                Array.Resize(ref _boxes, size);
                Array.Resize(ref _parents, size);
                Array.Resize(ref _weights, size);
                if (_isComparison)
                {
                    Array.Resize(ref _bases, size);
                    Array.Resize(ref _grown, size);
                    Array.Resize(ref _shrunk, size);
                }
            }
            (_boxes[_count], _parents[_count]) = (box, parent);
            return _count++;
        }

        private void Rehash()
        {
            var slots = new int[_slots.Length * 2];
            var mask = slots.Length - 1;
            for (var node = 1; node < _count; node++)
            {
                var slot = Hash(_parents[node], _boxes[node]) & mask;
                while (slots[slot] != 0) slot = (slot + 1) & mask;
                slots[slot] = node;
            }
            _slots = slots;
        }

        // Fibonacci hashing of both numbers; the high half of the product is the well mixed one.
        private static int Hash(int parent, int box) => (int)((((ulong)(uint)parent << 32 | (uint)box) * 0x9E3779B97F4A7C15) >> 33);

        private readonly struct ByWidth(Builder of) : IComparer<int>
        {
            public int Compare(int x, int y)
            {
                var order = Width(y).CompareTo(Width(x));
                if (order == 0) order = of._weights[y].CompareTo(of._weights[x]);
                return order == 0 ? of._boxes[x].CompareTo(of._boxes[y]) : order;
            }

            private long Width(int node) => of._isComparison ? Saturating.Add(of._grown[node], of._shrunk[node]) : of._weights[node];
        }
    }
}
