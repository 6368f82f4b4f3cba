using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Shell;

/// <summary>Times and processes are looked at, so nothing else runs beside these tests.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class ServeTests
{
    [Fact]
    public async Task A_second_start_answers_within_five_seconds_and_finds_the_data()
    {
        using var data = new TemporaryFolder();
        await using (var first = await ServerProcess.ServeAsync(data.PathOf("data")))
        {
            using var smaps = new ByteArrayContent(await File.ReadAllBytesAsync("/proc/self/smaps"));
            using var stored = await first.Client.PostAsync(new Uri("api/v1/captures?host=h&pid=1", UriKind.Relative), smaps);
            Assert.Equal(HttpStatusCode.Created, stored.StatusCode);
        }
        var clock = Stopwatch.StartNew();
        await using var second = await ServerProcess.ServeAsync(data.PathOf("data"));
        var processes = await second.JsonAsync("api/v1/processes");

        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        Assert.Single(processes.GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_to_the_command_ends_server_and_database(string signal)
    {
        using var data = new TemporaryFolder();
        await using var server = await ServerProcess.ServeAsync(data.PathOf("data"));
        var database = DatabasePid(server);

        Assert.Equal(0, await server.StopAsync(signal));
        Assert.False(IsAlive(database));
    }

    [Fact]
    public async Task A_killed_server_takes_its_database_with_it_and_the_next_start_recovers()
    {
        using var data = new TemporaryFolder();
        await using (var server = await ServerProcess.StartAsync(data.PathOf("data")))
        {
            var database = DatabasePid(server);
            Assert.True(IsAlive(database));
            await server.KillAsync();
            for (var tries = 0; tries < 100 && IsAlive(database); tries++) await Task.Delay(100);
            Assert.False(IsAlive(database));
        }
        await using var again = await ServerProcess.StartAsync(data.PathOf("data"));
        using var ready = await again.Client.GetAsync(new Uri("readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task The_demo_loads_the_founding_case_once()
    {
        using var data = new TemporaryFolder();
        var port = FreePort();
        for (var start = 1; start <= 2; start++)
        {
            await using var server = await ServerProcess.ServeAsync(data.PathOf("data"), "--port", port, "--demo");
            var page = await PageAsync(server);

            var process = await server.ProcessOfPageAsync(page);
            Assert.Equal(["smaps", "pmap -x"], process.GetProperty("sources").EnumerateArray().Select(s => s.GetString()));
            Assert.Equal(2 * 91, process.Number("snapshots"));
            Assert.Equal("leak", process.GetProperty("assessment").Text("kind"));
            Assert.Equal(2, process.Number("traces"));
            Assert.Equal("2026-11-20T15:40:59", process.Text("firstSnapshotAt")[..19]);
            var chains = await server.JsonAsync($"api/v1/processes/{process.Text("id")}/callchains?weight=outstanding");
            var functions = chains.GetProperty("items")[0].GetProperty("frames").EnumerateArray().Select(f => f.Text("function"));
            Assert.Contains("ucs_rcache_mp_chunk_alloc", functions);
            Assert.Equal(2, (await server.JsonAsync("api/v1/processes")).GetProperty("items").GetArrayLength());
        }
    }

    [Fact]
    public async Task A_port_in_use_is_said_at_once()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var serve = await Command.RunAsync(Repository.PathOf("memscope"), "serve", "--port", port);

        Assert.NotEqual(0, serve.ExitCode);
        Assert.Contains("in use", serve.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "--colour")]
    [InlineData("serve", "--port")]
    [InlineData("fly")]
    public async Task What_is_not_understood_is_refused_with_a_hint(params string[] arguments)
    {
        var run = await Command.RunAsync(Repository.PathOf("memscope"), arguments);

        Assert.NotEqual(0, run.ExitCode);
        Assert.NotEmpty(run.Error);
        Assert.Empty(run.Output);
    }

    private static async Task<string> PageAsync(ServerProcess server)
    {
        const string Said = "the founding case is loaded: ";
        for (var tries = 0; tries < 600; tries++, await Task.Delay(100))
        {
            var line = server.Output.Split('\n').FirstOrDefault(l => l.Contains(Said, StringComparison.Ordinal));
            if (line is not null) return line[(line.IndexOf(Said, StringComparison.Ordinal) + Said.Length)..];
        }
        throw new TimeoutException("the demo was not loaded:\n" + server.Output);
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    private static int DatabasePid(ServerProcess server)
    {
        var file = Assert.Single(Directory.GetFiles(server.DataFolder, "postmaster.pid", SearchOption.AllDirectories));
        return int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture);
    }

    // A zombie has ended; who started it reaps it later.
    private static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat") && File.ReadAllText($"/proc/{pid}/stat") is var stat && stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
}
