using System.Diagnostics;
using MemScope.Web.Answers;

namespace MemScope.Web.Tests.Answers;

public sealed class RegionFilterTests
{
    private static bool Matches(string? filter, string text = "/usr/lib/libc.so.6") => new RegionFilter(filter).Matches(0x1000, 0x3000, "1000-3000", text, "file-text");

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    [InlineData("LIBC")]
    [InlineData("lib[cd]\\.so")]
    [InlineData("^/usr.*6$")]
    [InlineData("file-text")]
    [InlineData("0x1000")]
    [InlineData("0X2fff")]
    public void It_finds(string? filter) => Assert.True(Matches(filter));

    [Theory]
    [InlineData("libd")]
    [InlineData("0x3000")]
    [InlineData("0xfff")]
    [InlineData("heap")]
    public void It_leaves_out(string filter) => Assert.False(Matches(filter));

    [Theory]
    [InlineData("[heap", "x[heap]")]
    [InlineData("a(b", "xa(by")]
    [InlineData("(?=x)", "a(?=x)b")]
    public void What_is_no_pattern_is_searched_as_text(string filter, string text) => Assert.True(Matches(filter, text));

    [Fact]
    public void No_pattern_is_slow()
    {
        var clock = Stopwatch.StartNew();
        Assert.False(Matches("^(a+)+$", new string('a', 4000) + "!"));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 1);
    }
}
