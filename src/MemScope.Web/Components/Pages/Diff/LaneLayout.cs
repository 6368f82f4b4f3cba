using System.Globalization;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Diff;

/// <summary>A region in both address spaces on one scale, in percent of the width.</summary>
/// <param name="Row">The row.</param>
/// <param name="BaseX">Left edge in A.</param>
/// <param name="BaseWidth">Width in A, 0 when absent.</param>
/// <param name="X">Left edge in B.</param>
/// <param name="Width">Width in B, 0 when absent.</param>
public sealed record Lane(DiffRowWire Row, double BaseX, double BaseWidth, double X, double Width);

/// <summary>
/// The stretch of addresses around the region that changed most, drawn to scale for both snapshots, so that one sees which end moved.
/// </summary>
/// <param name="Lanes">Regions in the stretch.</param>
/// <param name="Main">The one that changed most.</param>
/// <param name="From">First address of the stretch.</param>
/// <param name="To">Its end.</param>
public sealed record LaneLayout(IReadOnlyList<Lane> Lanes, Lane Main, string From, string To)
{
    private const double Margin = 0.06;
    private const int MostLanes = 400;

    /// <summary>The layout, or null when no region changed its addresses.</summary>
    public static LaneLayout? Of(DiffWire diff)
    {
        var main = diff.Rows.Where(r => r.State is not "unchanged" && r.Delta.VirtualBytes != 0).MaxBy(r => Math.Abs((Captured.Rss(diff) ? r.Delta.RssBytes : null) ?? r.Delta.VirtualBytes));
        if (main is null || Ends(main) is not { } ends) return null;
        var span = (double)(ends.To - ends.From);
        var from = ends.From - Math.Min(ends.From, (ulong)(span * Margin));
        var to = ends.To + (ulong)(span * Margin);
        var lanes = diff.Rows.Where(r => Ends(r) is { } e && e.To > from && e.From < to).Take(MostLanes).Select(r => LaneOf(r, from, to)).ToList();
        return new LaneLayout(lanes, LaneOf(main, from, to), from.ToString("x", CultureInfo.InvariantCulture), to.ToString("x", CultureInfo.InvariantCulture));
    }

    private static Lane LaneOf(DiffRowWire row, ulong from, ulong to)
    {
        var (baseX, baseWidth) = Place(row.BaseRange, from, to);
        var (x, width) = Place(row.CurrentRange, from, to);
        return new Lane(row, baseX, baseWidth, x, width);
    }

    private static (double X, double Width) Place(string? range, ulong from, ulong to)
    {
        if (Parse(range) is not { } r || r.To <= from || r.From >= to) return (0, 0);
        var (a, b) = (Math.Max(r.From, from), Math.Min(r.To, to));
        var span = (double)(to - from);
        return (100 * (a - from) / span, Math.Max(0.15, 100 * (b - a) / span));
    }

    private static (ulong From, ulong To)? Ends(DiffRowWire row) => (Parse(row.BaseRange), Parse(row.CurrentRange)) switch
    {
        ({ } a, { } b) => (Math.Min(a.From, b.From), Math.Max(a.To, b.To)),
        ({ } a, null) => a,
        (null, { } b) => b,
        _ => null,
    };

    private static (ulong From, ulong To)? Parse(string? range) =>
        range?.Split('-') is [var a, var b] && ulong.TryParse(a, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var from) && ulong.TryParse(b, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var to) ? (from, to) : null;
}
