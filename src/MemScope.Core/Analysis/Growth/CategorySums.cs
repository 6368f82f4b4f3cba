using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Growth;

/// <summary>Running sums of a number by category, moved forward through a track's logs.</summary>
/// <param name="track">The track.</param>
/// <param name="metric">The number.</param>
/// <param name="overrides">Categories that go before those of the rules, or null.</param>
internal sealed class CategorySums(Track track, Metric metric, CategoryOverrides? overrides = null)
{
    private const int None = -1;
    private readonly long[] _values = new long[track.Regions.Count];
    private readonly int[] _categories = NewCategories(track.Regions.Count);
    private int _valuesRead, _categoriesRead;

    /// <summary>By category the sum at the point reached.</summary>
    public Int128[] Bytes { get; } = new Int128[Model.Categories.All.Count];

    /// <summary>By category, whether a mapping had it up to the point reached.</summary>
    public bool[] Seen { get; } = new bool[Model.Categories.All.Count];

    /// <summary>Goes on to a point that is not before the one reached.</summary>
    public void AdvanceTo(int at)
    {
        var categories = track.CategoryChanges.Points;
        for (; _categoriesRead < categories.Length && categories[_categoriesRead].At <= at; _categoriesRead++) Recategorize(categories[_categoriesRead]);
        var log = track.LogOf(metric);
        for (var values = log.Points; _valuesRead < values.Length && values[_valuesRead].At <= at; _valuesRead++) Change(log, values[_valuesRead]);
    }

    private static int[] NewCategories(int regions)
    {
        var categories = new int[regions];
        Array.Fill(categories, None);
        return categories;
    }

    private void Recategorize(PointChanges<int> changes)
    {
        for (var i = 0; i < changes.Ordinals.Length; i++)
        {
            var ordinal = changes.Ordinals[i];
            ref var category = ref _categories[ordinal];
            if (category != None) Bytes[category] -= _values[ordinal];
            var assignment = track.AssignmentOf(changes.Values[i]);
            category = (int)(overrides is { IsEmpty: false } ? overrides.Apply(track.Regions[ordinal], assignment) : assignment).Category;
            Bytes[category] += _values[ordinal];
            Seen[category] = true;
        }
    }

    private void Change(ValueLog log, PointChanges<int> changes)
    {
        for (var i = 0; i < changes.Ordinals.Length; i++)
        {
            var ordinal = changes.Ordinals[i];
            var bytes = log.Bytes(changes.Values[i]);
            Bytes[_categories[ordinal]] += (Int128)bytes - _values[ordinal];
            _values[ordinal] = bytes;
        }
    }
}
