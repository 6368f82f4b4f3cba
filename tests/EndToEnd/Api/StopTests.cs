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
    public async Task Without_its_database_the_server_says_so_and_asks_to_come_again()
    {
        await using var server = await ServerProcess.StartAsync();
        var smaps = Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").First().Text;
        await server.UploadAsync(smaps, "host=h&pid=1");
        using (var kill = Process.Start("kill", ["-9", DatabasePid(server)])) await kill.WaitForExitAsync();
        // Connections that are open outlive the postmaster by a moment.
        var ready = await server.Client.GetAsync(new Uri("readyz", UriKind.Relative));
        for (var tries = 0; tries < 100 && ready.IsSuccessStatusCode; tries++)
        {
            await Task.Delay(100);
            ready = await server.Client.GetAsync(new Uri("readyz", UriKind.Relative));
        }
        await ready.ProblemAsync(HttpStatusCode.ServiceUnavailable, "not-ready");

        using var upload = await server.PostAsync(smaps, "host=h&pid=1");
        await upload.ProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable");
        Assert.True(upload.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        using var list = await server.Client.GetAsync(new Uri("api/v1/processes", UriKind.Relative));
        await list.ProblemAsync(HttpStatusCode.ServiceUnavailable, "database-unavailable");
        using var alive = await server.Client.GetAsync(new Uri("healthz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
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
