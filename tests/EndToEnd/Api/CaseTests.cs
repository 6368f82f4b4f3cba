using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>The captured cases, judged over the API.</summary>
[Collection(nameof(ApiTests))]
public sealed class CaseTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_rss_of_every_snapshot_is_the_sum_over_its_text(string name)
    {
        var process = await Server.UploadCaseAsync(name, Uploads.NewHost(), "smaps.tar.gz");
        var snapshots = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots")).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(Truth.RssOfText(name), snapshots.Select(s => s.GetProperty("rssBytes").GetInt64()));
        Assert.All(snapshots, s => Assert.Equal(s.GetProperty("rssBytes").GetInt64(), s.GetProperty("byCategory").EnumerateObject().Sum(c => c.Value.GetInt64())));
    }

    [Theory]
    [InlineData("ucx-leak", false)]
    [InlineData("raw-mmap-leak", false)]
    [InlineData("malloc-leak-cpp", true)]
    public async Task A_leak_is_called_one_and_its_first_category_grows_as_fast_as_the_truth_says(string name, bool insideHeap)
    {
        var process = await Server.UploadCaseAsync(name, Uploads.NewHost(), "smaps.tar.gz");
        var overview = await Server.JsonAsync($"api/v1/processes/{process}/overview");
        var assessment = overview.GetProperty("process").GetProperty("assessment");
        var slope = overview.GetProperty("categories")[0].Number("rssBytesPerSecond");

        Assert.Equal("leak", assessment.Text("kind"));
        Assert.Equal(insideHeap, assessment.GetProperty("insideMallocHeap").GetBoolean());
        Assert.InRange(slope / Truth.SlopeOfRss(name), 0.98, 1.02);
        Assert.NotEmpty(overview.Text("answer"));
    }

    [Theory]
    [InlineData("plateau", "plateau")]
    [InlineData("glibc-fragmentation", "plateau")]
    [InlineData("steady-healthy", "bounded", "flat")]
    public async Task What_does_not_leak_is_not_called_a_leak(string name, params string[] shapes)
    {
        var process = await Server.UploadCaseAsync(name, Uploads.NewHost(), "smaps.tar.gz");
        var overview = await Server.JsonAsync($"api/v1/processes/{process}/overview");
        var numbers = (await Server.JsonAsync($"api/v1/processes/{process}/series?by=total")).GetProperty("numbers").EnumerateArray().Select(n => n.GetInt32()).ToList();
        var later = (await Server.JsonAsync($"api/v1/processes/{process}/overview?from={numbers[numbers.Count / 2]}&to={numbers[^1]}")).GetProperty("total");

        Assert.NotEqual("leak", overview.GetProperty("process").GetProperty("assessment").Text("kind"));
        Assert.Contains(overview.GetProperty("total").Text("shape"), shapes);
        Assert.True(later.Number("lowBytesPerSecond") <= 0 && later.Number("highBytesPerSecond") >= 0, later.ToString());
    }

    [Fact]
    public async Task The_region_of_ucx_leak_that_ends_at_a_fixed_address_keeps_one_identity()
    {
        const string end = "7f1f62200000";
        var texts = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").Select(m => System.Text.Encoding.UTF8.GetString(m.Text));
        var starts = texts.Select(t => t.Split('\n').Single(l => l.Contains($"-{end} ", StringComparison.Ordinal)).Split('-')[0]).Distinct().Count();
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var first = (await Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1")).GetProperty("items")[0];
        var seen = new HashSet<string>();
        for (var number = 1; number <= 91; number += 10)
        {
            var vma = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots/{number}")).GetProperty("vmas").EnumerateArray().Single(v => v.Text("end") == end);
            seen.Add(vma.Text("regionId"));
        }
        Assert.Equal(90, starts);
        Assert.Equal(first.Text("id"), Assert.Single(seen));
        Assert.Equal(end, first.Text("end"));
        Assert.Equal("end fixed, start slides down", first.Text("anchor"));
        Assert.True(first.GetProperty("changeCount").GetInt32() >= starts);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_rows_of_a_diff_add_up_to_the_change_of_the_totals(string name)
    {
        var process = await Server.UploadCaseAsync(name, Uploads.NewHost(), "smaps.tar.gz");
        var rss = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots")).GetProperty("items").EnumerateArray().ToDictionary(s => s.GetProperty("number").GetInt32(), s => s.GetProperty("rssBytes").GetInt64());
        var random = new Random(20261121);
        for (var i = 0; i < 20; i++)
        {
            var (before, after) = (random.Next(1, rss.Count + 1), random.Next(1, rss.Count + 1));
            var diff = await Server.JsonAsync($"api/v1/processes/{process}/diff?base={before}&current={after}");
            var total = diff.GetProperty("total").GetProperty("delta");

            Assert.Equal(rss[after] - rss[before], total.GetProperty("rssBytes").GetInt64());
            foreach (var size in (string[])["rssBytes", "pssBytes", "virtualBytes"])
                Assert.Equal(total.GetProperty(size).GetInt64(), diff.GetProperty("rows").EnumerateArray().Sum(r => r.GetProperty("delta").GetProperty(size).GetInt64()));
            Assert.Equal([before, after], new[] { diff.GetProperty("base").GetProperty("number").GetInt32(), diff.GetProperty("current").GetProperty("number").GetInt32() });
        }
    }

    [Fact]
    public async Task Snapshots_that_arrive_late_stand_in_their_place()
    {
        var texts = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").Select(m => m.Text).Take(12).ToList();
        int[] order = [5, 0, 11, 3, 1, 10, 2, 4, 9, 8, 6, 7];
        var host = Uploads.NewHost();
        Guid process = default;
        foreach (var i in order)
        {
            process = (await Server.UploadAsync(texts[i], $"host={host}&pid=1&startTicks=7&takenAt={1795189300 + i}")).GetProperty("processId").GetGuid();
            await Server.JsonAsync($"api/v1/processes/{process}/overview"); // the track is in use while it grows
        }
        var series = await Server.JsonAsync($"api/v1/processes/{process}/series?by=total");
        var overview = await Server.JsonAsync($"api/v1/processes/{process}/overview");

        Assert.Equal(texts.Select(t => (double)Truth.SumOfRss(System.Text.Encoding.UTF8.GetString(t))), series.GetProperty("values")[0].EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(order.Select((i, arrival) => (i, Number: arrival + 1)).OrderBy(p => p.i).Select(p => p.Number), series.GetProperty("numbers").EnumerateArray().Select(n => n.GetInt32()));
        Assert.Equal("7f1f62200000", overview.GetProperty("topGrowers")[0].Text("end"));
        Assert.Equal("end fixed, start slides down", overview.GetProperty("topGrowers")[0].Text("anchor"));
    }

    [Fact]
    public async Task Regions_are_paged_without_gap_or_repeat_and_their_totals_are_those_of_the_snapshot()
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var rows = new List<JsonElement>();
        string? cursor = null;
        JsonElement page;
        do
        {
            page = await Server.JsonAsync($"api/v1/processes/{process}/regions?limit=7{(cursor is null ? "" : "&cursor=" + cursor)}");
            rows.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        var last = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots/91")).GetProperty("rssBytes").GetInt64();

        Assert.Equal(page.GetProperty("all").GetInt32(), rows.Select(r => r.Text("id")).Distinct().Count());
        Assert.Equal(rows.Count, page.GetProperty("matching").GetInt32());
        Assert.Equal(rows.Select(r => r.Number("rssBytesPerSecond")).OrderDescending(), rows.Select(r => r.Number("rssBytesPerSecond")));
        Assert.Equal(last, page.GetProperty("rssBytes").GetInt64());
        Assert.Equal(last, rows.Where(r => r.GetProperty("alive").GetBoolean()).Sum(r => r.GetProperty("rssBytes").GetInt64()));
    }
}
