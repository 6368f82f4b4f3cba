using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Diff;

/// <summary>Compares two snapshots of a track by the identity of their regions.</summary>
public static class SnapshotDiffer
{
    /// <summary>
    /// The difference from point <paramref name="baseIndex"/> to <paramref name="currentIndex"/> (either order). Every mapping of both sides is in exactly one row, so the rows'
    /// deltas add up to the difference of the totals. Rows are in address order of current, then of what only base has.
    /// </summary>
    public static SnapshotDiff Compare(Track track, int baseIndex, int currentIndex)
    {
        ArgumentNullException.ThrowIfNull(track);
        var (before, after) = (track.VmasAt(baseIndex), track.VmasAt(currentIndex));
        var (beforeRegions, afterRegions) = (track.AliveAt(baseIndex), track.AliveAt(currentIndex));
        var (beforeCategories, afterCategories) = (track.CategoriesAt(baseIndex), track.CategoriesAt(currentIndex));
        var (beforeSizes, afterSizes) = (new SizeColumns(before), new SizeColumns(after));
        var states = new RowStates(track, baseIndex, currentIndex, before, after);
        var backings = new Backings(before.Count);

        // Which row of base a region has.
        var inBase = new Dictionary<Region, int>(before.Count);
        for (var row = 0; row < before.Count; row++) inBase[beforeRegions[row]] = row;
        var taken = new bool[before.Count];
        var (rows, regions) = (new List<DiffRow>(after.Count + 8), new List<(Region, int, int)>(after.Count + 8));
        for (var row = 0; row < after.Count; row++)
        {
            var region = afterRegions[row];
            var at = inBase.TryGetValue(region, out var found) ? found : -1;
            if (at >= 0) taken[at] = true;
            var state = states.Of(region, at, row);
            rows.Add(new(state, afterCategories[row].Category, backings.IndexOf(region.Backing), at < 0 ? default : beforeSizes.Of(at), afterSizes.Of(row)));
            regions.Add((region, at, row));
        }
        for (var row = 0; row < before.Count; row++)
        {
            if (taken[row]) continue;
            var region = beforeRegions[row];
            rows.Add(new(states.Of(region, row, -1), beforeCategories[row].Category, backings.IndexOf(region.Backing), beforeSizes.Of(row), default));
            regions.Add((region, row, -1));
        }
        return new(states, SizeColumns.Shared(beforeSizes, afterSizes), [.. rows], [.. regions], backings.Names);
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
