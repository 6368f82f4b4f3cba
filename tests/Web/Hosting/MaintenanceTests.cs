using MemScope.Web.Hosting;

namespace MemScope.Web.Tests.Hosting;

public sealed class MaintenanceTests
{
    private static Maintenance? Parse(params string[] args) => Maintenance.Parse(args, name => name is "MEMSCOPE_DB" ? "Host=environment" : name is "MEMSCOPE_URL" ? "not for this" : null);

    [Theory]
    [InlineData]
    [InlineData("--port", "7")]
    public void Without_a_verb_it_is_the_server(params string[] args) => Assert.Null(Parse(args));

    [Fact]
    public void It_uses_the_database_of_the_server()
    {
        var process = Guid.NewGuid();
        Assert.Equal(("reprocess", "Host=environment", process), Parse("reprocess", "--process", process.ToString()) is { } found ? (found.Verb, found.Database, found.Process) : default);
        Assert.Equal(("fsck", "Host=x", "/d"), Parse("fsck", "--db=Host=x", "--data=/d") is { } check ? (check.Verb, check.Database, check.DataFolder) : default);
    }

    [Theory]
    [InlineData("reprocess", "--process", "7")]
    [InlineData("reprocess", "--process")]
    [InlineData("fsck", "--process", "01a1fba8-75aa-7f2a-afab-375737fe48fb")]
    [InlineData("reprocess", "--port", "7")]
    [InlineData("reprocess", "now", "then")]
    public void What_makes_no_sense_is_refused(params string[] args) => Assert.Throws<FormatException>(() => Parse(args));
}
