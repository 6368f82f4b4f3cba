using System.Globalization;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Trace;

/// <summary>How a trace's figures are written.</summary>
public static class TraceWords
{
    /// <summary>Times that are longer are written as the longest: those of a damaged file may lie a lifetime apart.</summary>
    private const double MostSeconds = 1e10;

    /// <summary>
    /// The main figures: <c>27,540 munmaps and 8,769 mmaps in 10.3 s: 666 MiB mapped, 662 MiB unmapped, net +3.8 MiB. RSS moved by +3.8 MiB meanwhile.</c>
    /// </summary>
    public static string Sentence(TraceFiguresWire figures)
    {
        var activity = figures.Activity;
        if (activity.Calls == 0) return figures.Trace.Events == 0 ? "Nobody was seen mapping memory." : "Nothing was seen in this window.";
        var kinds = figures.Calls.Where(c => c.Call is "mmap" or "munmap" or "mremap" or "brk" && c.Succeeded > 0).OrderByDescending(c => c.Succeeded).Take(2).Select(c => Format.Of(c.Succeeded, c.Call)).ToList();
        if (kinds.Count == 0) kinds.Add(Format.Of(activity.Calls, "call"));
        var time = figures.ObservedSeconds is { } seconds ? $" in {Seconds(seconds)}" : "";
        var net = (double)activity.MappedBytes - activity.UnmappedBytes;
        var words = $"{string.Join(" and ", kinds)}{time}: {Format.MiB(activity.MappedBytes)} MiB mapped, {Format.MiB(activity.UnmappedBytes)} MiB unmapped, net {Format.MiBChange(net)} MiB.";
        return figures is { RssBytesBefore: { } before, RssBytesAfter: { } after } ? $"{words} RSS moved by {Format.MiBChange(after - before)} MiB meanwhile." : words;
    }

    /// <summary>A length of time: <c>10.3 s</c>.</summary>
    public static string Seconds(double seconds) => Format.Span(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, MostSeconds)));

    /// <summary>How long a block lived, with the unit that fits: <c>54 µs</c>, <c>5.1 ms</c>, <c>2.3 s</c>; a dash for none.</summary>
    public static string Life(double? seconds) => seconds switch
    {
        null => Format.Dash,
        < 1e-6 and var s => string.Create(CultureInfo.InvariantCulture, $"{s * 1e9:0} ns"),
        < 1e-3 and var s => string.Create(CultureInfo.InvariantCulture, $"{s * 1e6:0} µs"),
        < 1 and var s => string.Create(CultureInfo.InvariantCulture, $"{s * 1e3:0.0} ms"),
        { } s => Seconds(s),
    };

    /// <summary>A rate with three digits: <c>3,013</c>, <c>5.4</c>.</summary>
    public static string Rate(double perSecond) => perSecond.ToString(perSecond switch { >= 100 => "#,0", >= 1 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);
}
