using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Shares;

/// <summary>What can be left out of a share, in words.</summary>
public static class RedactionWords
{
    private static readonly Dictionary<string, (string Words, string StandIn)> Known = new(StringComparer.Ordinal)
    {
        [Redactions.Host] = ("host names", "host 1"),
        [Redactions.Command] = ("command lines", "nothing"),
        [Redactions.Paths] = ("folders of paths", "/…/libucs.so"),
        [Redactions.Addresses] = ("addresses", "region A+0x1000"),
        [Redactions.Labels] = ("labels", "nothing"),
        [Redactions.Users] = ("people", "person 1"),
    };

    /// <summary>One of <see cref="Redactions.All"/>.</summary>
    public static string Of(string what) => Known.TryGetValue(what, out var known) ? known.Words : what;

    /// <summary>What stands in its place.</summary>
    public static string StandIn(string what) => Known.TryGetValue(what, out var known) ? known.StandIn : "";

    /// <summary>Several in one phrase: <c>host names, addresses and people</c>.</summary>
    public static string Of(IReadOnlyList<string> redacted) => redacted switch
    {
        [] => "",
        [var only] => Of(only),
        _ => $"{string.Join(", ", redacted.SkipLast(1).Select(Of))} and {Of(redacted[^1])}",
    };
}
