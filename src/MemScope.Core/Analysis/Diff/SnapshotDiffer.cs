using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>Compares two snapshots of a track by the identity of their regions.</summary>
public static class SnapshotDiffer
{
    /// <summary>
    /// The difference from point <paramref name="baseIndex"/> to <paramref name="currentIndex"/> (either order). Every mapping of both sides is in exactly one row, so the rows'
    /// deltas add up to the difference of the totals. Rows are in address order of current, then of what only base has. <paramref name="overrides"/> go before the rules of categories.
    /// </summary>
    public static SnapshotDiff Compare(Track track, int baseIndex, int currentIndex, CategoryOverrides? overrides = null)
    {
        ArgumentNullException.ThrowIfNull(track);
        var (before, after) = (track.VmasAt(baseIndex), track.VmasAt(currentIndex));
        var (beforeRegions, afterRegions) = (track.AliveAt(baseIndex), track.AliveAt(currentIndex));
        var yours = overrides ?? CategoryOverrides.None;
        var (beforeCategories, afterCategories) = (yours.Apply(beforeRegions, track.CategoriesAt(baseIndex)), yours.Apply(afterRegions, track.CategoriesAt(currentIndex)));
        var (beforeSizes, afterSizes) = (new SizeColumns(before), new SizeColumns(after));
        var states = new RowStates(track, baseIndex, currentIndex, before, after);
        var backings = new Backings(before.Count);

        // Which row of base a region has.
        var inBase = new Dictionary<Region, int>(before.Count);
        for (var row = 0; row < before.Count; row++) inBase[beforeRegions[row]] = row;
        var (baseRows, taken, gone) = (new int[after.Count], new bool[before.Count], before.Count);
        for (var row = 0; row < after.Count; row++)
        {
            baseRows[row] = inBase.TryGetValue(afterRegions[row], out var at) ? at : -1;
            if (baseRows[row] < 0) continue;
            taken[at] = true;
            gone--;
        }

        var (rows, regions) = (new DiffRow[after.Count + gone], new (Region, int, int)[after.Count + gone]);
        for (var row = 0; row < after.Count; row++)
        {
            var (region, at) = (afterRegions[row], baseRows[row]);
            rows[row] = new(states.Of(region, at, row), afterCategories[row].Category, backings.IndexOf(region.Backing), at < 0 ? default : beforeSizes.Of(at), afterSizes.Of(row));
            regions[row] = (region, at, row);
        }
        for (int row = 0, to = after.Count; row < before.Count; row++)
        {
            if (taken[row]) continue;
            var region = beforeRegions[row];
            rows[to] = new(states.Of(region, row, -1), beforeCategories[row].Category, backings.IndexOf(region.Backing), beforeSizes.Of(row), default);
            regions[to++] = (region, row, -1);
        }
        return new(states, SizeColumns.Shared(beforeSizes, afterSizes), rows, regions, backings.Names);
    }

    /// <summary>Numbers names in the order of their first row. Neighbouring mappings mostly share one.</summary>
    private sealed class Backings(int expected)
    {
        private readonly Dictionary<string, int> _indices = new(Math.Min(expected, 4096), StringComparer.Ordinal);
        private readonly List<string> _names = [];
        private string? _last;
        private int _lastIndex;

        public IReadOnlyList<string> Names => _names;

        public int IndexOf(string name)
        {
            if (ReferenceEquals(name, _last)) return _lastIndex;
            if (!_indices.TryGetValue(name, out var index))
            {
                index = _names.Count;
                _indices.Add(name, index);
                _names.Add(name);
            }
            (_last, _lastIndex) = (name, index);
            return index;
        }
    }
}
