using System.Net;
using MemScope.Web.Symbolication;

namespace MemScope.Web.Tests.Symbolication;

public sealed class DebuginfodServersTests
{
    [Fact]
    public void A_list_is_read_as_DEBUGINFOD_URLS_is()
    {
        var servers = DebuginfodServers.Parse("https://debuginfod.debian.net/ http://127.0.0.1:8002,https://debuginfod.elfutils.org/x/");
        Assert.Equal(["https://debuginfod.debian.net/", "http://127.0.0.1:8002/", "https://debuginfod.elfutils.org/x"], servers.Urls.Select(u => u.ToString()));
        Assert.False(DebuginfodServers.Parse(null).IsOn);
        Assert.False(DebuginfodServers.Parse(" ").IsOn);
    }

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("file:///etc/passwd")]
    [InlineData("debuginfod.debian.net")]
    [InlineData("https://user:secret@host.example")]
    [InlineData("https://host.example/?q=1")]
    [InlineData("https://host.example/#x")]
    [InlineData("http://")]
    [InlineData("http://1.example http://2.example http://3.example http://4.example http://5.example http://6.example http://7.example http://8.example http://9.example")]
    public void Anything_else_stops_the_start_and_says_no_secret(string list) =>
        Assert.DoesNotContain("secret", Assert.Throws<FormatException>(() => DebuginfodServers.Parse(list)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("224.0.0.1", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("2002:7f00:1::", true)]
    [InlineData("2a00:1450:4001:80b::200e", false)]
    public void Addresses_of_no_public_host_are_known(string address, bool isReserved) => Assert.Equal(isReserved, DebuginfodServers.IsReserved(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://localhost:8002", true)]
    [InlineData("http://10.0.0.1", true)]
    [InlineData("http://[::1]:8002", true)]
    [InlineData("http://symbols", true)]
    [InlineData("http://symbols.internal", true)]
    [InlineData("http://8.8.8.8", false)]
    [InlineData("https://debuginfod.debian.net", false)]
    [InlineData("https://localhost.example.org", false)]
    public void A_private_host_is_one_that_was_named_as_such(string url, bool isPrivate) => Assert.Equal(isPrivate, DebuginfodServers.NamesPrivateHost(new Uri(url)));
}
