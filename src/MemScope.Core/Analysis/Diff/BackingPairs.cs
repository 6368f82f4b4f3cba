using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>Names of both sides that stand for one thing.</summary>
internal sealed class BackingPair(string name, SpaceMatch match)
{
    /// <summary>The name for both.</summary>
    public string Name { get; } = name;

    /// <summary>By what they were brought together.</summary>
    public SpaceMatch Match { get; } = match;

    /// <summary>Names in base, in the order of their first mapping.</summary>
    public List<string> BaseNames { get; } = [];

    /// <summary>Names in current.</summary>
    public List<string> CurrentNames { get; } = [];
}

/// <summary>
/// Finds for each name of one address space its like in the other, surest first: the equal name, the equal pattern, the file of the longest equal end of a path, the same file in another version.
/// A name that has found its like is not asked again, and where several would do, none is taken.
/// </summary>
internal sealed class BackingPairs
{
    private const int DeepestFolder = 4;

    private readonly Dictionary<string, BackingPair> _ofBase, _ofCurrent;
    private readonly List<string> _base, _current;

    public BackingPairs(VmaTable before, VmaTable after)
    {
        (_base, _current) = (Distinct(before), Distinct(after));
        (_ofBase, _ofCurrent) = (new(_base.Count, StringComparer.Ordinal), new(_current.Count, StringComparer.Ordinal));
        PairEqual();
        PairPatterns();
        for (var depth = DeepestFolder; depth >= 1; depth--) PairUnique(name => EndOf(name, depth), SpaceMatch.Folder);
        PairBare();
        PairUnique(BackingNames.Stem, SpaceMatch.Version);
        foreach (var name in Open(_base, _ofBase)) (_ofBase[name] = new(name, SpaceMatch.None)).BaseNames.Add(name);
        foreach (var name in Open(_current, _ofCurrent)) (_ofCurrent[name] = new(name, SpaceMatch.None)).CurrentNames.Add(name);
    }

    /// <summary>The pair of a name in base.</summary>
    public BackingPair OfBase(string name) => _ofBase[name];

    /// <summary>The pair of a name in current.</summary>
    public BackingPair OfCurrent(string name) => _ofCurrent[name];

    private void PairEqual()
    {
        var inCurrent = new HashSet<string>(_current, StringComparer.Ordinal);
        foreach (var name in _base)
            if (inCurrent.Contains(name)) Join(new(name, SpaceMatch.Name), [name], [name]);
    }

    /// <summary>All names of a pattern are one thing, even on one side alone: their numbers tell nothing.</summary>
    private void PairPatterns()
    {
        var (inBase, inCurrent) = (ByKey(_base, _ofBase, BackingNames.Pattern), ByKey(_current, _ofCurrent, BackingNames.Pattern));
        foreach (var (pattern, names) in inBase)
        {
            var others = inCurrent.GetValueOrDefault(pattern) ?? [];
            if (others.Count > 0) Join(new(pattern, SpaceMatch.Pattern), names, others);
            else if (names.Count > 1) Join(new(pattern, SpaceMatch.None), names, []);
        }
        foreach (var (pattern, names) in inCurrent)
            if (names.Count > 1 && !inBase.ContainsKey(pattern)) Join(new(pattern, SpaceMatch.None), [], names);
    }

    private void PairUnique(Func<string, string?> key, SpaceMatch match)
    {
        var inCurrent = ByKey(_current, _ofCurrent, key);
        if (inCurrent.Count == 0) return;
        foreach (var (common, names) in ByKey(_base, _ofBase, key))
        {
            if (names.Count == 1 && inCurrent.GetValueOrDefault(common) is [var other]) Join(new(other, match), names, [other]);
        }
    }

    /// <summary>pmap prints the last part of a path alone, so that its one name stands for all files that are called so.</summary>
    private void PairBare()
    {
        static string? File(string name) => EndOf(name, 1);
        var inCurrent = ByKey(_current, _ofCurrent, File);
        foreach (var (file, names) in ByKey(_base, _ofBase, File))
        {
            if (inCurrent.GetValueOrDefault(file) is not { } others) continue;
            if (names is [var bare] && !bare.Contains('/', StringComparison.Ordinal) || others is [var other] && !other.Contains('/', StringComparison.Ordinal)) Join(new(file, SpaceMatch.Folder), names, others);
        }
    }

    private void Join(BackingPair pair, IReadOnlyList<string> names, IReadOnlyList<string> others)
    {
        pair.BaseNames.AddRange(names);
        pair.CurrentNames.AddRange(others);
        foreach (var name in names) _ofBase[name] = pair;
        foreach (var name in others) _ofCurrent[name] = pair;
    }

    private static IEnumerable<string> Open(List<string> names, Dictionary<string, BackingPair> taken) => names.Where(n => !taken.ContainsKey(n));

    private static Dictionary<string, List<string>> ByKey(List<string> names, Dictionary<string, BackingPair> taken, Func<string, string?> key)
    {
        var byKey = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var name in Open(names, taken))
        {
            if (key(name) is not { } found) continue;
            if (!byKey.TryGetValue(found, out var list)) byKey.Add(found, list = []);
            list.Add(name);
        }
        return byKey;
    }

    /// <summary>The last parts of a file's pattern; null for what is no file or has fewer parts. One part may stand alone, as pmap prints it.</summary>
    private static string? EndOf(string name, int parts)
    {
        if (!BackingNames.IsFile(name)) return null;
        var pattern = BackingNames.Pattern(name);
        var at = pattern.Length;
        for (var part = 0; part < parts; part++)
        {
            if (at <= 0) return null;
            at = pattern.LastIndexOf('/', at - 1);
            if (at < 0) return part == parts - 1 ? pattern : null;
        }
        return pattern[(at + 1)..];
    }

    private static List<string> Distinct(VmaTable vmas)
    {
        var (seen, names) = (new HashSet<string>(StringComparer.Ordinal), new List<string>());
        string? last = null;
        for (var row = 0; row < vmas.Count; row++)
        {
            var name = vmas.Names[row];
            if (ReferenceEquals(name, last)) continue;
            last = name;
            if (seen.Add(name)) names.Add(name);
        }
        return names;
    }
}
