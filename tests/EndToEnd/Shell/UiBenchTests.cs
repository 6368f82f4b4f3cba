using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Shell;

[Collection(nameof(Alone))]
public sealed class UiBenchTests
{
    [Fact]
    public async Task The_bench_of_the_pages_measures_everything_at_a_small_size()
    {
        var run = await Command.RunAsync("dotnet", Repository.PathOf("tests", "Benchmarks", "bin", Repository.Configuration, "net10.0", "MemScope.Benchmarks.dll"), "ui", "--quick",
            "--server", Repository.PathOf("src", "MemScope.Web", "bin", Repository.Configuration, "net10.0", "MemScope.Web.dll"));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        foreach (var figure in (string[])["overview of the long process", "finding and ledger too", "diff of two snapshots", "filter over the wide process", "main thread of the page", "readers of a share at once", "kB on the wire"])
            Assert.Contains(figure, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not measured", run.Output, StringComparison.Ordinal);
    }
}
