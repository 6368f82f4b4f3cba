using System.Net;
using System.Net.Sockets;

namespace MemScope.Web.Symbolication;

/// <summary>The debuginfod servers that the operator named, and which addresses may be asked for them.</summary>
/// <param name="Urls">Their base addresses, without a slash at the end; empty when none is asked.</param>
public sealed record DebuginfodServers(IReadOnlyList<Uri> Urls)
{
    /// <summary>Servers that are asked one after the other; more would make a miss long.</summary>
    private const int MostServers = 8;

    private static readonly string[] PrivateSuffixes = [".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet", ".corp"];

    private static readonly IPNetwork[] Reserved =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>No server is asked.</summary>
    public static DebuginfodServers None { get; } = new([]);

    /// <summary>Whether any is asked.</summary>
    public bool IsOn => Urls.Count > 0;

    /// <summary>All of them as one text, by which answers are remembered.</summary>
    public string Key => string.Join(' ', Urls);

    /// <summary>Reads a list: addresses separated by commas or blanks, as DEBUGINFOD_URLS has them.</summary>
    /// <exception cref="FormatException">One is no plain http or https address; the message is for the person at the terminal.</exception>
    public static DebuginfodServers Parse(string? list)
    {
        var urls = (list ?? "").Split([',', ' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(Url).Distinct().ToList();
        return urls.Count <= MostServers ? new DebuginfodServers(urls) : throw new FormatException($"--debuginfod: at most {MostServers} servers can be asked");
    }

    /// <summary>
    /// Whether the operator named a private host: an address of one, <c>localhost</c>, a name without a dot or in a domain that no public server has. Any other name must lead to a public address,
    /// whoever answers for it.
    /// </summary>
    public static bool NamesPrivateHost(Uri url)
    {
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)) return IsReserved(address);
        var name = url.Host.TrimEnd('.');
        return !name.Contains('.', StringComparison.Ordinal) || PrivateSuffixes.Any(s => name.EndsWith(s, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether an address is none of the public internet: loopback, private, link-local (a cloud's metadata service), multicast, or one of these in IPv6's clothes.</summary>
    public static bool IsReserved(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6) || Array.Exists(Reserved, n => n.Contains(address));
    }

    private static Uri Url(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            throw new FormatException($"--debuginfod {text}: an address such as https://debuginfod.debian.net is needed");
        if (url.UserInfo.Length > 0) throw new FormatException("--debuginfod: an address with a user name or password is not taken; MemScope sends no credentials");
        if (url.Query.Length > 0 || url.Fragment.Length > 0) throw new FormatException($"--debuginfod {text}: an address without ? and # is needed");
        return new Uri(url.GetLeftPart(UriPartial.Path).TrimEnd('/'));
    }
}
