using System.Globalization;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Agent;

public sealed class WatchTests
{
    private const long BytesPerSecond = 4_000_000;

    [Fact]
    public async Task The_server_shows_the_slope_of_the_program_that_is_watched()
    {
        await using var server = await ServerProcess.StartAsync();
        using var program = await LeakingProgram.StartAsync(BytesPerSecond, TimeSpan.FromMinutes(2));

        var watch = await WatchAsync(program.Pid, server.Address, "--interval", "1s", "--duration", "20s", "--label", "role=decode");

        Assert.Equal(0, watch.ExitCode);
        var process = await server.ProcessOfPageAsync(watch.Lines[0]);
        Assert.Equal(21, process.Number("snapshots"));
        Assert.InRange(process.Number("rssBytesPerSecond"), BytesPerSecond * 0.95, BytesPerSecond * 1.05);
        Assert.Equal(program.Pid, process.Number("pid"));
        Assert.Equal("decode", process.GetProperty("labels").Text("role"));
        Assert.Equal(21, watch.Lines.Count(l => l.Contains(" RSS ", StringComparison.Ordinal)));
        Assert.Equal("21 snapshots taken, 21 stored, 0 refused, 0 dropped", watch.Lines[^1]);
        await AssertStatusJoinedAsync(server, process.Text("id"));
    }

    [Fact]
    public async Task It_ends_with_the_process()
    {
        await using var server = await ServerProcess.StartAsync();
        using var program = await LeakingProgram.StartAsync(BytesPerSecond, TimeSpan.FromSeconds(4));

        var watch = await WatchAsync(program.Pid, server.Address, "--interval", "500ms");

        Assert.Equal(0, watch.ExitCode);
        Assert.Contains($"process {program.Pid} has ended", watch.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_dies_and_comes_back_misses_no_snapshot()
    {
        using var data = new TemporaryFolder();
        using var program = await LeakingProgram.StartAsync(BytesPerSecond, TimeSpan.FromMinutes(2));
        Task<Command> watching;
        Uri address;
        await using (var server = await ServerProcess.StartAsync(data.PathOf("data")))
        {
            address = server.Address;
            watching = WatchAsync(program.Pid, address, "--interval", "500ms", "--duration", "12s");
            await Task.Delay(TimeSpan.FromSeconds(3));
            await server.KillAsync();
        }
        await Task.Delay(TimeSpan.FromSeconds(2));
        await using var again = await ServerProcess.StartAsync(data.PathOf("data"), "--port", address.Port.ToString(CultureInfo.InvariantCulture));

        var watch = await watching;

        Assert.Equal(0, watch.ExitCode);
        Assert.Equal("25 snapshots taken, 25 stored, 0 refused, 0 dropped", watch.Lines[^1]);
        var process = await again.ProcessOfPageAsync(watch.Lines[0]);
        Assert.Equal(25, process.Number("snapshots"));
    }

    [Fact]
    public async Task A_process_that_is_not_there_is_refused_before_anything_is_sent()
    {
        var watch = await WatchAsync(int.MaxValue, new Uri("http://127.0.0.1:9"));

        Assert.Equal(2, watch.ExitCode);
        Assert.Contains("there is no process", watch.Error, StringComparison.Ordinal);
    }

    private static Task<Command> WatchAsync(int pid, Uri server, params string[] more) =>
        Command.AgentAsync(["watch", "--pid", pid.ToString(CultureInfo.InvariantCulture), "--server", server.ToString(), .. more]);

    private static async Task AssertStatusJoinedAsync(ServerProcess server, string process)
    {
        var snapshots = await server.JsonAsync($"api/v1/processes/{process}/snapshots");
        Assert.All(snapshots.GetProperty("items").EnumerateArray(), s => Assert.InRange(s.Number("statusRssBytes"), s.Number("rssBytes") * 0.9, s.Number("rssBytes") * 1.1));
    }
}
