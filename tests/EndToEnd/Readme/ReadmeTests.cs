using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Readme;

/// <summary>What the README tells people to type works as printed.</summary>
public sealed partial class ReadmeTests(ReadmeTests.Stage stage) : IClassFixture<ReadmeTests.Stage>
{
    private const string Archive = "@smaps.tar.gz";
    private const string PmapLoop = "pmap -x";
    private const string OneSnapshot = "smaps | curl";
    private const string WatchLoop = "while now=";
    private const string AgentWatch = "agent watch";
    private const string Strace = "strace -f";
    private const string Symbols = "curl -sS -T";
    private const string Parse = "memscope parse";

    [Fact]
    public void Every_block_of_the_readme_is_run_by_a_test_here()
    {
        string[] run = [Archive, PmapLoop, OneSnapshot, WatchLoop, AgentWatch, Strace, Symbols, Parse];
        Assert.Equal(ReadmeBlocks.All, run.Select(ReadmeBlocks.With));
    }

    [NeedsFact("curl")]
    public async Task An_archive()
    {
        var process = await stage.Server.ProcessOfPageAsync((await stage.RunAsync(Archive)).Output);
        Assert.Equal(Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").Count(), process.Number("snapshots"));
        Assert.Equal("h1", process.Text("host"));
    }

    [NeedsFact("curl", "pmap")]
    public async Task A_loop_of_pmap()
    {
        var process = await stage.Server.ProcessOfPageAsync((await stage.RunAsync(PmapLoop)).Output);
        Assert.Equal(3, process.Number("snapshots"));
        Assert.Equal("pmap -x", Assert.Single(process.GetProperty("sources").EnumerateArray()).GetString());
    }

    [NeedsFact("curl")]
    public async Task One_snapshot_from_proc()
    {
        var process = await stage.Server.ProcessOfPageAsync((await stage.RunAsync(OneSnapshot)).Output);
        Assert.Equal(1, process.Number("snapshots"));
        Assert.Equal(stage.Program.Pid, process.Number("pid"));
    }

    [NeedsFact("curl", "gzip")]
    public async Task Watching_with_nothing_but_a_shell()
    {
        using var program = await LeakingProgram.StartAsync(Stage.BytesPerSecond, TimeSpan.FromSeconds(12));
        var pages = (await stage.RunAsync(WatchLoop, program.Pid)).Lines;
        Assert.InRange(pages.Count, 3, 13);
        var process = await stage.Server.ProcessOfPageAsync(Assert.Single(pages.Distinct(StringComparer.Ordinal)));
        Assert.Equal(pages.Count, process.Number("snapshots"));
        Assert.InRange(process.Number("rssBytesPerSecond"), Stage.BytesPerSecond * 0.9, Stage.BytesPerSecond * 1.1);
    }

    [Fact]
    public async Task Watching_with_the_agent()
    {
        var watch = await stage.RunAsync(AgentWatch);
        var process = await stage.Server.ProcessOfPageAsync(watch.Lines[0]);
        Assert.Equal(5, process.Number("snapshots"));
    }

    [NeedsFact("curl", "strace", "timeout")]
    public async Task A_trace_of_strace()
    {
        var process = await stage.Server.ProcessOfPageAsync((await stage.RunAsync(Strace)).Output);
        Assert.True(process.Number("traces") >= 1);
        var chains = await stage.Server.JsonAsync($"api/v1/processes/{process.Text("id")}/callchains?weight=outstanding");
        // A rough figure: strace slows the program, and attaches and leaves within the five seconds.
        Assert.True(chains.Number("totalBytes") > Stage.BytesPerSecond, chains.ToString());
    }

    [NeedsFact("curl")]
    public async Task Symbols_of_a_program() => Assert.Contains("\"buildId\"", (await stage.RunAsync(Symbols)).Output, StringComparison.Ordinal);

    [Fact]
    public async Task Parsing_without_a_server() => Assert.StartsWith("{\"file\":\"smaps.tar.gz\",\"format\":\"smaps\"", (await stage.RunAsync(Parse)).Output, StringComparison.Ordinal);

    [Fact]
    public async Task The_options_in_the_table_are_those_of_serve()
    {
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));
        var help = await Command.RunAsync("dotnet", Repository.PathOf("src", "MemScope.Web", "bin", Repository.Configuration, "net10.0", "MemScope.Web.dll"), "--help");
        var listed = TableRow().Matches(readme).Select(m => m.Groups["option"].Value).Where(o => o != "--demo").Order(StringComparer.Ordinal);
        Assert.Equal(HelpLine().Matches(help.Output).Select(m => m.Groups["option"].Value).Order(StringComparer.Ordinal), listed);
    }

    [GeneratedRegex(@"^\| `(?<option>--[a-z-]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"^\s+(?<option>--[a-z-]+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HelpLine();

    /// <summary>A server, a program that leaks, and a folder with the files that the README names.</summary>
    public sealed class Stage : IAsyncLifetime, IDisposable
    {
        internal const long BytesPerSecond = 4_000_000;
        private readonly TemporaryFolder _folder = new();

        /// <summary>The server.</summary>
        public ServerProcess Server { get; private set; } = null!;

        internal LeakingProgram Program { get; private set; } = null!;

        /// <inheritdoc/>
        public async Task InitializeAsync()
        {
            Server = await ServerProcess.StartAsync();
            Program = await LeakingProgram.StartAsync(BytesPerSecond, TimeSpan.FromMinutes(5));
            File.CreateSymbolicLink(_folder.PathOf("memscope"), Repository.PathOf("memscope"));
            File.Copy(Fixtures.Case("ucx-leak", "smaps.tar.gz"), _folder.PathOf("smaps.tar.gz"));
            File.Copy(Repository.PathOf("demo", "ucx-leak", "ucx_leak"), _folder.PathOf("ucx_leak"));
        }

        /// <inheritdoc/>
        public async Task DisposeAsync()
        {
            Program.Dispose();
            await Server.DisposeAsync();
        }

        /// <inheritdoc/>
        public void Dispose() => _folder.Dispose();

        internal async Task<Command> RunAsync(string text, int? pid = null)
        {
            var block = ReadmeBlocks.With(text).Replace(ReadmeBlocks.PrintedAddress, Server.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);
            var start = new ProcessStartInfo("sh", ["-e", "-c", block]) { WorkingDirectory = _folder.FullPath };
            start.Environment["pid"] = (pid ?? Program.Pid).ToString(CultureInfo.InvariantCulture);
            var run = await Command.RunAsync(start, "");
            Assert.True(run.ExitCode == 0, $"exit {run.ExitCode}\n{run.Output}\n{run.Error}");
            return run;
        }
    }
}
