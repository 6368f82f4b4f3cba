using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

[Collection(nameof(ApiTests))]
public sealed class ExportTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    [Fact]
    public async Task A_series_says_the_same_as_json_csv_and_doubles()
    {
        var process = await Server.UploadCaseAsync("malloc-leak-cpp", Uploads.NewHost(), "smaps.tar.gz");
        var address = $"api/v1/processes/{process}/series?by=category";
        var json = await Server.JsonAsync(address);
        var csv = (await Server.Client.GetStringAsync(new Uri(address + "&format=csv", UriKind.Relative))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        using var binary = await Server.Client.GetAsync(new Uri(address + "&format=binary", UriKind.Relative));
        var points = int.Parse(binary.Headers.GetValues("X-Points").Single(), CultureInfo.InvariantCulture);
        var keys = binary.Headers.GetValues("X-Keys").Single().Split(',');
        var doubles = MemoryMarshal.Cast<byte, double>(await binary.Content.ReadAsByteArrayAsync()).ToArray();

        Assert.Equal(json.GetProperty("keys").EnumerateArray().Select(k => k.GetString()), keys);
        Assert.Equal(json.GetProperty("unixMs").EnumerateArray().Select(v => v.GetDouble()), doubles[..points]);
        Assert.Equal(json.GetProperty("numbers").EnumerateArray().Select(v => v.GetDouble()), doubles[points..(2 * points)]);
        for (var key = 0; key < keys.Length; key++)
        {
            var column = json.GetProperty("values")[key].EnumerateArray().Select(v => v.GetDouble()).ToArray();
            Assert.Equal(column, doubles[((key + 2) * points)..((key + 3) * points)]);
            Assert.Equal(column, csv[1..].Select(line => double.Parse(line.Split(',')[key + 2], CultureInfo.InvariantCulture)));
        }
        Assert.Equal(points + 1, csv.Length);
    }

    [Fact]
    public async Task A_decimated_series_keeps_ends_and_extremes()
    {
        var process = await Server.UploadCaseAsync("steady-healthy", Uploads.NewHost(), "smaps.tar.gz");
        var all = (await Server.JsonAsync($"api/v1/processes/{process}/series?by=total")).GetProperty("values")[0].EnumerateArray().Select(v => v.GetDouble()).ToList();
        var few = await Server.JsonAsync($"api/v1/processes/{process}/series?by=total&points=12");
        var kept = few.GetProperty("values")[0].EnumerateArray().Select(v => v.GetDouble()).ToList();

        Assert.True(few.GetProperty("decimated").GetBoolean());
        Assert.InRange(kept.Count, 4, 16);
        Assert.Equal((all[0], all[^1], all.Min(), all.Max()), (kept[0], kept[^1], kept.Min(), kept.Max()));
    }

    [Fact]
    public async Task Regions_of_a_series_and_the_rest_add_up_to_the_total()
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var total = (await Server.JsonAsync($"api/v1/processes/{process}/series?by=total")).GetProperty("values")[0];
        var regions = (await Server.JsonAsync($"api/v1/processes/{process}/series?by=region&top=3")).GetProperty("values");
        Assert.Equal(4, regions.GetArrayLength());
        for (var i = 0; i < total.GetArrayLength(); i++)
            Assert.Equal(total[i].GetDouble(), regions.EnumerateArray().Sum(r => r[i].ValueKind == System.Text.Json.JsonValueKind.Null ? 0 : r[i].GetDouble()));
    }

    [Theory]
    [InlineData("snapshots", 92)]
    [InlineData("snapshots/5", 74)]
    [InlineData("regions?limit=1000", 78)]
    [InlineData("diff?base=56&current=79", 76)]
    public async Task Every_table_is_there_as_csv(string table, int lines)
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/processes/{process}/{table}");
        request.Headers.Add("Accept", "text/csv");
        using var response = await Server.Client.SendAsync(request);
        var rows = (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal(lines, rows.Length);
    }

    [Fact]
    public async Task A_snapshot_comes_back_as_the_text_that_was_sent()
    {
        var process = await Server.UploadCaseAsync("odd-maps", Uploads.NewHost(), "smaps.tar.gz");
        var texts = Fixtures.Members("cases", "odd-maps", "smaps.tar.gz").Select(m => m.Text).ToList();
        for (var i = 0; i < texts.Count; i++)
        {
            using var response = await Server.Client.GetAsync(new Uri($"api/v1/processes/{process}/snapshots/{i + 1}?format=smaps", UriKind.Relative));
            Assert.Equal(("text/plain", "attachment"), (response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentDisposition?.DispositionType));
            Assert.Equal(texts[i], await response.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task What_pmap_did_not_print_is_named_in_its_smaps()
    {
        var process = await Server.UploadCaseAsync("odd-maps", Uploads.NewHost(), "pmap-x.log.gz");
        using var response = await Server.Client.GetAsync(new Uri($"api/v1/processes/{process}/snapshots/1?format=smaps", UriKind.Relative));
        Assert.Equal("offset, device, inode, path", Assert.Single(response.Headers.GetValues("X-Missing")));
        var rss = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots/1")).GetProperty("rssBytes").GetInt64();
        Assert.Equal(rss, (await response.Content.ReadAsStringAsync()).Split('\n').Where(l => l.StartsWith("Rss:", StringComparison.Ordinal))
            .Sum(l => long.Parse(l.AsSpan(4, l.Length - 6), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture)) * 1024);
    }

    [Fact]
    public async Task The_csv_of_regions_has_no_last_page()
    {
        const int regions = 1_500; // more than a page
        var smaps = string.Concat(Enumerable.Range(0, regions).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"{0x7f00_0000_0000 + (i * 0x10_000L):x}-{0x7f00_0000_1000 + (i * 0x10_000L):x} rw-p 00000000 00:00 0 \nSize:                  4 kB\nRss:                   4 kB\n")));
        var process = (await Server.UploadAsync(Encoding.ASCII.GetBytes(smaps), $"host={Uploads.NewHost()}&pid=7")).Text("processId");
        async Task<int> LinesAsync(string query) => (await Server.Client.GetStringAsync(new Uri($"api/v1/processes/{process}/regions?{query}", UriKind.Relative))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.Equal(regions + 1, await LinesAsync("format=csv"));
        Assert.Equal(10 + 1, await LinesAsync("format=csv&limit=10"));
    }

    [Fact]
    public async Task Processes_are_filtered_by_host_comm_label_and_verdict()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("raw-mmap-leak", host, "smaps.tar.gz");
        async Task<List<Guid>> FoundAsync(string query) => [.. (await Server.JsonAsync("api/v1/processes?" + query)).GetProperty("items").EnumerateArray().Select(p => p.GetProperty("id").GetGuid())];
        var comm = Uri.EscapeDataString((await Server.JsonAsync($"api/v1/processes/{process}")).Text("comm").ToUpperInvariant());
        Assert.Equal([process], await FoundAsync($"host={host.ToUpperInvariant()}&comm={comm}&verdict=leak"));
        Assert.Empty(await FoundAsync($"host={host}&verdict=healthy"));
        Assert.Empty(await FoundAsync($"host={host}x"));
        Assert.Empty(await FoundAsync($"host={host}&label.role=none"));
    }

    [Fact]
    public async Task A_cursor_that_no_list_of_snapshots_gave_is_refused()
    {
        var process = await Server.UploadCaseAsync("raw-mmap-leak", Uploads.NewHost(), "smaps.tar.gz");
        using var response = await Server.Client.GetAsync(new Uri($"api/v1/processes/{process}/snapshots?cursor=99999", UriKind.Relative));
        await response.ProblemAsync(System.Net.HttpStatusCode.BadRequest, "bad-parameter");
    }

    [Fact]
    public async Task A_window_can_be_named_by_times()
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var snapshots = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots")).GetProperty("items");
        var (from, to) = (snapshots[55].GetProperty("takenAt").GetDateTimeOffset(), snapshots[78].GetProperty("takenAt").GetDateTimeOffset());
        var byTime = await Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1&from={from.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}&to={to.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");
        var byNumber = await Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1&from=56&to=79");

        Assert.Equal(byNumber.ToString(), byTime.ToString());
        Assert.Equal(24, byTime.GetProperty("window").GetProperty("snapshots").GetInt32());
    }
}
