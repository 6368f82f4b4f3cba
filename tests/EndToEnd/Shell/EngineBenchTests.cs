using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Shell;

[Collection(nameof(Alone))]
public sealed class EngineBenchTests
{
    [Fact]
    public async Task The_bench_of_the_engine_measures_everything_at_a_small_size_and_ours_and_the_peers_answers_agree()
    {
        var run = await Command.RunAsync("dotnet", Repository.PathOf("tests", "Benchmarks", "bin", Repository.Configuration, "net10.0", "MemScope.Benchmarks.dll"), "engine", "--quick",
            "--server", Repository.PathOf("src", "MemScope.Web", "bin", Repository.Configuration, "net10.0", "MemScope.Web.dll"));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        foreach (var figure in (string[])["stored bytes", "growth of every region", "diff of two snapshots", "in memory, ns per region", "4 times the regions", "acknowledged uploads", "4 times the mappings", "stage of an upload"])
            Assert.Contains(figure, run.Output, StringComparison.Ordinal);
    }
}
