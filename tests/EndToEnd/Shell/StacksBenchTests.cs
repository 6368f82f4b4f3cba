using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Shell;

[Collection(nameof(Alone))]
public sealed class StacksBenchTests
{
    [Fact]
    public async Task The_bench_of_stacks_measures_everything_at_a_small_size_and_collapsed_stacks_are_equal()
    {
        var run = await Command.RunAsync("dotnet", Repository.PathOf("tests", "Benchmarks", "bin", Repository.Configuration, "net10.0", "MemScope.Benchmarks.dll"), "stacks", "--quick", "parsers", "screen", // speedscope has to be fetched
            "--server", Repository.PathOf("src", "MemScope.Web", "bin", Repository.Configuration, "net10.0", "MemScope.Web.dll"),
            "--agent", Repository.PathOf("src", "MemScope.Agent", "bin", Repository.Configuration, "net10.0", "linux-x64", "MemScope.Agent.dll"));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        foreach (var figure in (string[])["perf: stackcollapse-perf.pl", "strace -k: wc -l", "bpftrace: wc -l", "upload to screen, perf", "upload to screen, strace", "upload to screen, bpftrace", "greatest resident size"])
            Assert.Contains(figure, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not measured", run.Output, StringComparison.Ordinal);
    }
}
