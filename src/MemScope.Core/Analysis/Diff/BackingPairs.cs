using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>Names of both sides that stand for one thing.</summary>
internal sealed class BackingPair(string name, SpaceMatch match)
{
    /// <summary>The name for both.</summary>
    public string Name { get; } = name;

    /// <summary>By what they were brought together.</summary>
    public SpaceMatch Match { get; } = match;

    /// <summary>Its place among all pairs.</summary>
    public int Index { get; set; }

    /// <summary>Names in base, in the order of their first mapping.</summary>
    public IReadOnlyList<string> BaseNames { get; init; } = [];

    /// <summary>Names in current.</summary>
    public IReadOnlyList<string> CurrentNames { get; init; } = [];
}

/// <summary>
/// Finds for each name of one address space its like in the other, surest first: the equal name, the equal pattern, the file of the longest equal end of a path, the same file in another version.
/// A name that has found its like is not asked again, and where several would do, none is taken.
/// </summary>
internal sealed class BackingPairs
{
    private const int DeepestFolder = 4;

    private readonly Side _base, _current;
    private readonly List<BackingPair> _pairs = [];

    public BackingPairs(VmaTable before, VmaTable after)
    {
        (_base, _current) = (new(before), new(after));
        for (var id = 0; id < _base.Names.Count; id++)
            if (_current.IdOf(_base.Names[id]) is >= 0 and var same) Join(_base.Names[id], SpaceMatch.Name, [id], [same]);
        if (_base.HasOpen && _current.HasOpen) PairAlike();
        // What has no like is one thing with all of its pattern: numbers that change from run to run tell nothing.
        foreach (var (pattern, names) in _base.ByKey(Pattern)) Join(names.Count == 1 ? _base.Names[names[0]] : pattern, SpaceMatch.None, names, []);
        foreach (var (pattern, names) in _current.ByKey(Pattern)) Join(names.Count == 1 ? _current.Names[names[0]] : pattern, SpaceMatch.None, [], names);
    }

    /// <summary>All pairs.</summary>
    public IReadOnlyList<BackingPair> All => _pairs;

    /// <summary>The pair of the name of a mapping in base.</summary>
    public BackingPair OfBase(int row) => _base.PairOf(row);

    /// <summary>The pair of the name of a mapping in current.</summary>
    public BackingPair OfCurrent(int row) => _current.PairOf(row);

    /// <summary>A pair for a kind that one side names and the other does not.</summary>
    public BackingPair AddKind(Category category)
    {
        var pair = new BackingPair($"[{category.Slug()}]", SpaceMatch.Category) { Index = _pairs.Count };
        _pairs.Add(pair);
        return pair;
    }

    private void PairAlike()
    {
        PairPatterns();
        for (var depth = DeepestFolder; depth >= 1; depth--) PairUnique((side, id) => EndOf(side, id, depth), SpaceMatch.Folder);
        PairBare();
        PairUnique((side, id) => BackingNames.Stem(side.Names[id]), SpaceMatch.Version);
    }

    private void PairPatterns()
    {
        var inCurrent = _current.ByKey(Pattern);
        foreach (var (pattern, names) in _base.ByKey(Pattern))
            if (inCurrent.GetValueOrDefault(pattern) is { } others) Join(pattern, SpaceMatch.Pattern, names, others);
    }

    private static string Pattern(Side side, int id) => side.PatternOf(id);

    private void PairUnique(Func<Side, int, string?> key, SpaceMatch match)
    {
        if (!_base.HasOpen || !_current.HasOpen) return;
        var inCurrent = _current.ByKey(key);
        foreach (var (common, names) in _base.ByKey(key))
        {
            if (names.Count == 1 && inCurrent.GetValueOrDefault(common) is [var other]) Join(_current.Names[other], match, names, [other]);
        }
    }

