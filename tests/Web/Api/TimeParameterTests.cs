using MemScope.Web.Api;

namespace MemScope.Web.Tests.Api;

public sealed class TimeParameterTests
{
    [Theory]
    [InlineData("2026-11-20T15:41:00Z", 1795189260000)]
    [InlineData("2026-11-20T15:41:00.5Z", 1795189260500)]
    [InlineData("2026-11-20T16:41:00+01:00", 1795189260000)]
    [InlineData("2026-11-20T15:41Z", 1795189260000)]
    [InlineData("1795189260", 1795189260000)]
    [InlineData("1795189260.123", 1795189260123)]
    public void Instants_are_read(string text, long unixMs) => Assert.Equal(unixMs, TimeParameter.Parse(text)?.ToUnixTimeMilliseconds());

    [Theory]
    [InlineData("2026-11-20T15:41:00")]
    [InlineData("2026-11-20")]
    [InlineData("15:41:00Z")]
    [InlineData("yesterday")]
    [InlineData("-5")]
    [InlineData("1e99")]
    [InlineData("99999999999999999999")]
    public void What_is_no_instant_is_not_guessed(string text) => Assert.Null(TimeParameter.Parse(text));
}
