using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>What is told of one region beside its figures: its edges, its course, what lies next to it.</summary>
internal static class RegionSurroundings
{
    private const int MostPoints = 60;

    /// <summary>Which ends move.</summary>
    public static RegionEdgesWire Edges(Region region)
    {
        var edges = RegionEdges.Of(region);
        return new(edges.StartMoves, edges.EndMoves, edges.StartBytes, edges.EndBytes, edges.StepBytes, edges.Steps, edges.Text);
    }

    /// <summary>Where it lay over its life.</summary>
    public static RegionCourseWire Course(Track track, Region region)
    {
        var life = region.LastAt - region.BornAt;
        var count = Math.Min(life + 1, MostPoints);
        var points = Enumerable.Range(0, count).Select(i => region.BornAt + (count == 1 ? 0 : (int)((long)i * life / (count - 1)))).ToArray();
        var ranges = Array.ConvertAll(points, at => track.RangeOf(region, at));
        var lowest = ranges.Min(r => r.Start);
        return new(Array.ConvertAll(points, at => track.Points[at].Number), Array.ConvertAll(ranges, r => Above(lowest, r.Start)), Array.ConvertAll(ranges, r => Above(lowest, r.End)));
    }

    /// <summary>The mappings below and above it at a point where it is there, in address order.</summary>
    public static IReadOnlyList<RegionNeighbourWire> Neighbours(TrackWindow window, Region region, int at)
    {
        var rows = window.Track.AliveAt(at);
        var row = 0;
        while (row < rows.Count && rows[row] != region) row++;
        if (row == rows.Count) return [];
        var own = window.Track.RangeOf(region, at);
        var found = new List<RegionNeighbourWire>(2);
        if (row > 0) found.Add(Of(window, rows[row - 1], at, own, isAbove: false));
        if (row + 1 < rows.Count) found.Add(Of(window, rows[row + 1], at, own, isAbove: true));
        return found;
    }

    private static long Above(ulong lowest, ulong address) => (long)Math.Min(address - lowest, long.MaxValue);

    private static RegionNeighbourWire Of(TrackWindow window, Region region, int at, AddressRange own, bool isAbove)
    {
        var extent = window.Track.NearestExtentOf(region, at);
        var gap = isAbove ? new AddressRange(own.End, extent.Range.Start) : new AddressRange(extent.Range.End, own.Start);
        return new(region.Id, isAbove, window.AssignmentOf(region).Category.Slug(), extent.Name, extent.Permissions.Text(), AddressText.Of(extent.Range.Start), AddressText.Of(extent.Range.End), (long)Math.Min(gap.Length, long.MaxValue));
    }
}
