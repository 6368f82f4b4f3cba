using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.EndToEnd.Tests.Shell;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

[Collection(nameof(Alone))]
public sealed class StopTests
{
    [Fact]
    public async Task A_server_that_is_asked_to_stop_finishes_what_it_has_begun()
    {
        using var data = new TemporaryFolder();
        var archive = await File.ReadAllBytesAsync(Fixtures.Case("ucx-leak", "smaps.tar.gz"));
        var stored = new List<string>();
        await using (var server = await ServerProcess.StartAsync(data.PathOf("data")))
        {
            var uploads = Enumerable.Range(0, 12).Select(i => TryAsync(server, archive, $"stop-{i.ToString(CultureInfo.InvariantCulture)}")).ToList();
            await Task.Delay(300);
            Assert.Equal(0, await server.StopAsync());
            foreach (var (host, status) in await Task.WhenAll(uploads))
            {
                Assert.True(status is HttpStatusCode.Created or HttpStatusCode.ServiceUnavailable or null, $"{host}: {status}");
                if (status is HttpStatusCode.Created) stored.Add(host);
            }
        }
        await using var again = await ServerProcess.StartAsync(data.PathOf("data"));
        Assert.NotEmpty(stored);
        foreach (var host in stored)
            Assert.Equal(91, Assert.Single((await again.JsonAsync($"api/v1/processes?q={host}")).GetProperty("items").EnumerateArray(), p => p.Text("host") == host).GetProperty("snapshots").GetInt32());
    }

    [Fact]
    public async Task Slow_connections_are_cut_and_do_not_hold_up_others()
    {
        await using var server = await ServerProcess.StartAsync();
        var slow = new List<TcpClient>();
        for (var i = 0; i < 100; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(server.Address.Host, server.Address.Port);
            await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nX: "u8.ToArray());
            slow.Add(client);
        }
        using var good = await server.Client.GetAsync(new Uri("healthz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        var clock = Stopwatch.StartNew();
        var buffer = new byte[1024];
        foreach (var client in slow)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (await client.GetStream().ReadAsync(buffer, late.Token) is > 0 and var read) Assert.Contains("408", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
            client.Dispose();
        }
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public async Task A_database_that_is_killed_under_load_costs_no_acknowledged_upload_and_comes_back()
    {
        await using var server = await ServerProcess.StartAsync();
        var smaps = Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").First().Text;
        using var stop = new CancellationTokenSource();
        var uploads = Enumerable.Range(0, 4).Select(u => Task.Run(() => LoopAsync(server, smaps, $"db-{u.ToString(CultureInfo.InvariantCulture)}", stop.Token))).ToList();
        for (var kill = 0; kill < 3; kill++)
        {
            await Task.Delay(1000);
            using (var killing = Process.Start("kill", ["-9", DatabasePid(server)])) await killing.WaitForExitAsync();
            var clock = Stopwatch.StartNew();
            while (!await IsReadyAsync(server)) Assert.InRange(clock.Elapsed.TotalSeconds, 0, 30);
            using var alive = await server.Client.GetAsync(new Uri("healthz", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }
        await stop.CancelAsync();
        foreach (var (host, taken) in await Task.WhenAll(uploads))
        {
            var process = Assert.Single((await AskAsync(server, $"api/v1/processes?q={host}")).GetProperty("items").EnumerateArray());
            var kept = (await AskAsync(server, $"api/v1/processes/{process.Text("id")}/snapshots")).GetProperty("items").EnumerateArray().Select(s => s.GetProperty("takenAt").GetDateTimeOffset().ToUnixTimeSeconds()).ToHashSet();
            Assert.NotEmpty(taken);
            Assert.Subset(kept, taken.TakeLast(900).ToHashSet());
        }
    }

    // Uploads until it is told to stop; returns the times of what was acknowledged.
    private static async Task<(string Host, List<long> Taken)> LoopAsync(ServerProcess server, byte[] smaps, string host, CancellationToken stop)
    {
        var taken = new List<long>();
        for (var at = 1_795_189_000L; !stop.IsCancellationRequested && at < 1_795_189_900L; at++)
        {
            using var response = await server.PostAsync(smaps, string.Create(CultureInfo.InvariantCulture, $"host={host}&pid=1&takenAt={at}"));
            if (response.StatusCode == HttpStatusCode.Created)
            {
                taken.Add(at);
                continue;
            }
            await response.ProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable");
            Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            await Task.Delay(100, CancellationToken.None);
        }
        return (host, taken);
    }

    // A connection that the server kept from before the kill fails once more.
    private static async Task<System.Text.Json.JsonElement> AskAsync(ServerProcess server, string path)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            using var response = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
            if (response.IsSuccessStatusCode) return System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            await response.ProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable");
            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
            await Task.Delay(100);
        }
    }

    private static async Task<bool> IsReadyAsync(ServerProcess server)
    {
        using var ready = await server.Client.GetAsync(new Uri("readyz", UriKind.Relative));
        if (ready.IsSuccessStatusCode) return true;
        await ready.ProblemAsync(HttpStatusCode.ServiceUnavailable, "not-ready");
        await Task.Delay(50);
        return false;
    }

    private static string DatabasePid(ServerProcess server) =>
        File.ReadLines(Directory.EnumerateFiles(server.DataFolder, "postmaster.pid", SearchOption.AllDirectories).Single()).First();

    private static async Task<(string Host, HttpStatusCode? Status)> TryAsync(ServerProcess server, byte[] archive, string host)
    {
        try
        {
            using var response = await server.PostAsync(archive, $"host={host}&pid=1");
            return (host, response.StatusCode);
        }
        catch (HttpRequestException)
        {
            return (host, null);
        }
    }
}
