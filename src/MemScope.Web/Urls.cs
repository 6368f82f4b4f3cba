using System.Globalization;
using MemScope.Core.Analysis.Categories;
using MemScope.Web.Addresses;
using MemScope.Web.Answers;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;

namespace MemScope.Web;

/// <summary>Builds every address of the product. Pages never compose one themselves.</summary>
public static class Urls
{
    private static readonly string Version = $"&{AddressVersions.Parameter}={AddressVersions.Current.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The list of processes.</summary>
    public const string Processes = "/";

    /// <summary>The list of processes, filtered and ordered.</summary>
    public static string Fleet(FleetShown shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        return Processes + Query(null, ("q", shown.Search), ("host", shown.Host), ("verdict", shown.Verdict), ("sort", shown.Sort == FleetShown.Newest ? null : shown.Sort));
    }

    /// <summary>What is found for a text; <paramref name="process"/> is the one that is searched first, or null.</summary>
    public static string Search(string? text, Guid? process = null) => "/search" + Query(null, ("q", text), ("in", process?.ToString()));

    /// <summary>Upload and captures of all processes.</summary>
    public const string Upload = "/upload";

    /// <summary>What is read.</summary>
    public const string Formats = "/formats";

    /// <summary>Symbols.</summary>
    public const string Symbols = "/symbols";

    /// <summary>Symbol files of one build id, or of a part of a name.</summary>
    public static string SymbolsOf(string text) => Symbols + Query(null, ("q", text));

    /// <summary>Shares.</summary>
    public const string Shares = "/shares";

    /// <summary>Tokens, what is kept, and who did what.</summary>
    public const string Admin = "/admin";

    /// <summary>Overview of a process; <paramref name="metric"/> is the chart's, null for RSS.</summary>
    public static string Overview(Guid process, WindowState? window = null, string? metric = null) => $"/p/{process}{Query(window, ("metric", metric))}";

    /// <summary>Overview of a process with its chart as a page shows it.</summary>
    public static string Overview(Guid process, WindowState? window, ChartShown shown) => $"/p/{process}{Query(window, ("metric", shown.Metric), ("by", shown.IsByCategory ? null : shown.By), ("hide", shown.HiddenText))}";

    /// <summary>What people wrote of a process: a part of its overview.</summary>
    public static string Notes(Guid process, WindowState? window = null) => Overview(process, window) + "#notes";

    /// <summary>Regions of a process; <paramref name="metric"/> is the measure of their growth, null for RSS, <paramref name="by"/> is <c>backing</c> or <c>category</c> for growth in sum.</summary>
    public static string Regions(Guid process, WindowState? window = null, string? filter = null, string? category = null, string? sort = null, string? metric = null, string? by = null) =>
        $"/p/{process}/regions{Query(window, ("by", by), ("metric", metric), ("q", filter), ("category", category), ("sort", sort))}";

    /// <summary>Regions as a page shows them.</summary>
    public static string Regions(Guid process, WindowState? window, RegionsShown shown) =>
        $"/p/{process}/regions{Query(window, ("by", shown.By), ("metric", shown.Metric), ("q", shown.Filter), ("category", shown.Category), ("is", shown.Is), ("sort", shown.Sort), ("sel", shown.Selected))}";

    /// <summary>The map of the address space, as a page shows it.</summary>
    public static string Map(Guid process, WindowState? window = null, MapShown? shown = null) =>
        $"/p/{process}/regions/map{Query(window, ("at", Text(shown?.At)), ("span", shown?.Span), ("scale", shown?.Scale), ("sel", shown?.Selected))}";

    /// <summary>Columns of the map; the browser adds the snapshot.</summary>
    public static string MapColumns(Guid process, WindowState? window) => $"api/v1/processes/{process}/map{Query(window)}";

    /// <summary>One region.</summary>
    public static string Region(Guid process, Guid region, WindowState? window = null) => $"/p/{process}/regions/{region}{Query(window)}";

    /// <summary>Diff of the window's two ends.</summary>
    public static string Diff(Guid process, WindowState? window = null, DiffShown? shown = null) => $"/p/{process}/diff{Query(window, Parts(shown))}";

    /// <summary>Two processes side by side; a side that is null is still to be chosen.</summary>
    public static string Compare(CompareSide? before, CompareSide? after, DiffShown? shown = null) => $"/compare{Query(null, [.. Parts(before, after), .. Parts(shown)])}";

    /// <summary>Stacks; <paramref name="at"/> is the path of the frame that is zoomed into.</summary>
    public static string Stacks(Guid process, WindowState? window = null, string? weight = null, Guid? trace = null, Guid? region = null, string? search = null, string? at = null) =>
        $"/p/{process}/stacks{Query(window, ("weight", weight), ("trace", trace?.ToString()), ("region", region?.ToString()), ("q", search), ("at", at))}";

