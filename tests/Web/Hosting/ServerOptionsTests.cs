using MemScope.Web.Hosting;

namespace MemScope.Web.Tests.Hosting;

public sealed class ServerOptionsTests
{
    private static ServerOptions Parse(params string[] args) => ServerOptions.Parse(args, _ => null);

    [Fact]
    public void Without_arguments_it_listens_on_this_machine_only_and_asks_for_nothing()
    {
        var options = Parse();
        Assert.Equal(["http://127.0.0.1:5220"], options.Urls);
        Assert.Null(options.Database);
        Assert.Null(options.Keep);
        Assert.False(options.AsksForSignIn);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", false)]
    [InlineData("http://localhost:1", false)]
    [InlineData("http://[::1]:1", false)]
    [InlineData("http://0.0.0.0:1", true)]
    [InlineData("http://*:1", true)]
    [InlineData("http://10.0.0.5:1", true)]
    [InlineData("http://127.0.0.1:1;http://10.0.0.5:1", true)]
    public void Any_address_that_others_reach_asks_for_a_sign_in(string urls, bool asks) => Assert.Equal(asks, Parse("--urls", urls).AsksForSignIn);

    [Fact]
    public void A_host_name_of_a_proxy_asks_for_a_sign_in_too() => Assert.True(Parse("--host-name", "memscope.example").AsksForSignIn);

    [Theory]
    [InlineData("30d", 30 * 24)]
    [InlineData("12h", 12)]
    public void Ages_are_days_or_hours(string text, int hours) => Assert.Equal(TimeSpan.FromHours(hours), Parse("--keep", text).Keep);

    [Theory]
    [InlineData("7d", 7 * 24)]
    [InlineData("0", 0)]
    [InlineData("all", null)]
    public void The_text_of_snapshots_has_an_age_of_its_own(string text, int? hours)
    {
        Assert.Equal(ServerOptions.DefaultKeepText, Parse().KeepText);
        Assert.Equal(hours is { } h ? TimeSpan.FromHours(h) : (TimeSpan?)null, Parse("--keep-text", text).KeepText);
    }

    [Theory]
    [InlineData("It keeps all data, and the text of snapshots for 7 days; then the store gives back every number in it.")]
    [InlineData("It keeps data for 30 days, and the text of snapshots as long.", "--keep", "30d", "--keep-text", "all")]
    [InlineData("It keeps all data, and the text of snapshots until the store gives back every number in it.", "--keep-text", "0")]
    public void What_is_kept_is_said(string words, params string[] args) => Assert.Equal(words, Parse(args).KeepWords);

    [Theory]
    [InlineData("--keep-text", "0d")]
    [InlineData("--keep-text", "none")]
    [InlineData("--keep", "30")]
    [InlineData("--keep", "0d")]
    [InlineData("--keep", "d")]
    [InlineData("--port", "http")]
    [InlineData("--port", "65536")]
    [InlineData("--port", "-1")]
    [InlineData("--urls", "5220")]
    [InlineData("--urls", "ftp://127.0.0.1")]
    [InlineData("--colour", "red")]
    [InlineData("serve", "now")]
    public void What_makes_no_sense_is_refused_in_one_line(string name, string value) =>
        Assert.DoesNotContain('\n', Assert.Throws<FormatException>(() => Parse(name, value)).Message);

    [Fact]
    public void An_option_without_its_value_is_refused() => Assert.Throws<FormatException>(() => Parse("--data"));

    [Fact]
    public void Arguments_win_over_the_environment()
    {
        var options = ServerOptions.Parse(["--db=Host=argument", "--port=7"], name => name is "MEMSCOPE_DB" ? "Host=environment" : name is "MEMSCOPE_URL" ? "http://127.0.0.1:9" : null);
        Assert.Equal("Host=argument", options.Database);
        Assert.Equal(["http://127.0.0.1:7"], options.Urls);
    }
}