    /// <summary>pmap prints the last part of a path alone, so that its names stand for all files that are called so.</summary>
    private void PairBare()
    {
        static string? File(Side side, int id) => EndOf(side, id, 1);
        static bool IsBare(Side side, List<int> names) => names.TrueForAll(id => !side.Names[id].Contains('/', StringComparison.Ordinal));
        var inCurrent = _current.ByKey(File);
        foreach (var (file, names) in _base.ByKey(File))
        {
            if (inCurrent.GetValueOrDefault(file) is { } others && (IsBare(_base, names) || IsBare(_current, others))) Join(file, SpaceMatch.Folder, names, others);
        }
    }

    private void Join(string name, SpaceMatch match, List<int> names, List<int> others)
    {
        var pair = new BackingPair(name, match) { Index = _pairs.Count, BaseNames = names.ConvertAll(id => _base.Names[id]), CurrentNames = others.ConvertAll(id => _current.Names[id]) };
        _pairs.Add(pair);
        foreach (var id in names) _base.Take(id, pair);
        foreach (var id in others) _current.Take(id, pair);
    }

    /// <summary>The last parts of a file's pattern; null for what is no file or has fewer parts. One part may stand alone, as pmap prints it.</summary>
    private static string? EndOf(Side side, int id, int parts)
    {
        if (!BackingNames.IsFile(side.Names[id])) return null;
        var pattern = side.PatternOf(id);
        var at = pattern.Length;
        for (var part = 0; part < parts; part++)
        {
            if (at <= 0) return null;
            at = pattern.LastIndexOf('/', at - 1);
            if (at < 0) return part == parts - 1 ? pattern : null;
        }
        return pattern[(at + 1)..];
    }

    /// <summary>The names of one address space, numbered.</summary>
    private sealed class Side
    {
        private readonly Dictionary<string, int> _ids;
        private readonly int[] _ofRow;
        private readonly List<BackingPair?> _pairs = [];
        private string?[]? _patterns;
        private int _open;

        public Side(VmaTable vmas)
        {
            _ids = new(StringComparer.Ordinal);
            _ofRow = new int[vmas.Count];
            string? last = null;
            for (var row = 0; row < vmas.Count; row++)
            {
                var name = vmas.Names[row];
                // Neighbouring mappings mostly share a name, and with it the text.
                _ofRow[row] = ReferenceEquals(name, last) ? _ofRow[row - 1] : Number(name);
                last = name;
            }
            _open = Names.Count;
        }

        /// <summary>The names in the order of their first mapping.</summary>
        public List<string> Names { get; } = [];

        /// <summary>Whether a name is without a pair.</summary>
        public bool HasOpen => _open > 0;

        public int IdOf(string name) => _ids.TryGetValue(name, out var id) ? id : -1;

        public BackingPair PairOf(int row) => _pairs[_ofRow[row]]!;

        public string PatternOf(int id) => (_patterns ??= new string?[Names.Count])[id] ??= BackingNames.Pattern(Names[id]);

        public IEnumerable<int> Open()
        {
            for (var id = 0; id < _pairs.Count; id++)
                if (_pairs[id] is null) yield return id;
        }

        public void Take(int id, BackingPair pair)
        {
            if (_pairs[id] is null) _open--;
            _pairs[id] = pair;
        }

        /// <summary>Names without a pair by what <paramref name="key"/> makes of them; those of which it makes nothing are left out.</summary>
        public Dictionary<string, List<int>> ByKey(Func<Side, int, string?> key)
        {
            var byKey = new Dictionary<string, List<int>>(StringComparer.Ordinal);
            foreach (var id in Open())
            {
                if (key(this, id) is not { } found) continue;
                if (!byKey.TryGetValue(found, out var list)) byKey.Add(found, list = []);
                list.Add(id);
            }
            return byKey;
        }

        private int Number(string name)
        {
            if (_ids.TryGetValue(name, out var id)) return id;
            id = Names.Count;
            _ids.Add(name, id);
            Names.Add(name);
            _pairs.Add(null);
            return id;
        }
    }
}
