using System.Globalization;
using MemScope.Core;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Web.Api;

/// <summary>The parameters that an endpoint takes, for its description.</summary>
internal sealed record QueryNames(IReadOnlyList<string> Names);

/// <summary>Reads queries of the API. What cannot be read is refused by name.</summary>
internal static class Parameters
{
    /// <summary>Begins the name of a parameter that asks for a label.</summary>
    public const string LabelPrefix = "label.";

    /// <summary>How <see cref="Takes"/> names parameters of that prefix.</summary>
    public const string AnyLabel = LabelPrefix + "NAME";

    private const int LongestText = 1000;
    private const int LongestName = 64;

    /// <summary>Tells which parameters an endpoint takes. It refuses any other: a misspelt filter must not answer with everything.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, params string[] names) => endpoint.WithMetadata(new QueryNames(names)).AddEndpointFilter((context, next) =>
    {
        RefuseUnknown(context.HttpContext.Request.Query, names);
        return next(context);
    });

    /// <summary>Labels that are asked for: <c>label.NAME=VALUE</c>.</summary>
    public static IReadOnlyDictionary<string, string> Labels(this HttpRequest request) => request.Query.Keys
        .Where(k => k.StartsWith(LabelPrefix, StringComparison.OrdinalIgnoreCase))
        .ToDictionary(k => k[LabelPrefix.Length..], k => request.Text(k) ?? "", StringComparer.Ordinal);

    private static void RefuseUnknown(IQueryCollection query, string[] known)
    {
        foreach (var name in query.Keys)
        {
            if (known.Contains(name, StringComparer.OrdinalIgnoreCase) || name is "v") continue; // v: version of addresses, which pages also write into those of the API (Urls.cs)
            if (known.Contains(AnyLabel) && name.Length > LabelPrefix.Length && name.StartsWith(LabelPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            throw Problems.BadParameter(Clip(name), known.Length == 0 ? "unknown; this address takes no parameters." : $"unknown; known are {string.Join(", ", known)}.");
        }
    }

    private static string Clip(string name) => name.Length <= LongestName ? name : name[..LongestName] + "…";

    /// <summary>Address of this server as the asker sees it, without a slash at the end. As hostile as any header.</summary>
    public static string Server(this HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}";

    /// <summary>A text, or null when it is not given or empty.</summary>
    public static string? Text(this HttpRequest request, string name)
    {
        var values = request.Query[name];
        if (values.Count > 1) throw Problems.BadParameter(name, "given more than once.");
        var text = values.ToString();
        if (text.Length > LongestText) throw new ProblemException(StatusCodes.Status400BadRequest, "bad-parameter", $"{name}: too long.", LongestText, text.Length);
        return text.Length == 0 ? null : text;
    }

    /// <summary>One of some words.</summary>
    public static string Word(this HttpRequest request, string name, string fallback, IEnumerable<string> known)
    {
        var text = request.Text(name) ?? fallback;
        return known.Contains(text, StringComparer.Ordinal) ? text : throw Problems.BadParameter(name, $"known are {string.Join(", ", known)}.");
    }

    /// <summary>A whole number within bounds.</summary>
    public static int Number(this HttpRequest request, string name, int fallback, int least, int most)
    {
        if (request.Text(name) is not { } text) return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Problems.BadParameter(name, $"a number from {least} to {most} is needed.");
    }

    /// <summary>An id.</summary>
    public static Guid? Id(this HttpRequest request, string name)
    {
        if (request.Text(name) is not { } text) return null;
        return Guid.TryParse(text, out var id) ? id : throw Problems.BadParameter(name, "an id is needed.");
    }

    /// <summary>Rows of a page.</summary>
    public static int Limit(this HttpRequest request, Limits limits, int fallback = 100) => request.Number("limit", fallback, 1, limits.PageRows);

    /// <summary><c>source</c>, <c>from</c> and <c>to</c>: the ends are times, or snapshot numbers.</summary>
    public static WindowState Window(this HttpRequest request)
    {
        var window = new WindowState(Source(request)) { As = As(request) };
        window = End(request, "from") is var (first, after) ? window with { From = first, FromTime = after } : window;
        return End(request, "to") is var (last, before) ? window with { To = last, ToTime = before } : window;
    }

    /// <summary>Categories that go before those of the rules, or null. What cannot be read is refused by what is wrong with it.</summary>
    public static string? As(this HttpRequest request)
    {
        var values = request.Query["as"];
        if (values.Count > 1) throw Problems.BadParameter("as", "given more than once.");
        var overrides = CategoryOverrides.Parse(values.ToString());
        return overrides.Problems is [var problem, ..] ? throw Problems.BadParameter("as", $"{problem}.") : overrides.Text;
    }

    /// <summary>A snapshot number of the query, or null.</summary>
    public static int? Snapshot(this HttpRequest request, string name) => request.Text(name) is null ? null : request.Number(name, 0, 1, int.MaxValue);

    /// <summary>The track that is asked for, or null.</summary>
    public static string? Source(this HttpRequest request, string name = "source")
    {
        // '+' is a blank in queries, so "pmap+-x" and "pmap%20-x" are both read.
        if (request.Text(name) is not { } source) return null;
        return SnapshotSources.Parse(source) is not null ? source : throw Problems.BadParameter(name, $"known are {string.Join(", ", Enum.GetValues<SnapshotSource>().Select(s => s.Text()))}.");
    }

    private static (int? Number, DateTimeOffset? Time)? End(HttpRequest request, string name)
    {
        if (request.Text(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return (number, null);
        return (null, TimeParameter.Parse(text) ?? throw Problems.BadParameter(name, "a time (2026-11-21T15:42:29Z) or a snapshot number is needed."));
    }
}
