using System.Globalization;
using MemScope.Web.Notes;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.WebUtilities;

namespace MemScope.Web.Components.Pages.Notes;

/// <summary>Pins the view that is open to a note: its address with the window's end made absolute, so that later snapshots do not move what it shows.</summary>
public static class NotePin
{
    /// <summary>Longer addresses (many categories given by hand) are pinned without what follows the window.</summary>
    private const int LongestUrl = 2000;

    /// <summary>What is pinned of an address relative to the server, <c>/p/…</c>; null where it is no page of a process.</summary>
    /// <param name="url">Path and query.</param>
    /// <param name="window">The window of the page, or null without snapshots.</param>
    public static NoteEvidenceWire? Of(string url, WindowWire? window)
    {
        ArgumentNullException.ThrowIfNull(url);
        var (path, query) = Split(url);
        var end = window is not null && !query.ContainsKey("to") ? window.ToNumber.ToString(CultureInfo.InvariantCulture) : null;
        var parts = end is null ? query.ToList() : [.. query, new("to", end)];
        if (parts.Count > 0 && !query.ContainsKey("v")) parts.Add(new("v", "1"));
        var full = Join(path, parts);
        if (full.Length > LongestUrl) full = Join(path, parts.Where(p => p.Key is "source" or "from" or "to" or "trace" or "region" or "v"));
        if (!NoteAddress.IsOfThisServer(full) || full.Length > LongestUrl) return null;
        var (kind, ids) = Kind(path, query);
        return new NoteEvidenceWire(kind, full) { Ids = ids };
    }

    /// <summary>What a pinned address shows, in words: <c>Diff #56 → #79</c>.</summary>
    public static string Words(NoteEvidenceWire evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var (path, query) = Split(evidence.Url);
        var view = path.Split('/') switch
        {
            [_, "compare", ..] => "Compare",
            [_, _, _, "regions", _, ..] => "Region",
            [_, _, _, "findings", var rule, ..] => $"Finding {rule}",
            [_, _, _, { Length: > 0 } name, ..] => char.ToUpperInvariant(name[0]) + name[1..],
            { Length: > 1 } when path.Length > 1 => "Overview",
            _ => char.ToUpperInvariant(evidence.Kind[0]) + evidence.Kind[1..].Replace('-', ' '),
        };
        return (Number("from"), Number("to")) switch
        {
            ({ } from, { } to) => $"{view} #{from} → #{to}",
            (null, { } to) => $"{view} at #{to}",
            ({ } from, null) => $"{view} from #{from}",
            _ => view,
        };

        string? Number(string name) => query.GetValueOrDefault(name) is { Length: > 0 and < 10 } text && text.All(char.IsAsciiDigit) ? text : null;
    }

    private static (string Kind, IReadOnlyList<string> Ids) Kind(string path, Dictionary<string, string> query) => path.Split('/') switch
    {
        [_, _, _, "regions", { Length: > 0 } region, ..] => ("region", [region]),
        [_, _, _, "findings", { Length: > 0 } rule, ..] => ("finding", [rule]),
        [_, _, _, "trace", ..] => ("trace", Ids(query, "trace")),
        [_, _, _, "stacks", ..] when query.GetValueOrDefault("weight") is "live" => ("heap-profile", Ids(query, "trace")),
        [_, _, _, "stacks", ..] => ("callchain", Ids(query, "trace", "region", "at")),
        _ => ("view", []),
    };

    private static IReadOnlyList<string> Ids(Dictionary<string, string> query, params string[] names) => [.. names.Select(query.GetValueOrDefault).OfType<string>().Where(id => id.Length is > 0 and <= 200)];

    private static (string Path, Dictionary<string, string> Query) Split(string url)
    {
        var whole = url.Split('#')[0];
        var at = whole.IndexOf('?', StringComparison.Ordinal);
        var query = at < 0 ? [] : QueryHelpers.ParseQuery(whole[at..]);
        return (at < 0 ? whole : whole[..at], query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal));
    }

    private static string Join(string path, IEnumerable<KeyValuePair<string, string>> query)
    {
        var text = string.Join('&', query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value)}"));
        return text.Length == 0 ? path : $"{path}?{text}";
    }
}
