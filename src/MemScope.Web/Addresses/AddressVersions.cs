using System.Globalization;

namespace MemScope.Web.Addresses;

/// <summary>
/// Brings the address of a page up to the layout that this server writes. The version stands in the query (<c>v=1</c>); an address with a query and without a version was typed or made by a script.
/// One upgrader leads from each version to the next, so a link of any age is read by all of them in turn.
/// </summary>
public static class AddressVersions
{
    /// <summary>Parameter that holds the version.</summary>
    public const string Parameter = "v";

    /// <summary>The version that <see cref="Urls"/> writes.</summary>
    public const int Current = 1;

    /// <summary>Element n makes an address of version n one of version n + 1.</summary>
    private static readonly Func<AddressQuery, AddressQuery>[] Upgraders = [FromUnversioned];

    /// <summary>The address in the current layout. One of a version that is not known is left as it is and says so.</summary>
    /// <param name="address">Path, query and fragment, relative to the server.</param>
    public static AddressReading Read(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var query = AddressQuery.Of(address);
        if (query.Parts.Count == 0) return new AddressReading(address, Renamed: false, null);
        var text = query.Value(Parameter);
        if (Version(text) is not { } version) return new AddressReading(address, Renamed: false, $"it says {AddressWords.Quote(Parameter, text!)}, which is no version");
        if (version > Current) return new AddressReading(address, Renamed: false, $"it was made by a newer MemScope (version {version} of addresses; this server reads up to {Current})");
        if (version == Current) return new AddressReading(address, Renamed: false, null);
        var upgraded = query;
        for (var from = version; from < Current; from++) upgraded = Upgraders[from](upgraded);
        var renamed = !upgraded.Parts.SequenceEqual(query.Parts);
        return new AddressReading(upgraded.With(Parameter, Current.ToString(CultureInfo.InvariantCulture)).ToString(), renamed, null);
    }

    // Who writes an address by hand takes the names that the API has: it calls the sides of a diff base and current, the page from and to.
    private static AddressQuery FromUnversioned(AddressQuery query) =>
        query.Path.EndsWith("/diff", StringComparison.Ordinal) ? query.Renamed("base", "from").Renamed("current", "to") : query;

    private static int? Version(string? text) => string.IsNullOrEmpty(text) ? 0 : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}

/// <summary>An address as this server understands it.</summary>
/// <param name="Address">In the current layout; the given one where nothing was to do or nothing could be done.</param>
/// <param name="Renamed">Whether parameters have other names than in the given address: a page must not load from that one.</param>
/// <param name="Problem">What is wrong with its version, or null.</param>
public sealed record AddressReading(string Address, bool Renamed, string? Problem);
