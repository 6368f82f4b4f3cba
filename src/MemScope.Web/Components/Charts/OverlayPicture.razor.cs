using System.Globalization;
using System.Text;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web.Components.Charts;

/// <summary>Geometry of the overlay: lines in a square of 1000 × 1000 that is stretched, words outside it.</summary>
public sealed partial class OverlayPicture
{
    private const int Top = 20;
    private const int PlotHeight = 250;
    private const double MiB = 1 << 20;

    private double _most = 1, _step = 1, _longest = 1;

    /// <summary>The first series.</summary>
    [Parameter, EditorRequired] public required CompareCurveWire A { get; set; }

    /// <summary>The second.</summary>
    [Parameter, EditorRequired] public required CompareCurveWire B { get; set; }

    /// <summary>What the first is called.</summary>
    [Parameter] public string NameOfA { get; set; } = "A";

    /// <summary>What the second is called.</summary>
    [Parameter] public string NameOfB { get; set; } = "B";

    private string Label => $"Resident memory from the start of each window: {Course(NameOfA, A)}; {Course(NameOfB, B)}";

    /// <summary>Every moment of either side, with what each had then.</summary>
    private IEnumerable<(double Seconds, double? A, double? B)> Rows
    {
        get
        {
            var (a, b) = (ByMoment(A), ByMoment(B));
            return a.Keys.Union(b.Keys).Order().Select(at => (at, a.TryGetValue(at, out var ofA) ? ofA : (double?)null, b.TryGetValue(at, out var ofB) ? ofB : (double?)null));
        }
    }

    private IEnumerable<(string Value, double Y)> Grid
    {
        get
        {
            for (var value = 0.0; value <= _most + (_step / 2); value += _step) yield return ((value / MiB).ToString("#,0.##", CultureInfo.InvariantCulture), Top + (PlotHeight * (1 - (value / _most))));
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var most = A.RssBytes.Concat(B.RssBytes).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        // 1, 2 or 5 times a power of ten in MiB, three to six lines.
        var raw = Math.Max(most, 1) / MiB / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        _step = MiB * power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        _most = Math.Ceiling(most / _step) * _step;
        _longest = Math.Max(1e-3, Math.Max(Last(A.Seconds), Last(B.Seconds)));
    }

    // To a hundredth of a second, as the rows are printed.
    private static Dictionary<double, double> ByMoment(CompareCurveWire curve)
    {
        var values = new Dictionary<double, double>();
        for (var i = 0; i < curve.Seconds.Count; i++) values[Math.Round(curve.Seconds[i], 2)] = curve.RssBytes[i];
        return values;
    }

    private static string Cell(double? bytes) => bytes is { } value && double.IsFinite(value) ? (value / MiB).ToString("#,0.00", CultureInfo.InvariantCulture) : Format.Dash;

    private string Points(CompareCurveWire curve)
    {
        var points = new StringBuilder();
        for (var i = 0; i < curve.Seconds.Count; i++)
        {
            if (double.IsFinite(curve.RssBytes[i])) points.Append(Format.Svg(1000 * curve.Seconds[i] / _longest)).Append(',').Append(Format.Svg(1000 * (1 - (curve.RssBytes[i] / _most)))).Append(' ');
        }
        return points.ToString();
    }

    private static string Course(string side, CompareCurveWire curve) => curve.RssBytes.Count == 0 ? $"{side} has no point" : $"{side} goes from {Format.MiB(curve.RssBytes[0])} to {Format.MiB(curve.RssBytes[^1])} MiB in {Format.Span(TimeSpan.FromSeconds(Last(curve.Seconds)))}";

    private static string EndOf(string side, CompareCurveWire curve) => $"{side} {Format.MiB(Last(curve.RssBytes))} MiB";

    private string X(CompareCurveWire curve) => Format.Svg(Math.Clamp(100 * Last(curve.Seconds) / _longest, 8, 100)) + "%";

    /// <summary>Above the end of its line; the lower of two neighbours goes below its own.</summary>
    private double LabelOf(CompareCurveWire curve, CompareCurveWire other)
    {
        var (y, otherY) = (Y(curve), Y(other));
        var below = y > otherY || (y.Equals(otherY) && ReferenceEquals(curve, B));
        return Math.Clamp(below && y - otherY < 20 ? y + 14 : y - 6, 10, Top + PlotHeight - 4);
    }

    private double Y(CompareCurveWire curve) => Top + (PlotHeight * (1 - (Last(curve.RssBytes) / _most)));

    private static double Last(IReadOnlyList<double> values) => values.Count > 0 && double.IsFinite(values[^1]) ? values[^1] : 0;
}