    /// <summary>Stacks as a page shows them.</summary>
    public static string Stacks(Guid process, WindowState? window, StackShown shown) => $"/p/{process}/stacks{Query(window, [.. Parts(shown), ("q", shown.Find), ("view", shown.Form), ("of", shown.Around), ("at", shown.At), ("sort", shown.Sort), ("order", shown.Order), ("rows", Text(shown.Rows))])}";

    /// <summary>What traces saw; <paramref name="trace"/> is the one that is shown, null for the newest.</summary>
    public static string Trace(Guid process, WindowState? window = null, Guid? trace = null) => $"/p/{process}/trace{Query(window, ("trace", trace?.ToString()))}";

    /// <summary>Columns of a trace's time for a chart, relative to the base: <paramref name="by"/> is <c>calls</c>, <c>bytes</c> or <c>memory</c>.</summary>
    public static string TraceTimeline(Guid process, Guid trace, WindowState track, string by, int points = 240) =>
        $"api/v1/processes/{process}/traces/{trace}/timeline{Query(track.Whole with { As = null }, ("by", by), ("points", points.ToString(CultureInfo.InvariantCulture)))}";

    /// <summary>The blocks that a trace left mapped, as CSV.</summary>
    public static string BlocksCsv(Guid process, WindowState? window, Guid trace) => $"api/v1/processes/{process}/traces/{trace}/blocks{Query(window is null ? null : window with { As = null }, ("format", "csv"))}";

    /// <summary>Findings of a process.</summary>
    public static string Findings(Guid process, WindowState? window = null) => $"/p/{process}/findings{Query(window)}";

    /// <summary>One finding: <paramref name="rule"/> is the id of its card.</summary>
    public static string Finding(Guid process, string rule, WindowState? window = null) => $"/p/{process}/findings/{Uri.EscapeDataString(rule)}{Query(window)}";

    /// <summary>One finding as a file: <paramref name="format"/> is <c>markdown</c> or <c>json</c>.</summary>
    public static string FindingFile(Guid process, WindowState? window, string rule, string format) => $"api/v1/processes/{process}/findings/{Uri.EscapeDataString(rule)}{Query(window, ("format", format))}";

    /// <summary>All findings as JSON.</summary>
    public static string FindingsJson(Guid process, WindowState? window) => $"api/v1/processes/{process}/findings{Query(window)}";

    /// <summary>The ledger as CSV.</summary>
    public static string LedgerCsv(Guid process, WindowState? window) => $"api/v1/processes/{process}/ledger{Query(window, ("format", "csv"))}";

    /// <summary>What RSS is made of.</summary>
    public static string Ledger(Guid process, WindowState? window = null) => $"/p/{process}/ledger{Query(window)}";

    /// <summary>Captures of a process.</summary>
    public static string Captures(Guid process, WindowState? window = null) => $"/p/{process}/captures{Query(window)}";

