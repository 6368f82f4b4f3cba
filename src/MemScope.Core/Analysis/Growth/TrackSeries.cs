using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Growth;

/// <summary>
/// Series over the points of a track, in bytes. <see cref="Metric.Size"/> is the virtual size of the ranges, so that every source has it; other numbers that a source does
/// not print are NaN in totals and categories.
/// </summary>
public static class TrackSeries
{
    /// <summary>Seconds of each point since the first.</summary>
    public static double[] Seconds(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        var seconds = new double[track.Points.Count];
        for (var at = 0; at < seconds.Length; at++) seconds[at] = (track.Points[at].TakenAt - track.Points[0].TakenAt).TotalSeconds;
        return seconds;
    }

    /// <summary>Sum over all mappings per point.</summary>
    public static double[] Total(Track track, Metric metric)
    {
        ArgumentNullException.ThrowIfNull(track);
        var values = new double[track.Points.Count];
        for (var at = 0; at < values.Length; at++)
        {
            var vmas = track.Points[at].Vmas;
            if (!IsPrinted(vmas, metric)) values[at] = double.NaN;
            else for (var row = 0; row < vmas.Count; row++) values[at] += BytesOf(vmas, row, metric);
        }
        return values;
    }

    /// <summary>Sum per category and point; categories that no point has are missing, in stacking order, points without a category hold 0. They add up to <see cref="Total"/>.</summary>
    public static IReadOnlyDictionary<Category, double[]> ByCategory(Track track, Metric metric)
    {
        ArgumentNullException.ThrowIfNull(track);
        var series = new double[]?[Model.Categories.All.Count];
        for (var at = 0; at < track.Points.Count; at++)
        {
            var vmas = track.Points[at].Vmas;
            for (var row = 0; row < vmas.Count; row++)
            {
                var values = series[(int)track.Categories[at][row].Category] ??= new double[track.Points.Count];
                values[at] += BytesOf(vmas, row, metric);
            }
        }
        for (var at = 0; at < track.Points.Count; at++)
        {
            if (IsPrinted(track.Points[at].Vmas, metric)) continue;
            foreach (var values in series) if (values is not null) values[at] = double.NaN;
        }
        return Model.Categories.All.Where(c => series[(int)c] is not null).ToDictionary(c => c, c => series[(int)c]!);
    }

    /// <summary>One region per point: NaN where it does not exist, 0 where its line lacks the number.</summary>
    public static double[] OfRegion(Track track, Region region, Metric metric)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(region);
        var values = new double[track.Points.Count];
        Array.Fill(values, double.NaN);
        foreach (var sighting in region.Sightings) values[sighting.At] = BytesOf(track.Points[sighting.At].Vmas, sighting.VmaIndex, metric);
        return values;
    }

    /// <summary>Whether a table has the number at all.</summary>
    internal static bool IsPrinted(VmaTable vmas, Metric metric) => metric == Metric.Size || vmas.Has(metric) || vmas.Count == 0;

    /// <summary>A metric of a row in bytes, 0 when absent.</summary>
    internal static double BytesOf(VmaTable vmas, int row, Metric metric) => metric == Metric.Size ? vmas[row].VirtualBytes : vmas[row].Bytes(metric);
}
