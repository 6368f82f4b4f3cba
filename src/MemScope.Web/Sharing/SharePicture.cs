using System.Globalization;
using System.Text;
using MemScope.Web.Components;
using MemScope.Web.Components.Charts;
using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>The picture of a share as a file to attach to a ticket: title, figures and chart in light colours. It needs nothing from anywhere and holds neither a link nor a key.</summary>
public static class SharePicture
{
    private const double Wide = 1040, Edge = 24, Inner = Wide - (2 * Edge), PlotHeight = 250, Left = 44, LegendWide = 190;
    private const int MostTitleLines = 3;

    /// <summary>What the file is called: <c>ucx_leak-32305.svg</c>.</summary>
    public static string FileName(SharedViewWire view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return string.Create(CultureInfo.InvariantCulture, $"{SafeText.FileName(view.Process.Comm)}-{view.Process.Pid}.svg");
    }

    /// <summary>Whether a view has something to draw.</summary>
    public static bool IsOf(SharedViewWire view) => view is { Series.UnixMs.Length: > 1 } || view.Compare is { Base.Curve.Seconds.Count: > 1, Current.Curve.Seconds.Count: > 1 };

    /// <summary>The file; null where the view has nothing to draw.</summary>
    public static string? Of(SharedViewWire view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (!IsOf(view)) return null;
        var (ticket, title) = (new Ticket(view), Lines(view.Title, 26, Inner));
        var figures = ticket.Figures;
        var top = 62 + (title.Count * 32) + (figures.Count > 0 ? 92 : 8) + 44;
        using var pen = new SvgPen(Wide, top + PlotHeight + 70, view.Title, $"{ticket.Answer} {ticket.Fix?.Replace("`", "", StringComparison.Ordinal)}".Trim());
        Head(pen, ticket, title);
        if (figures.Count > 0) Figures(pen, figures, 62 + (title.Count * 32));
        var words = view.Compare is not null ? ("Resident memory from the start of each window", "MiB") : view.Region is { } region ? ("Resident memory of the region", $"MiB, {region.Category}") : ("Resident memory by category", $"MiB, {view.Series!.Source}");
        pen.Pair(Edge, top - 20, (words.Item1, 13, LightColours.Text, 620), (words.Item2, 12, LightColours.Third));
        if (view.Compare is { Base.Curve: { } before, Current.Curve: { } after } compare) Pair(pen, compare, before, after, top);
        else Stack(pen, view, ticket, top);
        var foot = $"MemScope, frozen {Format.Date(view.FrozenAt)} {Format.Clock(view.FrozenAt)} UTC. Times in UTC.{(view.Redacted.Count > 0 ? " Names were taken out: " + string.Join(", ", view.Redacted) + "." : "")}";
        pen.Text(Edge, top + PlotHeight + 54, SvgPen.Cut(foot, 11, Inner), 11, LightColours.Third);
        return pen.End();
    }

    private static void Head(SvgPen pen, Ticket ticket, List<string> title)
    {
        var view = ticket.View;
        var (colour, kind) = view.Process.Assessment.Kind switch { "leak" => (LightColours.Leak, "Leak"), "retention" => (LightColours.Retention, "Retention"), "healthy" => (LightColours.Healthy, "Healthy"), _ => (LightColours.Second, "Unclear") };
        var verdict = kind + (ticket.Certainty is { } sure ? " · " + sure : "");
        var subject = $"{Format.Name(view.Process)} on {view.Process.Host}, {Format.Date(view.Window.From)} {Format.Clock(view.Window.From)} to {Format.Clock(view.Window.To)} UTC";
        pen.Pair(Edge, 36, (verdict, 12, colour, 620), (SvgPen.Cut(subject, 12, Inner - 170), 12, LightColours.Second));
        for (var i = 0; i < title.Count; i++) pen.Text(Edge, 70 + (i * 32), title[i], 26, LightColours.Text, 640);
    }

    private static void Figures(SvgPen pen, IReadOnlyList<TicketFigure> figures, double top)
    {
        pen.Line(Edge, top, Wide - Edge, top, LightColours.Line);
        var column = Inner / figures.Count;
        for (var i = 0; i < figures.Count; i++)
        {
            var (figure, x) = (figures[i], Edge + (i * column) + (i > 0 ? 14 : 0));
            if (i > 0) pen.Line(Edge + (i * column), top, Edge + (i * column), top + 78, LightColours.Line);
            pen.Text(x, top + 22, SvgPen.Cut(figure.Label, 11, column - 18), 11, LightColours.Second, 500);
            pen.Pair(x, top + 46, (figure.Value, 22, figure.Tone switch { "grow" => LightColours.Grow, "proven" => LightColours.Healthy, _ => LightColours.Text }, 600), (figure.Unit ?? "", 12, LightColours.Third));
            pen.Text(x, top + 66, SvgPen.Cut(figure.Source, 11, column - 18), 11, LightColours.Third);
        }
        pen.Line(Edge, top + 78, Wide - Edge, top + 78, LightColours.Line);
    }

    private static void Stack(SvgPen pen, SharedViewWire view, Ticket ticket, double top)
    {
        var (series, run) = (view.Series!, view.Region is null ? ticket.Run : null);
        var geometry = new StackGeometry(series, run?.Bytes.Max() ?? 0);
        var (left, width) = (Edge + Left, Inner - Left - LegendWide);
        double X(double share) => left + (width * share);
        double Y(double share) => top + (PlotHeight * share);
        Axis(pen, geometry.Grid(), geometry.Times(), left, width, top);
        string Colour(int key) => LightColours.Of(view.Region?.Category ?? series.Keys[key]);
        var labels = new List<(double Y, string Name, double Bytes, string Colour)>();
        foreach (var (key, below, above) in geometry.Areas())
        {
            pen.Area(Path(series, geometry, below, above, X, Y), Colour(key));
            var held = above[^1] - below[^1];
            if (held >= 0.01 * geometry.TotalAt(above.Length - 1)) labels.Add((Y(geometry.Y((above[^1] + below[^1]) / 2)), view.Region is null ? CategoryLook.Title(series.Keys[key]) : "RSS", held, Colour(key)));
        }
        if (view.Region is null) labels.Add((Y(geometry.Y(geometry.TotalAt(series.UnixMs.Length - 1))), "RSS", geometry.TotalAt(series.UnixMs.Length - 1), ""));
        Legend(pen, labels, left + width + 16, top);
        if (run is not null) Run(pen, geometry, run, X, Y);
    }

    private static void Run(SvgPen pen, StackGeometry geometry, ChartRun run, Func<double, double> x, Func<double, double> y)
    {
        var points = string.Join(' ', run.UnixMs.Zip(run.Bytes, (at, bytes) => $"{Format.Svg(x(geometry.X(at)))},{Format.Svg(y(geometry.Y(bytes)))}"));
        pen.Polyline(points, LightColours.Healthy, 3.5);
        pen.Polyline(points, "#FFFFFF", 1.75, "5 3");
        var (end, value) = (run.UnixMs[^1], run.Bytes[^1]);
        var (atX, atY) = (x(geometry.X(end)), y(geometry.Y(value)));
        pen.Dot(atX, atY, 4, LightColours.Healthy);
        pen.Dot(atX, atY, 2.5, "#FFFFFF");
        var within = y(geometry.Y(geometry.TotalAt(end))) < atY - 18;
        if (geometry.X(end) < 0.55) pen.Text(atX + 9, atY + 4, run.Words, 11.5, within ? "#FFFFFF" : LightColours.Healthy, 600);
        else pen.Text(atX, atY - 9, run.Words, 11.5, within ? "#FFFFFF" : LightColours.Healthy, 600, "end");
    }

    // Each name stands at the height of its area, from the bottom up, and none upon another.
    private static void Legend(SvgPen pen, List<(double Y, string Name, double Bytes, string Colour)> labels, double x, double top)
    {
        var free = top + PlotHeight + 8;
        foreach (var (at, name, bytes, colour) in labels)
        {
            var y = Math.Min(at + 4, free - 16);
            free = y;
            if (colour.Length > 0) pen.Rect(x, y - 9, 9, 9, colour, 2);
            pen.Text(x + (colour.Length > 0 ? 16 : 0), y, name, 12, LightColours.Text, colour.Length > 0 ? 400 : 620);
            pen.Text(Wide - Edge, y, Format.MiB(bytes) + " MiB", 12, LightColours.Second, colour.Length > 0 ? 400 : 620, "end");
        }
    }

    private static void Pair(SvgPen pen, CompareWire compare, CompareCurveWire before, CompareCurveWire after, double top)
    {
        var longest = Math.Max(1e-3, Math.Max(before.Seconds[^1], after.Seconds[^1]));
        var most = before.RssBytes.Concat(after.RssBytes).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        // The pair on the axis of a stack of one: the same round figures.
        var geometry = new StackGeometry(new SeriesWire("", "rss", ["total"], [""], [1, 2], [0, longest * 1000], [[most, most]], false));
        var (left, width) = (Edge + Left, Inner - Left - LegendWide);
        Axis(pen, geometry.Grid(), [.. Enumerable.Range(0, 5).Select(i => (Format.Span(TimeSpan.FromSeconds(longest * i / 4)), i / 4.0))], left, width, top);
        var labels = new List<(double Y, string Name, double Bytes, string Colour)>();
        foreach (var (letter, curve, side, colour) in new[] { ('A', before, compare.Base, LightColours.Leak), ('B', after, compare.Current, LightColours.Healthy) })
        {
            pen.Polyline(string.Join(' ', curve.Seconds.Zip(curve.RssBytes).Where(p => double.IsFinite(p.Second)).Select(p => $"{Format.Svg(left + (width * p.First / longest))},{Format.Svg(top + (PlotHeight * geometry.Y(p.Second)))}")), colour, 2);
            var last = curve.RssBytes.LastOrDefault(double.IsFinite);
            labels.Add((top + (PlotHeight * geometry.Y(last)), SvgPen.Cut(string.Create(CultureInfo.InvariantCulture, $"{letter} {side.Process.Pid}"), 12, 90), last, colour));
        }
        Legend(pen, [.. labels.OrderByDescending(l => l.Y)], left + width + 16, top);
    }

    private static void Axis(SvgPen pen, IEnumerable<(string Text, double Y)> grid, IEnumerable<(string Text, double X)> times, double left, double width, double top)
    {
        foreach (var (text, share) in grid)
        {
            pen.Line(left, top + (PlotHeight * share), left + width, top + (PlotHeight * share), LightColours.Grid);
            pen.Text(left - 8, top + (PlotHeight * share) + 4, text, 11, LightColours.Third, anchor: "end");
        }
        foreach (var (text, share) in times) pen.Text(left + (width * share), top + PlotHeight + 20, text, 11, LightColours.Third, anchor: share < 0.03 ? "start" : share > 0.97 ? "end" : "middle");
    }

    private static string Path(SeriesWire series, StackGeometry geometry, double[] below, double[] above, Func<double, double> x, Func<double, double> y)
    {
        var path = new StringBuilder();
        for (var i = 0; i < above.Length; i++) Append(i, above[i]);
        for (var i = below.Length - 1; i >= 0; i--) Append(i, below[i]);
        return path.Append('Z').ToString();

        void Append(int i, double value) => path.Append(path.Length > 0 ? 'L' : 'M').Append(Format.Svg(x(geometry.X(series.UnixMs[i])))).Append(' ').Append(Format.Svg(y(geometry.Y(value))));
    }

    private static List<string> Lines(string text, double size, double width)
    {
        var lines = new List<string>();
        foreach (var word in SafeText.Line(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count > 0 && SvgPen.Width(lines[^1] + " " + word, size) <= width) lines[^1] += " " + word;
            else if (lines.Count < MostTitleLines) lines.Add(SvgPen.Cut(word, size, width));
            else return [.. lines.SkipLast(1), SvgPen.Cut(lines[^1] + " …", size, width)];
        }
        return lines.Count == 0 ? [""] : lines;
    }
}
