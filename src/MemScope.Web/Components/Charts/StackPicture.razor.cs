using System.Globalization;
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
    private const double MiB = 1 << 20;
    private const int MostHeaps = 4;

    private double _most = 1;

    /// <summary>What to draw.</summary>
    [Parameter, EditorRequired] public required SeriesWire Series { get; set; }

    /// <summary>Live bytes of heap profiles, drawn over the areas.</summary>
    [Parameter] public IReadOnlyList<HeapCourseWire> Heaps { get; set; } = [];

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

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var most = 1.0;
        for (var i = 0; i < Series.UnixMs.Length; i++) most = Math.Max(most, Series.Values.Sum(column => Value(column, i)));
        // As heap.js draws them: what a profiler calls live beyond twice the total goes out of the picture.
        var (total, highest) = (most, 2 * most);
        foreach (var heap in DrawnHeaps) most = Math.Max(most, Math.Max(total, Math.Min(heap.LiveBytes.Max(), highest)));
        _most = Math.Ceiling(most / Step(most)) * Step(most);
    }

    private IEnumerable<HeapCourseWire> DrawnHeaps => Heaps.Where(h => h.Times.Count > 1).Take(MostHeaps);

    private IEnumerable<string> HeapLines => DrawnHeaps.Select(Line);

    private IEnumerable<(string Slug, string Path)> Areas
    {
        get
        {
            var below = new double[Series.UnixMs.Length];
            for (var key = Series.Keys.Count - 1; key >= 0; key--)
            {
                var column = Series.Values[key];
                if (!column.Any(v => v > 0)) continue;
                var above = new double[below.Length];
                for (var i = 0; i < above.Length; i++) above[i] = below[i] + Value(column, i);
                yield return (Colour ?? Series.Keys[key], Path(below, above));
                below = above;
            }
        }
    }

    private IEnumerable<(string Value, double Y)> Grid
    {
        get
        {
            var step = Step(_most);
            for (var value = 0.0; value <= _most + step / 2; value += step) yield return ((value / MiB).ToString("#,0.##", CultureInfo.InvariantCulture), Top + PlotHeight * (1 - value / _most));
        }
    }

    private IEnumerable<(double X, string Text, string Anchor)> Times
    {
        get
        {
            var (first, last) = (Series.UnixMs[0], Series.UnixMs[^1]);
            for (var i = 0; i <= 3; i++)
            {
                var at = DateTimeOffset.UnixEpoch.AddMilliseconds(first + (last - first) * i / 3);
                yield return (100.0 * i / 3, Format.Clock(at), i switch { 0 => "start", 3 => "end", _ => "middle" });
            }
        }
    }

    private (double From, double To)? Window
    {
        get
        {
            if (From is null && To is null) return null;
            var (from, to) = (IndexOf(From, 0), IndexOf(To, Series.Numbers.Length - 1));
            return from == 0 && to == Series.Numbers.Length - 1 ? null : (X(from), X(to));
        }
    }

    // The name of each area, where it is high enough, at seven tenths of the window.
    private IEnumerable<(double X, double Y, string Text, string Slug)> Names
    {
        get
        {
            if (Colour is not null) yield break;
            var (from, to) = (IndexOf(From, 0), IndexOf(To, Series.Numbers.Length - 1));
            var at = from + (int)((to - from) * 0.7);
            var below = 0.0;
            for (var key = Series.Keys.Count - 1; key >= 0; key--)
            {
                var value = Value(Series.Values[key], at);
                if (value / _most * PlotHeight >= 14) yield return (X(at) / 10, Top + PlotHeight * (1 - (below + value / 2) / _most) + 4, CategoryLook.Title(Series.Keys[key]), Series.Keys[key]);
                below += value;
            }
        }
    }

    private static string P(double percent) => Format.Svg(percent) + "%";

    private string Path(double[] below, double[] above)
    {
        var path = new StringBuilder("M");
        for (var i = 0; i < above.Length; i++) Append(i, above[i]);
        for (var i = below.Length - 1; i >= 0; i--) Append(i, below[i]);
        return path.Append('Z').ToString();

        void Append(int i, double value) => path.Append(path.Length > 1 ? "L" : "").Append(Format.Svg(X(i))).Append(' ').Append(Format.Svg(1000 * (1 - value / _most)));
    }

    private string Line(HeapCourseWire heap)
    {
        var (first, last) = (Series.UnixMs[0], Series.UnixMs[^1]);
        var points = new StringBuilder();
        for (var i = 0; i < heap.Times.Count; i++)
        {
            var x = last <= first ? 0 : 1000 * ((heap.Times[i] - DateTimeOffset.UnixEpoch).TotalMilliseconds - first) / (last - first);
            points.Append(Format.Svg(x)).Append(',').Append(Format.Svg(1000 * (1 - (heap.LiveBytes[i] / _most)))).Append(' ');
        }
        return points.ToString();
    }

    private double X(int i)
    {
        var (first, last) = (Series.UnixMs[0], Series.UnixMs[^1]);
        return last <= first ? 0 : 1000 * (Series.UnixMs[i] - first) / (last - first);
    }

    private int IndexOf(int? number, int otherwise) => number is { } n && Array.IndexOf(Series.Numbers, n) is >= 0 and var i ? i : otherwise;

    // A point where a series does not exist adds nothing to a stack.
    private static double Value(double[] column, int i) => double.IsFinite(column[i]) ? column[i] : 0;

    // 1, 2 or 5 times a power of ten in MiB, four to ten lines.
    private static double Step(double most)
    {
        var raw = Math.Max(most, 1) / MiB / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return MiB * power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
