using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>
/// Compares two address spaces of which the addresses say nothing of each other: two processes, two runs, two hosts, or two sources of one process. What both have is brought together by
/// (category, backing, permissions), unnamed anonymous memory by size.
/// </summary>
public static class SpaceDiffer
{
    /// <summary>The difference. Every mapping of both sides is in exactly one row.</summary>
    public static SpaceDiff Compare(SpaceSide before, SpaceSide after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var pairs = new BackingPairs(before.Vmas, after.Vmas);
        var (beforeSizes, afterSizes) = (new SizeColumns(before.Vmas), new SizeColumns(after.Vmas));
        var (leaves, kinds) = (new Leaves(), new NamedKinds(before, after));
        for (var row = 0; row < before.Vmas.Count; row++) leaves.Of(before.Categories[row].Category, kinds.PairOf(before, row, pairs.OfBase(row), pairs), before.Vmas.Permissions[row]).AddBase(row, beforeSizes.Of(row));
        for (var row = 0; row < after.Vmas.Count; row++) leaves.Of(after.Categories[row].Category, kinds.PairOf(after, row, pairs.OfCurrent(row), pairs), after.Vmas.Permissions[row]).AddCurrent(row, afterSizes.Of(row));

        var (rows, parts) = (new List<DiffRow>(leaves.All.Count), new List<SpacePart>(leaves.All.Count));
        foreach (var leaf in leaves.All)
        {
            if (leaf.BaseRows is not null || leaf.CurrentRows is not null) AddBySize(leaf);
            else Add(leaf, leaf.FirstBase < 0 || leaf.FirstCurrent < 0 ? SpaceMatch.None : leaf.Pair.Match, leaf.Base, leaf.Current, leaf.FirstBase, leaf.FirstCurrent, null);
        }
        return new(before.Vmas, after.Vmas, SizeColumns.Shared(beforeSizes, afterSizes), [.. rows], [.. parts], [.. pairs.All.Select(p => p.Name)]);

        void AddBySize(Leaf leaf)
        {
            foreach (var pair in SizePairs.Of(before.Vmas, leaf.BaseRows ?? [], after.Vmas, leaf.CurrentRows ?? []))
                Add(leaf, pair.Match, Sum(beforeSizes, pair.Base), Sum(afterSizes, pair.Current), pair.Base.Count > 0 ? pair.Base[0] : -1, pair.Current.Count > 0 ? pair.Current[0] : -1, pair.Words);
        }

        void Add(Leaf leaf, SpaceMatch match, DiffSizes was, DiffSizes now, int baseRow, int currentRow, string? words)
        {
            rows.Add(new(match == SpaceMatch.Version ? DiffState.Replaced : DiffAnswer.StateOf(was, now), leaf.Category, leaf.Pair.Index, was, now));
            parts.Add(new(leaf.Pair, match, baseRow, currentRow, words));
        }
    }

    private static DiffSizes Sum(SizeColumns sizes, IReadOnlyList<int> rows)
    {
        var sum = default(DiffSizes);
        foreach (var row in rows) sum += sizes.Of(row);
        return sum;
    }

    /// <summary>
    /// Kinds that the kernel names in smaps and that pmap, or a text that was cut, leaves unnamed: where one side has them with a name and the other without, they are one all the same.
    /// </summary>
    private sealed class NamedKinds
    {
        private readonly BackingPair?[] _pairs = new BackingPair?[Model.Categories.All.Count];
        private readonly bool[] _unnamedInBase, _unnamedInCurrent;

        public NamedKinds(SpaceSide before, SpaceSide after) => (_unnamedInBase, _unnamedInCurrent) = (Unnamed(before), Unnamed(after));

        public BackingPair PairOf(SpaceSide side, int row, BackingPair pair, BackingPairs pairs)
        {
            var kind = (int)side.Categories[row].Category;
            if (!IsNamed((Category)kind) || _unnamedInBase[kind] == _unnamedInCurrent[kind] || (pair.Name.Length > 0 && pair.Match != SpaceMatch.None)) return pair;
            return _pairs[kind] ??= pairs.AddKind((Category)kind);
        }

        private static bool[] Unnamed(SpaceSide side)
        {
            var unnamed = new bool[Model.Categories.All.Count];
            for (var row = 0; row < side.Vmas.Count; row++)
                if (side.Vmas.Names[row].Length == 0) unnamed[(int)side.Categories[row].Category] = true;
            return unnamed;
        }

        private static bool IsNamed(Category category) => category is Category.Heap or Category.MainStack or Category.Special;
    }

    /// <summary>What both sides have of one (category, backing, class of permissions), in the order of the first mapping.</summary>
    private sealed class Leaves
    {
        private readonly Dictionary<long, Leaf> _byKey = [];
        private long _lastKey = -1;
        private Leaf? _last;

        public List<Leaf> All { get; } = [];

        public Leaf Of(Category category, BackingPair pair, VmaPermissions permissions)
        {
            var key = ((long)pair.Index << 16) | ((long)category << 8) | ClassOf(permissions);
            if (key == _lastKey) return _last!;
            if (!_byKey.TryGetValue(key, out var leaf))
            {
                _byKey.Add(key, leaf = new Leaf(category, pair));
                All.Add(leaf);
            }
            (_lastKey, _last) = (key, leaf);
            return leaf;
        }

        /// <summary>Executable, writable, readable or without access, and private or shared: finer differences come and go with the loader's work.</summary>
        private static byte ClassOf(VmaPermissions permissions)
        {
            var shared = (byte)(permissions & VmaPermissions.Shared);
            if (permissions.HasFlag(VmaPermissions.Execute)) return (byte)(shared | 4);
            if (permissions.HasFlag(VmaPermissions.Write)) return (byte)(shared | 2);
            return (byte)(shared | (byte)(permissions & VmaPermissions.Read));
        }
    }

    private sealed class Leaf(Category category, BackingPair pair)
    {
        /// <summary>Unnamed memory is told apart by its sizes, so that its rows have to be kept.</summary>
        private readonly bool _bySize = category == Category.Anonymous && pair.Name.Length == 0;

        public Category Category { get; } = category;

        public BackingPair Pair { get; } = pair;

        public DiffSizes Base { get; private set; }

        public DiffSizes Current { get; private set; }

        public int FirstBase { get; private set; } = -1;

        public int FirstCurrent { get; private set; } = -1;

        public List<int>? BaseRows { get; private set; }

        public List<int>? CurrentRows { get; private set; }

        public void AddBase(int row, DiffSizes sizes)
        {
            if (FirstBase < 0) FirstBase = row;
            if (_bySize) (BaseRows ??= []).Add(row);
            Base += sizes;
        }

        public void AddCurrent(int row, DiffSizes sizes)
        {
            if (FirstCurrent < 0) FirstCurrent = row;
            if (_bySize) (CurrentRows ??= []).Add(row);
            Current += sizes;
        }
    }
}
