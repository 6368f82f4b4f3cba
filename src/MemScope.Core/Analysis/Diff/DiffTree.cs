using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>Rows that are not listed one by one: their number and what they add up to.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Unchanged">How many of them are unchanged.</param>
/// <param name="Base">Sum in base.</param>
/// <param name="Current">Sum in current.</param>
public readonly record struct DiffRest(int Rows, int Unchanged, DiffSizes Base, DiffSizes Current)
{
    /// <summary>With one more row.</summary>
    public DiffRest Plus(in DiffRow row) => new(Rows + 1, Unchanged + (row.State == DiffState.Unchanged ? 1 : 0), Base + row.Base, Current + row.Current);
}

/// <summary>The rows of a category, or of one backing within it.</summary>
/// <param name="Category">The category.</param>
/// <param name="Backing">Index of the backing, or null for the whole category.</param>
/// <param name="Base">Sum in base.</param>
/// <param name="Current">Sum in current.</param>
/// <param name="Count">How many rows.</param>
/// <param name="Changed">How many of them are not unchanged.</param>
public sealed record DiffGroup(Category Category, int? Backing, DiffSizes Base, DiffSizes Current, int Count, int Changed)
{
    /// <summary>What the sums say; a group whose parts outweigh each other is unchanged in sum, which <see cref="Changed"/> then belies.</summary>
    public DiffState State => DiffAnswer.StateOf(Base, Current);

    /// <summary>Indices of the rows that are listed.</summary>
    public IReadOnlyList<int> Rows { get; init; } = [];

    /// <summary>The backings within a category, where they were asked for.</summary>
    public IReadOnlyList<DiffGroup> Groups { get; init; } = [];

    /// <summary>The rows that are neither listed here nor in <see cref="Groups"/>.</summary>
    public DiffRest Rest { get; init; }
}

/// <summary>
/// A difference as it is read: the rows with the biggest change, by category and, where asked for, by backing. Listed rows, groups and rests add up to the group above, and all of them to the sum of the
/// rows that were kept.
/// </summary>
/// <param name="Groups">By category, the biggest change first.</param>
/// <param name="Listed">All rows that are listed, the biggest change first.</param>
/// <param name="Kept">How many rows passed the filter.</param>
/// <param name="Base">Sum in base of the rows that were kept.</param>
/// <param name="Current">Sum in current of the rows that were kept.</param>
public sealed record DiffTree(IReadOnlyList<DiffGroup> Groups, IReadOnlyList<int> Listed, int Kept, DiffSizes Base, DiffSizes Current)
{
    /// <summary>The tree of a difference.</summary>
    /// <param name="diff">The difference.</param>
    /// <param name="metric">By which number changes are weighed.</param>
    /// <param name="byBacking">Whether categories are split by backing.</param>
    /// <param name="limit">Most rows to list: the biggest changes, and unchanged rows only after all others.</param>
    /// <param name="keep">Whether a row is to be counted at all, or null for every row.</param>
    public static DiffTree Of(DiffAnswer diff, DiffMetric metric, bool byBacking, int limit, Predicate<int>? keep)
    {
        ArgumentNullException.ThrowIfNull(diff);
        var rows = diff.RowArray;
        var kept = new List<int>(rows.Length);
        for (var i = 0; i < rows.Length; i++)
            if (keep is null || keep(i)) kept.Add(i);
        var listed = Biggest(rows, kept, metric, limit);

        var isListed = new bool[rows.Length];
        foreach (var row in listed) isListed[row] = true;
        var categories = new Parts?[Model.Categories.All.Count];
        foreach (var row in kept) (categories[(int)rows[row].Category] ??= new Parts()).Add(rows[row]);
        foreach (var row in kept)
            if (!isListed[row]) categories[(int)rows[row].Category]!.Leave(rows[row]);
        foreach (var row in listed) categories[(int)rows[row].Category]!.Rows.Add(row);

        var groups = new List<DiffGroup>();
        foreach (var category in Model.Categories.All)
        {
            if (categories[(int)category] is not { } parts) continue;
            groups.Add(byBacking ? Split(category, parts, rows, kept, isListed, metric) : parts.ToGroup(category, null));
        }
        var (before, after) = (default(DiffSizes), default(DiffSizes));
        foreach (var group in groups) (before, after) = (before + group.Base, after + group.Current);
        return new([.. groups.OrderByDescending(g => g.Changed > 0).ThenByDescending(g => Weight(g, metric)).ThenBy(g => g.Category)], listed, kept.Count, before, after);
    }

