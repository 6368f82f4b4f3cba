using System.Diagnostics;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Shell;

/// <summary>The last line of <c>./memscope test</c>.</summary>
public sealed class TestSummaryTests
{
    [Fact]
    public async Task Results_of_all_projects_are_added_up_and_skips_are_told_with_their_reason()
    {
        using var folder = new TemporaryFolder();
        await WriteAsync(folder, "One.trx", Result("a", "Passed"), Result("b", "Passed"));
        await WriteAsync(folder, "Two.trx", Result("c", "Passed"), Result("d", "NotExecuted", "not installed: strace"));

        var summary = await SummarizeAsync(folder, runsFailed: 0, projects: 2);

        Assert.Equal(0, summary.ExitCode);
        Assert.Equal("3 passed, 0 failed, 1 skipped", summary.Lines[^1]);
        Assert.Contains("skipped: d: not installed: strace", summary.Lines);
    }

    [Fact]
    public async Task A_failed_test_fails_the_command()
    {
        using var folder = new TemporaryFolder();
        await WriteAsync(folder, "One.trx", Result("a", "Passed"), Result("b", "Failed", "Expected: 1"));

        var summary = await SummarizeAsync(folder, runsFailed: 1, projects: 1);

        Assert.NotEqual(0, summary.ExitCode);
        Assert.Equal("1 passed, 1 failed, 0 skipped", summary.Lines[^1]);
    }

    [Theory]
    [InlineData(1, 2)] // a project left no results
    [InlineData(1, 1)] // results are there, yet the run ended badly: a crash at its end
    public async Task A_run_that_broke_counts_as_a_failure(int runsFailed, int projects)
    {
        using var folder = new TemporaryFolder();
        await WriteAsync(folder, "One.trx", Result("a", "Passed"));

        var summary = await SummarizeAsync(folder, runsFailed, projects);

        Assert.NotEqual(0, summary.ExitCode);
        Assert.Equal("1 passed, 1 failed, 0 skipped", summary.Lines[^1]);
    }

    private static Task<Command> SummarizeAsync(TemporaryFolder folder, int runsFailed, int projects)
    {
        var script = $"set -euo pipefail; source '{Repository.PathOf("scripts", "test.sh")}'; summarize '{folder.FullPath}' {runsFailed} {projects}";
        return Command.RunAsync(new ProcessStartInfo("bash", ["-c", script]), "");
    }

    // As the trx logger writes it, one element per line.
    private static string Result(string name, string outcome, string? message = null) =>
        $"    <UnitTestResult executionId=\"1\" testName=\"{name}\" duration=\"00:00:00.01\" outcome=\"{outcome}\">\n"
        + (message is null ? "" : $"      <Output>\n        <ErrorInfo>\n          <Message>{message}</Message>\n        </ErrorInfo>\n      </Output>\n")
        + "    </UnitTestResult>\n";

    private static Task WriteAsync(TemporaryFolder folder, string name, params string[] results) =>
        File.WriteAllTextAsync(folder.PathOf(name), $"<TestRun>\n  <Results>\n{string.Concat(results)}  </Results>\n</TestRun>\n");
}
