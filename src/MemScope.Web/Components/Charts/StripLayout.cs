using System.Globalization;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Charts;

/// <summary>A region's place in the strip, in percent of its width.</summary>
/// <param name="Region">The region.</param>
/// <param name="X">Left edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Resident">Part that is in RAM, 0 to 1.</param>
/// <param name="Grown">Part that grew in the window, 0 to 1.</param>
/// <param name="GrownAtEnd">Whether it grew at its end rather than at its start.</param>
public sealed record StripCell(RegionWire Region, double X, double Width, double Resident, double Grown, bool GrownAtEnd);

/// <summary>Places regions side by side. Address spaces are mostly gaps, so wide ones are cut out, and widths follow the root of the size so that small regions stay visible.</summary>
public sealed record StripLayout(IReadOnlyList<StripCell> Cells, IReadOnlyList<double> Cuts, IReadOnlyList<(double X, string Text, bool AtEnd)> Labels)
{
    private const ulong CutGap = 64UL << 20;
    private const double CutWidth = 1.6;
    private const double LabelWidth = 9;

    /// <summary>Nothing to show.</summary>
    public static StripLayout Empty { get; } = new([], [], []);

    /// <summary>The layout of regions in address order.</summary>
    public static StripLayout Of(IReadOnlyList<RegionWire> regions)
    {
        if (regions.Count == 0) return Empty;
        var islands = Islands(regions);
        var weight = regions.Sum(Weight);
        var room = Math.Max(20, 100 - CutWidth * (islands.Count - 1));
        var cells = new List<StripCell>(regions.Count);
        var cuts = new List<double>();
        var labels = new List<(double, string, bool)>();
        var x = 0.0;
        foreach (var island in islands)
        {
            if (cells.Count > 0)
            {
                cuts.Add(x + CutWidth / 2);
                x += CutWidth;
            }
            var from = x;
            foreach (var region in island)
            {
                var width = room * Weight(region) / weight;
                cells.Add(Cell(region, x, width));
                x += width;
            }
            if (x - from >= LabelWidth && labels.Count > 0 && from - labels[^1].Item1 < LabelWidth) labels.RemoveAt(labels.Count - 1); // the wide island is worth more than its neighbour
            if (labels.Count == 0 || from - labels[^1].Item1 >= LabelWidth) labels.Add(Label(island, from, x));
        }
        return new StripLayout(cells, cuts, labels);
    }

    private static (double, string, bool) Label(List<RegionWire> island, double from, double to)
    {
        var text = island.Count == 1 && island[0].Name.Length is > 0 and < 14 ? island[0].Name : island[0].Start;
        return from > 100 - LabelWidth ? (to, text, true) : (from, text, false);
    }

    private static StripCell Cell(RegionWire region, double x, double width)
    {
        var size = Math.Max(1.0, region.VirtualBytes);
        return new StripCell(region, x, width, Math.Clamp((region.RssBytes ?? 0) / size, 0, 1), Math.Clamp(region.RssChangeBytes / size, 0, 1),
            region.Anchor.StartsWith("start fixed", StringComparison.Ordinal));
    }

    private static double Weight(RegionWire region) => Math.Sqrt(Math.Max(4096, region.VirtualBytes));

    private static List<List<RegionWire>> Islands(IReadOnlyList<RegionWire> regions)
    {
        var islands = new List<List<RegionWire>>();
        ulong end = 0;
        foreach (var region in regions)
        {
            var start = Address(region.Start);
            if (islands.Count == 0 || start - end > CutGap) islands.Add([]);
            islands[^1].Add(region);
            end = Address(region.End);
        }
        return islands;
    }

    private static ulong Address(string hex) => ulong.TryParse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var address) ? address : 0;
}
