namespace MemScope.Web.Addresses;

/// <summary>An address in its parts, each as it stands there: what is not changed keeps its form, which people may read.</summary>
/// <param name="Path">Without query and fragment.</param>
/// <param name="Parts">Names and values, in order; a value is still escaped, and null where there is no equals sign.</param>
/// <param name="Fragment">With its mark, or empty.</param>
internal sealed record AddressQuery(string Path, IReadOnlyList<(string Name, string? Escaped)> Parts, string Fragment)
{
    /// <summary>The parts of an address.</summary>
    public static AddressQuery Of(string address)
    {
        var mark = address.IndexOf('#', StringComparison.Ordinal);
        var (whole, fragment) = mark < 0 ? (address, "") : (address[..mark], address[mark..]);
        var at = whole.IndexOf('?', StringComparison.Ordinal);
        if (at < 0) return new AddressQuery(whole, [], fragment);
        return new AddressQuery(whole[..at], [.. whole[(at + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(Part)], fragment);
    }

    /// <summary>The last value of a name, readable, or null.</summary>
    public string? Value(string name) => Parts.LastOrDefault(p => Is(p.Name, name)) is { Name: not null, Escaped: { } escaped } ? Readable(escaped) : null;

    /// <summary>The same under another name, unless that is there already.</summary>
    public AddressQuery Renamed(string from, string to) => Parts.Any(p => Is(p.Name, to)) ? this : this with { Parts = [.. Parts.Select(p => Is(p.Name, from) ? (to, p.Escaped) : p)] };

    /// <summary>The same with one value of a name, at the end.</summary>
    public AddressQuery With(string name, string value) => this with { Parts = [.. Parts.Where(p => !Is(p.Name, name)), (name, Uri.EscapeDataString(value))] };

    /// <summary>A value without its escapes; a plus is a blank.</summary>
    public static string Readable(string escaped) => Uri.UnescapeDataString(escaped.Replace('+', ' '));

    /// <inheritdoc/>
    public override string ToString() => Path + (Parts.Count == 0 ? "" : "?" + string.Join('&', Parts.Select(p => p.Escaped is null ? p.Name : $"{p.Name}={p.Escaped}"))) + Fragment;

    private static (string, string?) Part(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }

    // As the framework binds them.
    private static bool Is(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
