using System.Collections.Concurrent;
using System.Globalization;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.EndToEnd.Tests.Shell;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>What was acknowledged is there, whenever the server is killed.</summary>
[Collection(nameof(Alone))]
public sealed class KillTests
{
    private const int Kills = 10;
    private const int Uploaders = 4;

    [Fact]
    public async Task Every_acknowledged_snapshot_survives_ten_kills_and_none_is_half()
    {
        using var data = new TemporaryFolder();
        var texts = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").Select(m => m.Text).ToArray();
        var acknowledged = new ConcurrentBag<(string Host, long TakenAt, int Text)>();
        var random = new Random(7);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var server = await ServerProcess.StartAsync(data.PathOf("data"));
            using var stop = new CancellationTokenSource();
            var number = kill;
            var uploaders = Enumerable.Range(0, Uploaders).Select(u => Task.Run(() => UploadUntilKilledAsync(server, $"kill-{u}", number * 100_000L, texts, acknowledged, stop.Token))).ToList();
            await Task.Delay(random.Next(200, 2500));
            await server.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(uploaders);
        }
        await using var last = await ServerProcess.StartAsync(data.PathOf("data"));
        Assert.True(acknowledged.Count > Kills * Uploaders, $"only {acknowledged.Count} uploads were acknowledged");
        foreach (var host in acknowledged.GroupBy(a => a.Host, StringComparer.Ordinal)) await CheckAsync(last, host.Key, [.. host], texts);
    }

    private static async Task UploadUntilKilledAsync(ServerProcess server, string host, long first, byte[][] texts, ConcurrentBag<(string, long, int)> acknowledged, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var takenAt = 1_795_189_000 + first + i;
            var text = i % texts.Length;
            try
            {
                using var response = await server.PostAsync(texts[text], string.Create(CultureInfo.InvariantCulture, $"host={host}&pid=1&startTicks=5&takenAt={takenAt}"));
                if (response.IsSuccessStatusCode) acknowledged.Add((host, takenAt, text));
            }
            catch (HttpRequestException)
            {
                return; // killed: whether it was stored is not known
            }
        }
    }

    private static async Task CheckAsync(ServerProcess server, string host, List<(string Host, long TakenAt, int Text)> acknowledged, byte[][] texts)
    {
        var process = Assert.Single((await server.JsonAsync($"api/v1/processes?q={host}")).GetProperty("items").EnumerateArray()).Text("id");
        var rss = new Dictionary<long, long>();
        string? cursor = null;
        do
        {
            var page = await server.JsonAsync($"api/v1/processes/{process}/snapshots{(cursor is null ? "" : "?cursor=" + cursor)}");
            foreach (var snapshot in page.GetProperty("items").EnumerateArray()) rss[snapshot.GetProperty("takenAt").GetDateTimeOffset().ToUnixTimeSeconds()] = snapshot.GetProperty("rssBytes").GetInt64();
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        foreach (var (_, takenAt, text) in acknowledged) Assert.Equal(Truth.SumOfRss(System.Text.Encoding.UTF8.GetString(texts[text])), rss.GetValueOrDefault(takenAt));
        // The totals are stored beside the mappings: a snapshot that is listed has all of them.
        var numbers = (await server.JsonAsync($"api/v1/processes/{process}/snapshots?limit=1000")).GetProperty("items").EnumerateArray().ToList();
        foreach (var snapshot in numbers.TakeLast(3))
        {
            var one = await server.JsonAsync($"api/v1/processes/{process}/snapshots/{snapshot.GetProperty("number").GetInt32()}");
            Assert.Equal(one.GetProperty("vmaCount").GetInt32(), one.GetProperty("vmas").GetArrayLength());
            Assert.Equal(one.GetProperty("rssBytes").GetInt64(), one.GetProperty("vmas").EnumerateArray().Sum(v => v.GetProperty("rssBytes").GetInt64()));
        }
    }
}