    /// <summary>Backings of which a row is listed become groups; all others stay in the category's rest.</summary>
    private static DiffGroup Split(Category category, Parts parts, DiffRow[] rows, List<int> kept, bool[] isListed, DiffMetric metric)
    {
        var backings = new Dictionary<int, Parts>();
        foreach (var row in parts.Rows)
        {
            if (!backings.TryGetValue(rows[row].Backing, out var backing)) backings.Add(rows[row].Backing, backing = new Parts());
            backing.Rows.Add(row);
        }
        DiffRest rest = default;
        foreach (var row in kept)
        {
            if (rows[row].Category != category) continue;
            if (!backings.TryGetValue(rows[row].Backing, out var backing))
            {
                rest = rest.Plus(rows[row]);
                continue;
            }
            backing.Add(rows[row]);
            if (!isListed[row]) backing.Leave(rows[row]);
        }
        var groups = backings.Select(b => b.Value.ToGroup(category, b.Key)).OrderByDescending(g => g.Changed > 0).ThenByDescending(g => Weight(g, metric)).ThenBy(g => g.Backing).ToList();
        return parts.ToGroup(category, null) with { Rows = [], Groups = groups, Rest = rest };
    }

    private static long Weight(DiffGroup group, DiffMetric metric) => Magnitude(group.Current.Of(metric) - group.Base.Of(metric));

    /// <summary>Changed rows before unchanged ones, by the size of their change, then of their addresses, then as they stand. Of thousands of rows few have changed: only they are sorted while they fill the list.</summary>
    private static List<int> Biggest(DiffRow[] rows, List<int> kept, DiffMetric metric, int limit)
    {
        var changed = new List<(long Change, long Addresses, int Row)>();
        foreach (var row in kept)
            if (rows[row].State != DiffState.Unchanged) changed.Add(KeyOf(rows, row, metric));
        changed.Sort();
        var listed = new List<int>(Math.Min(limit, kept.Count));
        for (var i = 0; i < changed.Count && listed.Count < limit; i++) listed.Add(changed[i].Row);
        if (listed.Count == limit || listed.Count == kept.Count) return listed;
        changed.Clear();
        foreach (var row in kept)
            if (rows[row].State == DiffState.Unchanged) changed.Add(KeyOf(rows, row, metric));
        changed.Sort();
        for (var i = 0; i < changed.Count && listed.Count < limit; i++) listed.Add(changed[i].Row);
        return listed;
    }

    private static (long Change, long Addresses, int Row) KeyOf(DiffRow[] rows, int row, DiffMetric metric)
    {
        ref readonly var r = ref rows[row];
        return (-Magnitude(r.Current.Of(metric) - r.Base.Of(metric)), -Magnitude(r.Current.VirtualBytes - r.Base.VirtualBytes), row);
    }

    private static long Magnitude(long change) => change == long.MinValue ? long.MaxValue : Math.Abs(change);

    /// <summary>What collects a group.</summary>
    private sealed class Parts
    {
        private DiffSizes _base, _current;
        private int _count, _changed;
        private DiffRest _rest;

        public List<int> Rows { get; } = [];

        public void Add(in DiffRow row)
        {
            (_base, _current, _count) = (_base + row.Base, _current + row.Current, _count + 1);
            if (row.State != DiffState.Unchanged) _changed++;
        }

        public void Leave(in DiffRow row) => _rest = _rest.Plus(row);

        public DiffGroup ToGroup(Category category, int? backing) => new(category, backing, _base, _current, _count, _changed) { Rows = Rows, Rest = _rest };
    }
}
