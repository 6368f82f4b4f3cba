using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>
/// Compares two address spaces of which the addresses say nothing of each other: two processes, two runs, two hosts, or two sources of one process. What both have is brought together by
/// (category, backing, permissions), unnamed anonymous memory by size.
/// </summary>
public static class SpaceDiffer
{
    private const int MostNames = 4;

    /// <summary>The difference. Every mapping of both sides is in exactly one row.</summary>
    public static SpaceDiff Compare(SpaceSide before, SpaceSide after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var pairs = new BackingPairs(before.Vmas, after.Vmas);
        var leaves = new Dictionary<Key, Leaf>();
        Collect(leaves, before, pairs.OfBase, static leaf => leaf.Base);
        Collect(leaves, after, pairs.OfCurrent, static leaf => leaf.Current);

        var (beforeSizes, afterSizes) = (new SizeColumns(before.Vmas), new SizeColumns(after.Vmas));
        var (rows, parts, names, backings) = (new List<DiffRow>(leaves.Count), new List<SpaceRow>(leaves.Count), new Dictionary<BackingPair, int>(ReferenceEqualityComparer.Instance), new List<string>());
        foreach (var (key, leaf) in leaves)
        {
            if (!names.TryGetValue(key.Pair, out var backing))
            {
                names.Add(key.Pair, backing = backings.Count);
                backings.Add(key.Pair.Name);
            }
            if (key is { Category: Category.Anonymous, Pair.Name.Length: 0 })
            {
                foreach (var pair in SizePairs.Of(before.Vmas, leaf.Base, after.Vmas, leaf.Current)) Add(key, backing, pair.Match, pair.Base, pair.Current, pair.Words);
            }
            else
            {
                Add(key, backing, leaf.Base.Count == 0 || leaf.Current.Count == 0 ? SpaceMatch.None : key.Pair.Match, leaf.Base, leaf.Current, null);
            }
        }
        return new(SizeColumns.Shared(beforeSizes, afterSizes), [.. rows], [.. parts], backings);

        void Add(Key key, int backing, SpaceMatch match, IReadOnlyList<int> inBase, IReadOnlyList<int> inCurrent, string? words)
        {
            var (was, now) = (Sum(beforeSizes, inBase), Sum(afterSizes, inCurrent));
            var state = match == SpaceMatch.Version ? DiffState.Replaced : DiffAnswer.StateOf(was, now);
            rows.Add(new(state, key.Category, backing, was, now));
            var first = inCurrent.Count > 0 ? after.Vmas[inCurrent[0]] : before.Vmas[inBase[0]];
            parts.Add(new(match, first.Permissions, Few(key.Pair.BaseNames, inBase.Count), Few(key.Pair.CurrentNames, inCurrent.Count))
            {
                BaseRange = inBase.Count == 1 ? before.Vmas[inBase[0]].Range : null,
                CurrentRange = inCurrent.Count == 1 ? after.Vmas[inCurrent[0]].Range : null,
                Words = words ?? Words(match, key.Pair, was, now),
            });
        }
    }

    private static void Collect(Dictionary<Key, Leaf> leaves, SpaceSide side, Func<string, BackingPair> pairOf, Func<Leaf, List<int>> rowsOf)
    {
        string? lastName = null;
        BackingPair? lastPair = null;
        for (var row = 0; row < side.Vmas.Count; row++)
        {
            var name = side.Vmas.Names[row];
            if (lastPair is null || !ReferenceEquals(name, lastName)) (lastName, lastPair) = (name, pairOf(name));
            var key = new Key(side.Categories[row].Category, lastPair, ClassOf(side.Vmas.Permissions[row]));
            if (!leaves.TryGetValue(key, out var leaf)) leaves.Add(key, leaf = new Leaf());
            rowsOf(leaf).Add(row);
        }
    }

    /// <summary>Executable, writable, readable or without access, and private or shared: finer differences come and go with the loader's work.</summary>
    private static byte ClassOf(VmaPermissions permissions)
    {
        var shared = (byte)(permissions & VmaPermissions.Shared);
        if (permissions.HasFlag(VmaPermissions.Execute)) return (byte)(shared | 4);
        if (permissions.HasFlag(VmaPermissions.Write)) return (byte)(shared | 2);
        return (byte)(shared | (byte)(permissions & VmaPermissions.Read));
    }

    private static DiffSizes Sum(SizeColumns sizes, IReadOnlyList<int> rows)
    {
        var sum = default(DiffSizes);
        foreach (var row in rows) sum += sizes.Of(row);
        return sum;
    }

    private static List<string> Few(List<string> names, int mappings) => mappings == 0 ? [] : names.Count <= MostNames ? names : names.GetRange(0, MostNames);

    private static string Words(SpaceMatch match, BackingPair pair, DiffSizes was, DiffSizes now)
    {
        var how = match switch
        {
            SpaceMatch.Version => $"{FileOf(pair.BaseNames[0])} became {FileOf(pair.CurrentNames[0])}",
            SpaceMatch.Folder => "the same file name in another folder",
            SpaceMatch.Pattern => "names differ only in what changes from run to run",
            SpaceMatch.None when pair.BaseNames.Count + pair.CurrentNames.Count > 1 && (pair.BaseNames.Count == 0 || pair.CurrentNames.Count == 0) => string.Create(CultureInfo.InvariantCulture, $"{pair.BaseNames.Count + pair.CurrentNames.Count} names of one pattern"),
            _ => "",
        };
        if (was.Mappings == now.Mappings || was.Mappings == 0 || now.Mappings == 0) return how;
        var count = string.Create(CultureInfo.InvariantCulture, $"{SizeWords.Count((int)was.Mappings, "mapping")} became {now.Mappings:N0}");
        return how.Length == 0 ? count : $"{count}; {how}";
    }

    private static string FileOf(string name) => name[(name.LastIndexOf('/') + 1)..];

    private readonly record struct Key(Category Category, BackingPair Pair, byte Class);

    private sealed class Leaf
    {
        public List<int> Base { get; } = [];

        public List<int> Current { get; } = [];
    }
}
