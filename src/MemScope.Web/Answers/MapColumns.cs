using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>The address space at a snapshot as columns. It costs a pass over the changes of addresses and one over those of RSS, so that a slider may ask for one after another.</summary>
internal static class MapColumns
{
    /// <summary>The map of a point of the window's track.</summary>
    public static MapWire Of(TrackWindow window, int at)
    {
        var track = window.Track;
        var regions = track.Regions.Where(r => r.IsAliveAt(at)).ToArray();
        var extents = track.NearestExtentsOf(regions, at);
        Array.Sort(extents, regions, Comparer<RegionExtent>.Create((a, b) => a.Range.Start.CompareTo(b.Range.Start)));
        var (names, name) = Listed(extents, e => e.Name);
        var (permissions, perms) = Listed(extents, e => e.Permissions.Text());
        var (categories, category) = Listed(regions, r => window.AssignmentOf(r).Category.Slug());
        return new MapWire(window.ToWire(), track.Points[at].Number, track.Points[at].TakenAt, Array.ConvertAll(extents, e => AddressText.Of(e.Range.Start)), Array.ConvertAll(extents, e => AddressText.Of(e.Range.End)),
            track.Has(at, Metric.Rss) ? track.BytesOf(regions, at, Metric.Rss) : null, Array.ConvertAll(regions, r => r.Id), categories, category, names, name, permissions, perms)
        {
            Before = window.From < at ? Before(window, regions, extents) : null,
        };
    }

    private static MapBeforeWire Before(TrackWindow window, Region[] regions, RegionExtent[] now)
    {
        var then = window.Track.NearestExtentsOf(regions, window.From);
        var rows = Enumerable.Range(0, regions.Length).Where(i => !regions[i].IsAliveAt(window.From) || then[i].Range != now[i].Range).ToArray();
        var ranges = Array.ConvertAll(rows, i => regions[i].IsAliveAt(window.From) ? then[i].Range : new AddressRange(now[i].Range.Start, now[i].Range.Start));
        return new MapBeforeWire(window.First.Number, window.First.TakenAt, rows, Array.ConvertAll(ranges, r => AddressText.Of(r.Start)), Array.ConvertAll(ranges, r => AddressText.Of(r.End)));
    }

    /// <summary>The values of some rows, each once, and by row the place of its value.</summary>
    private static (List<string> Values, int[] Places) Listed<T>(T[] rows, Func<T, string> of)
    {
        var (values, known, places) = (new List<string>(), new Dictionary<string, int>(StringComparer.Ordinal), new int[rows.Length]);
        for (var i = 0; i < rows.Length; i++)
        {
            var value = of(rows[i]);
            if (!known.TryGetValue(value, out places[i]))
            {
                known[value] = places[i] = values.Count;
                values.Add(value);
            }
        }
        return (values, places);
    }
}
