using System.Globalization;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Charts;

/// <summary>Where the parts of a stacked chart lie, in shares of its plotting area: from the left, and from the top.</summary>
public sealed class StackGeometry
{
    private const double MiB = 1 << 20;
    private static readonly int[] s_seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000];

    private readonly SeriesWire _series;
    private readonly double _scale;

    /// <summary>Places a series.</summary>
    /// <param name="series">What is drawn; two points at least.</param>
    /// <param name="over">The highest value of what is drawn over the stack, in the unit of the series; 0 for nothing.</param>
    public StackGeometry(SeriesWire series, double over = 0)
    {
        ArgumentNullException.ThrowIfNull(series);
        _series = series;
        _scale = series.Unit == "count" ? 1 : MiB;
        var most = 1.0;
        for (var i = 0; i < series.UnixMs.Length; i++) most = Math.Max(most, series.Values.Sum(column => Value(column, i)));
        Total = most;
        Step = StepOf(Math.Max(most, over), _scale);
        Most = Math.Ceiling(Math.Max(most, over) / Step) * Step;
    }

    /// <summary>The highest total.</summary>
    public double Total { get; }

    /// <summary>The top of the axis.</summary>
    public double Most { get; }

    /// <summary>From one line of the grid to the next.</summary>
    public double Step { get; }

    /// <summary>From the left.</summary>
    public double X(double unixMs) => _series.UnixMs[^1] is var last && _series.UnixMs[0] is var first && last <= first ? 0 : (unixMs - first) / (last - first);

    /// <summary>From the top.</summary>
    public double Y(double value) => 1 - (value / Most);

    /// <summary>Total of a point.</summary>
    public double TotalAt(int i) => _series.Values.Sum(column => Value(column, i));

    /// <summary>Total at a time: that of the last point which is not behind it.</summary>
    public double TotalAt(double unixMs)
    {
        var at = Array.BinarySearch(_series.UnixMs, unixMs);
        return TotalAt(Math.Clamp(at >= 0 ? at : ~at - 1, 0, _series.UnixMs.Length - 1));
    }

    /// <summary>The areas from the bottom up: place of the key, lower and upper edge per point. Those without a value are left out.</summary>
    public IEnumerable<(int Key, double[] Below, double[] Above)> Areas()
    {
        var below = new double[_series.UnixMs.Length];
        for (var key = _series.Keys.Count - 1; key >= 0; key--)
        {
            var column = _series.Values[key];
            if (!column.Any(v => v > 0)) continue;
            var above = new double[below.Length];
            for (var i = 0; i < above.Length; i++) above[i] = below[i] + Value(column, i);
            yield return (key, below, above);
            below = above;
        }
    }

    /// <summary>The lines of the grid with what is written at them.</summary>
    public IEnumerable<(string Text, double Y)> Grid()
    {
        for (var value = 0.0; value <= Most + (Step / 2); value += Step) yield return ((value / _scale).ToString("#,0.##", CultureInfo.InvariantCulture), Y(value));
    }

    /// <summary>Round times with their places; seven at most.</summary>
    public IReadOnlyList<(string Text, double X)> Times()
    {
        var (first, last) = (_series.UnixMs[0], _series.UnixMs[^1]);
        if (_series.IsRelative || last - first < 1000) return [(Words(first), 0), (Words(last), 1)];
        var step = s_seconds.FirstOrDefault(s => (last - first) / 1000 / s <= 7, s_seconds[^1]) * 1000.0;
        var times = new List<(string, double)>();
        for (var at = Math.Ceiling(first / step) * step; at <= last; at += step) times.Add((Words(at), X(at)));
        return times;

        string Words(double at) => DateTimeOffset.UnixEpoch.AddMilliseconds(at) is var time && last - first >= 7 * 86_400_000.0 ? Format.Date(time) : last - first >= 7 * 60_000 && !_series.IsRelative ? time.ToString("HH:mm", CultureInfo.InvariantCulture) : Format.Clock(time);
    }

    /// <summary>A value; where a series does not exist it adds nothing to a stack.</summary>
    public static double Value(double[] column, int i) => double.IsFinite(column[i]) ? column[i] : 0;

    // 1, 2 or 5 times a power of ten, four to ten lines.
    private static double StepOf(double most, double scale)
    {
        var raw = Math.Max(most, 1) / scale / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return scale * power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
