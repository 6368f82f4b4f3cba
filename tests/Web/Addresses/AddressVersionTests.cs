using MemScope.Web.Addresses;

namespace MemScope.Web.Tests.Addresses;

/// <summary>Addresses of every version lead to the view that they meant.</summary>
public sealed class AddressVersionTests
{
    [Theory]
    [InlineData("/p/1/diff?base=56&current=79", "/p/1/diff?from=56&to=79&v=1", true)]
    [InlineData("/p/1/diff?v=0&base=56&current=79&q=a%20b#notes", "/p/1/diff?from=56&to=79&q=a%20b&v=1#notes", true)]
    [InlineData("/p/1/diff?from=56&to=79", "/p/1/diff?from=56&to=79&v=1", false)]
    [InlineData("/p/1/diff?base=1&from=56", "/p/1/diff?base=1&from=56&v=1", false)]
    [InlineData("/p/1/regions?as=heap:name:/dev/shm/*&q", "/p/1/regions?as=heap:name:/dev/shm/*&q&v=1", false)]
    [InlineData("/compare?base=1&current=2", "/compare?base=1&current=2&v=1", false)]
    [InlineData("/p/1/stacks?base=2", "/p/1/stacks?base=2&v=1", false)]
    public void An_address_without_a_version_or_of_an_older_one_is_upgraded(string address, string upgraded, bool renamed) =>
        Assert.Equal(new AddressReading(upgraded, renamed, null), AddressVersions.Read(address));

    [Theory]
    [InlineData("/")]
    [InlineData("/p/1#notes")]
    [InlineData("/p/1/diff?base=56&current=79&v=1")]
    [InlineData("/p/1/diff?V=1&from=2")]
    public void An_address_of_this_version_or_without_a_query_stays_as_it_is(string address) => Assert.Equal(new AddressReading(address, false, null), AddressVersions.Read(address));

    [Theory]
    [InlineData("/p/1?to=5&v=2", "newer MemScope (version 2")]
    [InlineData("/p/1?to=5&v=%3Cscript%3E", "v=<script>, which is no version")]
    [InlineData("/p/1?to=5&v=-1", "v=-1, which is no version")]
    [InlineData("/p/1?to=5&v=99999999999999999999", "which is no version")]
    public void An_unknown_version_is_left_as_it_is_and_says_so(string address, string said)
    {
        var reading = AddressVersions.Read(address);

        Assert.Equal((address, false), (reading.Address, reading.Renamed));
        Assert.Contains(said, reading.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_upgrade_wrote_is_read_without_another()
    {
        var upgraded = AddressVersions.Read("/p/1/diff?base=56&current=79").Address;

        Assert.Equal(new AddressReading(upgraded, false, null), AddressVersions.Read(upgraded));
    }

    [Theory]
    [InlineData("/p/1/diff?group=shape", "group=shape (known are flat, category, backing)")]
    [InlineData("/p/1?metric=rsss", "metric=rsss (known are rss, ")]
    [InlineData("/p/1/regions?by=pid", "by=pid (known are backing, category)")]
    [InlineData("/p/1/stacks?trace=5", "trace=5 (an id is needed)")]
    [InlineData("/p/1/stacks?rows=many", "rows=many (a number is needed)")]
    [InlineData("/p/1/regions?form=56", "form=56 (not known on this page)")]
    [InlineData("/p/1/diff?state=<b>", "state=<b> (known are ")]
    public void What_a_page_does_not_know_is_named(string address, string said)
    {
        var problem = Assert.Single(AddressWords.Problems(AddressQuery.Of(address), Known));

        Assert.StartsWith(said, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/p/1/diff?group=backing&metric=private-dirty&state=grown&v=1")]
    [InlineData("/p/1/regions?by=&metric=swap")]
    [InlineData("/p/1/stacks?trace=3f2504e0-4f89-11d3-9a0c-0305e82c3301&rows=200")]
    [InlineData("/p/1/regions/2?by=7")]
    public void What_a_page_knows_is_not_named(string address) => Assert.Empty(AddressWords.Problems(AddressQuery.Of(address), Known));

    [Fact]
    public void A_flood_of_unknown_names_is_clipped()
    {
        var address = "/p/1?" + string.Join('&', Enumerable.Range(0, 500).Select(i => $"n{i}={new string('x', 1000)}"));

        var problems = AddressWords.Problems(AddressQuery.Of(address), Known);
        Assert.Equal("and 495 more", problems[^1]);
        Assert.All(problems, p => Assert.InRange(p.Length, 1, 160));
    }

    private static readonly IReadOnlySet<string> Known = new HashSet<string>(["group", "metric", "state", "by", "trace", "rows"], StringComparer.OrdinalIgnoreCase);
}
