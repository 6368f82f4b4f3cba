using System.Text;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Charts;

/// <summary>Geometry of the picture: areas in a square of 1000 × 1000 that is stretched, words outside it.</summary>
public sealed partial class StackPicture
{
    private const int Height = 300;
    private const int Top = 20;
    private const int PlotHeight = Height - Top - 30;
    private const int MostHeaps = 4;
    private static int s_count;

    private readonly string _clip = "inside-" + Interlocked.Increment(ref s_count).ToString(System.Globalization.CultureInfo.InvariantCulture);
    private StackGeometry _geometry = default!;

    /// <summary>What to draw.</summary>
    [Parameter, EditorRequired] public required SeriesWire Series { get; set; }

    /// <summary>Live bytes of heap profiles, drawn over the areas.</summary>
    [Parameter] public IReadOnlyList<HeapCourseWire> Heaps { get; set; } = [];

    /// <summary>Another run, drawn over the areas.</summary>
    [Parameter] public ChartRun? Run { get; set; }

    /// <summary>What it shows, in words.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>Category whose colour a single line takes, or null when each key is a category.</summary>
    [Parameter] public string? Colour { get; set; }

    /// <summary>First snapshot of the window, or null.</summary>
    [Parameter] public int? From { get; set; }

    /// <summary>Last snapshot of the window, or null.</summary>
    [Parameter] public int? To { get; set; }

    /// <summary>The window's change in words, or null.</summary>
    [Parameter] public string? Change { get; set; }

    /// <summary>The slope in words, written above the stack; null for none.</summary>
    [Parameter] public string? Rate { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _geometry = new StackGeometry(Series);
        // As heap.js draws them: what a profiler calls live beyond twice the total goes out of the picture.
        var over = DrawnHeaps.Select(h => Math.Min(h.LiveBytes.Max(), 2.0 * _geometry.Total)).Concat(Run?.Bytes ?? []).DefaultIfEmpty().Max();
        if (over > _geometry.Total) _geometry = new StackGeometry(Series, over);
    }

    private IEnumerable<HeapCourseWire> DrawnHeaps => Heaps.Where(h => h.Times.Count > 1).Take(MostHeaps);

    private IEnumerable<string> HeapLines => DrawnHeaps.Select(heap => Line(heap.Times.Select(t => (t - DateTimeOffset.UnixEpoch).TotalMilliseconds), heap.LiveBytes.Select(b => (double)b)));

    private IEnumerable<(string Slug, string Path)> Areas => _geometry.Areas().Select(a => (Colour ?? Series.Keys[a.Key], Path(a.Below, a.Above)));

    private IEnumerable<(string Value, double Y)> Grid => _geometry.Grid().Select(g => (g.Text, PlotY(g.Y)));

    // Seven round times fit on a desk; every second one has room on a telephone.
    private IEnumerable<(double X, string Text, string Anchor, bool IsMinor)> Times => _geometry.Times().Select((t, i) => (100 * t.X, t.Text, t.X < 0.03 ? "start" : t.X > 0.97 ? "end" : "middle", i % 2 == 1));

    private (double From, double To)? Window
    {
        get
        {
            if (From is null && To is null) return null;
            var (from, to) = (IndexOf(From, 0), IndexOf(To, Series.Numbers.Length - 1));
            return from == 0 && to == Series.Numbers.Length - 1 ? null : (X(from), X(to));
        }
    }

    // The name of each area, where it is high enough, at seven tenths of the window; a run's words go before.
    private IEnumerable<(double X, double Y, string Text, string Slug)> Names
    {
        get
        {
            if (Colour is not null) yield break;
            var (from, to) = (IndexOf(From, 0), IndexOf(To, Series.Numbers.Length - 1));
            var at = from + (int)((to - from) * 0.7);
            foreach (var (key, below, above) in _geometry.Areas())
            {
                var (y, height) = (PlotY(_geometry.Y((below[at] + above[at]) / 2)) + 4, (above[at] - below[at]) / _geometry.Most * PlotHeight);
                if (height < 14) continue;
                if (Run is not null && Math.Abs(y - RunWords.Y) < 16) y -= height > 60 ? 26 : 0;
                yield return (X(at) / 10, y, CategoryLook.Title(Series.Keys[key]), Series.Keys[key]);
            }
        }
    }

    // The words of the run stand behind its last point, and before it where there is no room.
    private (double X, double Y, string Anchor, string Class) RunWords
    {
        get
        {
            var (x, value) = (_geometry.X(Run!.UnixMs[^1]), Run.Bytes[^1]);
            var (isBehind, at) = (x < 0.55, _geometry.TotalAt(Run.UnixMs[^1]));
            var y = PlotY(_geometry.Y(value));
            return isBehind ? ((100 * x) + 0.8, y + 4, "start", at >= value ? "within" : "") : (100 * x, y - 8, "end", PlotY(_geometry.Y(at)) < y - 20 ? "within" : "");
        }
    }

    private (double X, double Y)? RateAt
    {
        get
        {
            if (Rate is null || Window is not null) return null;
            var at = Series.UnixMs.Length / 3;
            return (X(at) / 10, Math.Max(12, PlotY(_geometry.Y(_geometry.TotalAt(at))) - 14));
        }
    }

    private static string P(double percent) => Format.Svg(percent) + "%";

    private static double PlotY(double share) => Top + (PlotHeight * share);

    private string Total => _geometry.Areas().LastOrDefault() is { Above: { } above } ? Path(new double[above.Length], above) : "";

    private string RunLine => Line(Run!.UnixMs, Run.Bytes);

    private string Path(double[] below, double[] above)
    {
        var path = new StringBuilder("M");
        for (var i = 0; i < above.Length; i++) Append(i, above[i]);
        for (var i = below.Length - 1; i >= 0; i--) Append(i, below[i]);
        return path.Append('Z').ToString();

        void Append(int i, double value) => path.Append(path.Length > 1 ? "L" : "").Append(Format.Svg(X(i))).Append(' ').Append(Format.Svg(1000 * _geometry.Y(value)));
    }

    private string Line(IEnumerable<double> times, IEnumerable<double> values)
    {
        var points = new StringBuilder();
        foreach (var (at, value) in times.Zip(values)) points.Append(Format.Svg(1000 * _geometry.X(at))).Append(',').Append(Format.Svg(1000 * _geometry.Y(value))).Append(' ');
        return points.ToString();
    }

    private double X(int i) => 1000 * _geometry.X(Series.UnixMs[i]);

    private int IndexOf(int? number, int otherwise) => number is { } n && Array.IndexOf(Series.Numbers, n) is >= 0 and var i ? i : otherwise;
}