    /// <summary>Columns of a whole track for a chart, relative to the base: <paramref name="by"/> is <c>category</c>, <c>region</c>, <c>backing</c> or <c>total</c>; <paramref name="top"/> parts on their own, the rest in sum.</summary>
    public static string Series(Guid process, WindowState track, string by = "category", string metric = "rss", Guid? region = null, int points = 800, int? top = null) =>
        $"api/v1/processes/{process}/series" + Query(track.Whole, ("by", by), ("metric", metric), ("region", region?.ToString()), ("points", points.ToString(CultureInfo.InvariantCulture)), ("top", top?.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Live bytes of heap profiles over a whole track for a chart, relative to the base.</summary>
    public static string HeapCourses(Guid process, WindowState track, int points = 800) => $"api/v1/processes/{process}/heap-courses{Query(track.Whole with { As = null }, ("points", points.ToString(CultureInfo.InvariantCulture)))}";

    /// <summary>The regions that a page lists as CSV.</summary>
    public static string RegionsCsv(Guid process, WindowState? window, RegionsShown shown) =>
        $"api/v1/processes/{process}/regions{Query(window, ("metric", shown.Metric), ("q", shown.Filter), ("category", shown.Category), ("is", shown.Is), ("sort", shown.Sort), ("sel", shown.Traits.Terms.Any(t => RegionTraits.Bare(t) == RegionTraits.Selected) ? shown.Selected : null), ("format", "csv"))}";

    /// <summary>Growth by category or backing as CSV.</summary>
    public static string GrowthCsv(Guid process, WindowState? window, string by, string? metric) =>
        $"api/v1/processes/{process}/growth{Query(window, ("by", by), ("metric", metric), ("top", "200"), ("format", "csv"))}";

    /// <summary>The difference of two snapshots as CSV.</summary>
    public static string DiffCsv(Guid process, WindowState track, int from, int to) =>
        $"api/v1/processes/{process}/diff{Query(track.Whole, ("base", from.ToString(CultureInfo.InvariantCulture)), ("current", to.ToString(CultureInfo.InvariantCulture)), ("format", "csv"))}";

    /// <summary>The difference of two processes as CSV.</summary>
    public static string CompareCsv(CompareSide before, CompareSide after) => $"api/v1/compare{Query(null, [.. Parts(before, after), ("format", "csv")])}";

    /// <summary>Callchains as a file of another tool: <paramref name="format"/> is <c>folded</c>, <c>pprof</c>, <c>speedscope</c>, <c>csv</c> or <c>json</c>.</summary>
    public static string Callchains(Guid process, WindowState? window, StackShown shown, string format) => $"api/v1/processes/{process}/callchains{Query(window, [.. Parts(shown), ("format", format)])}";

    /// <summary>The bytes of a capture, or its snapshots printed again.</summary>
    public static string CaptureContent(Guid capture) => $"api/v1/captures/{capture}/content";

    /// <summary>A share's page.</summary>
    public static string Share(string key) => $"/s/{key}";

    /// <summary>The picture of a share as a file.</summary>
    public static string SharePicture(string key) => $"{Share(key)}/picture.svg";

    /// <summary>Colons, commas, slashes and stars may stand in a query as they are (RFC 3986, section 3.4): a list of categories stays readable.</summary>
    private static string EscapeList(string value) =>
        Uri.EscapeDataString(value).Replace("%3A", ":", StringComparison.Ordinal).Replace("%2C", ",", StringComparison.Ordinal).Replace("%2F", "/", StringComparison.Ordinal).Replace("%2A", "*", StringComparison.Ordinal);

    /// <summary>The address that is open, with other categories given by the user.</summary>
    public static string WithCategories(NavigationManager navigation, CategoryOverrides overrides)
    {
        const string Name = "as", Escaped = Name + "=";
        var uri = With(navigation, (Name, overrides.Text));
        // Put in again in the form that people can read.
        return overrides.Text is not { } text ? uri : uri.Replace(Escaped + Uri.EscapeDataString(text), Escaped + EscapeList(text), StringComparison.Ordinal);
    }

    /// <summary>The address that is open, with other values of some parameters; null leaves one out.</summary>
    public static string With(NavigationManager navigation, params ReadOnlySpan<(string Name, object? Value)> changed)
    {
        var query = new Dictionary<string, object?>(StringComparer.Ordinal) { [AddressVersions.Parameter] = AddressVersions.Current };
        foreach (var (name, value) in changed) query[name] = value;
        return navigation.GetUriWithQueryParameters(query);
    }

    /// <summary>What a link needs beside the address to mean these snapshots for good, as a part of a query: the ends of the window and their track.</summary>
    public static string Absolute(WindowWire window) => Query(new WindowState(window.Source, window.FromNumber, window.ToNumber)).TrimStart('?');

    /// <summary>The same for a comparison.</summary>
    public static string Absolute(CompareSide before, CompareSide after) => Query(null, Parts(before, after)).TrimStart('?');

    /// <summary>The same for one trace.</summary>
    public static string Absolute(Guid trace) => Query(null, ("trace", trace.ToString())).TrimStart('?');

    private static (string Name, string? Value)[] Parts(CompareSide? before, CompareSide? after) =>
        [("base", before?.ToString()), ("baseSource", before?.Source), ("current", after?.ToString()), ("currentSource", after?.Source), ("as", before?.As ?? after?.As)];

    private static (string Name, string? Value)[] Parts(StackShown shown) =>
    [
        ("weight", shown.Weight), ("trace", shown.Trace?.ToString()), ("base", shown.Base?.ToString()), ("region", shown.Region?.ToString()), ("category", shown.Category), ("thread", Text(shown.Thread)),
        ("module", shown.Module), .. shown.Only.Select(term => ("only", (string?)term)),
    ];

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static (string Name, string? Value)[] Parts(DiffShown? shown) =>
        [("state", shown?.State), ("q", shown?.Filter), ("group", shown?.Group), ("metric", shown?.Metric), ("columns", shown?.All == true ? DiffShown.AllColumns : null)];

    /// <summary>An end of a window: the number of its snapshot, or a time to the millisecond.</summary>
    private static string? End(int? number, DateTimeOffset? time) => number?.ToString(CultureInfo.InvariantCulture) ?? time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Query(WindowState? window, params ReadOnlySpan<(string Name, string? Value)> more)
    {
        var query = new System.Text.StringBuilder();
        Append("source", window?.Source);
        Append("from", End(window?.From, window?.FromTime));
        Append("to", End(window?.To, window?.ToTime));
        Append("as", window?.As);
        foreach (var (name, value) in more) Append(name, value);
        return query.Length == 0 ? "" : query.Append(Version).ToString();

        void Append(string name, string? value)
        {
            if (string.IsNullOrEmpty(value)) return;
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(name is "as" or "from" or "to" or "is" or "sel" ? EscapeList(value) : Uri.EscapeDataString(value));
        }
    }
}
