using System.Globalization;
using System.Net;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Differences of two processes, and of one by groups, over the API.</summary>
[Collection(nameof(ApiTests))]
public sealed class CompareTests(ApiServer api)
{
    private static readonly string[] Sizes = ["rssBytes", "pssBytes", "ussBytes", "privateDirtyBytes", "swapBytes", "virtualBytes", "mappings"];

    private ServerProcess Server => api.Server;

    [Fact]
    public async Task Two_runs_differ_by_what_their_texts_say_at_every_level()
    {
        var (leak, plateau) = await TwoAsync();
        var rss = (Leak: Truth.RssOfText("ucx-leak")[^1], Other: Truth.RssOfText("plateau")[^1]);
        foreach (var query in (string[])["", "&limit=3", "&group=category", "&group=category&limit=2", "&group=backing", "&group=backing&limit=5&metric=virtual", "&metric=mappings&limit=1"])
        {
            var diff = await Server.JsonAsync($"api/v1/processes/{leak}/diff?other={plateau}{query}");
            var total = diff.GetProperty("total");

            Assert.Equal((rss.Leak, rss.Other, rss.Other - rss.Leak), (Number(total, "base", "rssBytes"), Number(total, "current", "rssBytes"), Number(total, "delta", "rssBytes")));
            AssertCloses(total, [.. diff.GetProperty("rows").EnumerateArray(), .. diff.GetProperty("rest").EnumerateArray(), .. diff.GetProperty("groups").EnumerateArray()]);
            foreach (var group in diff.GetProperty("groups").EnumerateArray()) AssertGroupCloses(group);
            Assert.Equal((leak, plateau), (diff.GetProperty("baseProcess").GetProperty("id").GetGuid(), diff.GetProperty("currentProcess").GetProperty("id").GetGuid()));
        }
    }

    [Fact]
    public async Task Csv_adds_up_like_json_whatever_the_group()
    {
        var (leak, plateau) = await TwoAsync();
        var delta = Truth.RssOfText("plateau")[^1] - Truth.RssOfText("ucx-leak")[^1];
        foreach (var query in (string[])["", "&limit=3", "&group=category", "&group=backing", "&group=backing&limit=5"])
        {
            var lines = (await Server.Client.GetStringAsync(new Uri($"api/v1/processes/{leak}/diff?other={plateau}&format=csv{query}", UriKind.Relative))).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            var column = Array.IndexOf(lines[0].Split(','), "deltaRssBytes");
            Assert.Equal(delta, lines[1..].Sum(l => long.Parse(l.Split(',')[column], CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task Regions_of_one_track_are_grouped_and_limited_too()
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var whole = await Server.JsonAsync($"api/v1/processes/{process}/diff?base=56&current=79");
        foreach (var query in (string[])["&limit=1", "&group=backing&limit=2", "&group=category"])
        {
            var diff = await Server.JsonAsync($"api/v1/processes/{process}/diff?base=56&current=79{query}");
            Assert.Equal(whole.GetProperty("total").GetRawText(), diff.GetProperty("total").GetRawText());
            AssertCloses(diff.GetProperty("total"), [.. diff.GetProperty("rows").EnumerateArray(), .. diff.GetProperty("rest").EnumerateArray(), .. diff.GetProperty("groups").EnumerateArray()]);
            foreach (var group in diff.GetProperty("groups").EnumerateArray()) AssertGroupCloses(group);
        }
        var biggest = (await Server.JsonAsync($"api/v1/processes/{process}/diff?base=56&current=79&limit=1")).GetProperty("rows")[0];
        Assert.Equal("grown", biggest.Text("state"));
        Assert.Equal(100.0 * Number(biggest, "delta", "rssBytes") / Number(biggest, "base", "rssBytes"), biggest.Number("deltaPercent"), 6);
        var born = whole.GetProperty("rows").EnumerateArray().Single(r => r.Text("state") == "born");
        Assert.Equal(JsonValueKind.Null, born.GetProperty("deltaPercent").ValueKind);
    }

    [Fact]
    public async Task Two_sources_of_one_process_are_compared_by_what_both_print_and_the_answer_says_so()
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz", "pmap-x.log.gz");
        var diff = await Server.JsonAsync($"api/v1/processes/{process}/diff?other={process}&otherSource=pmap%20-x");

        Assert.Equal(["rss", "virtual", "mappings"], diff.GetProperty("metrics").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(JsonValueKind.Null, diff.GetProperty("total").GetProperty("base").GetProperty("pssBytes").ValueKind);
        Assert.Contains(diff.GetProperty("notes").EnumerateArray(), n => n.GetString()!.Contains("pss, uss, private-dirty, swap", StringComparison.Ordinal));
        Assert.Equal(("smaps", "pmap -x"), (diff.GetProperty("base").Text("source"), diff.GetProperty("current").Text("source")));
    }

    [Fact]
    public async Task Growth_stands_side_by_side_over_the_window_of_each()
    {
        var (leak, plateau) = await TwoAsync();
        var compare = await Server.JsonAsync($"api/v1/compare?base={leak}:12-70&current={plateau}");
        var growth = compare.GetProperty("growth").EnumerateArray().ToList();

        Assert.Equal((12, 70, 70), (compare.GetProperty("base").GetProperty("window").GetProperty("fromNumber").GetInt32(), compare.GetProperty("base").GetProperty("window").GetProperty("toNumber").GetInt32(),
            compare.GetProperty("diff").GetProperty("base").GetProperty("number").GetInt32()));
        Assert.Equal("total", growth[0].Text("key"));
        Assert.InRange(growth[0].GetProperty("base").Number("bytesPerSecond") / Truth.SlopeOfRss("ucx-leak"), 0.98, 1.02);
        foreach (var side in (string[])["base", "current", "delta"])
            Assert.Equal(growth[0].GetProperty(side).Number("bytesPerSecond"), growth.Skip(1).Sum(g => g.GetProperty(side).Number("bytesPerSecond")), 1.0);
        Assert.Empty((await Server.JsonAsync($"api/v1/compare?base={leak}:1&current={plateau}")).GetProperty("growth").EnumerateArray());
    }

    [Theory]
    [InlineData("compare", HttpStatusCode.BadRequest, "base")]
    [InlineData("compare?base=x&current=y", HttpStatusCode.BadRequest, "base")]
    [InlineData("compare?base={0}&current={0}:1-", HttpStatusCode.OK, "")]
    [InlineData("compare?base={0}&current={0}:999", HttpStatusCode.NotFound, "current")]
    [InlineData("compare?base={0}&current={0}&currentSource=pmap", HttpStatusCode.NotFound, "it has smaps")]
    [InlineData("compare?base={0}&current={0}&group=by", HttpStatusCode.BadRequest, "group")]
    [InlineData("compare?base={0}&current={0}&metric=heat", HttpStatusCode.BadRequest, "metric")]
    [InlineData("processes/{0}/diff?other={0}&base=0", HttpStatusCode.BadRequest, "base")]
    [InlineData("processes/{0}/diff?other=00000000-0000-0000-0000-000000000001", HttpStatusCode.NotFound, "current")]
    [InlineData("processes/{0}/diff?other=me", HttpStatusCode.BadRequest, "other")]
    [InlineData("processes/{0}/diff?otherSource=smaps", HttpStatusCode.BadRequest, "otherSource")]
    [InlineData("processes/{0}/diff?limit=0", HttpStatusCode.BadRequest, "limit")]
    [InlineData("processes/{0}/diff?state=new", HttpStatusCode.BadRequest, "state")]
    public async Task What_cannot_be_compared_is_said_by_name(string path, HttpStatusCode status, string words)
    {
        var (leak, _) = await TwoAsync();
        using var answer = await Server.Client.GetAsync(new Uri("api/v1/" + path.Replace("{0}", leak.ToString(), StringComparison.Ordinal), UriKind.Relative));
        if (status == HttpStatusCode.OK) Assert.Equal(status, answer.StatusCode);
        else Assert.Contains(words, (await answer.ProblemAsync(status)).Text("detail"), StringComparison.Ordinal);
    }

    private async Task<(Guid Leak, Guid Plateau)> TwoAsync()
    {
        if (s_two is { } two) return two;
        var host = Uploads.NewHost();
        s_two = (await Server.UploadCaseAsync("ucx-leak", host, "smaps.tar.gz"), await Server.UploadCaseAsync("plateau", host, "smaps.tar.gz"));
        return s_two.Value;
    }

    private static (Guid, Guid)? s_two;

    private static void AssertGroupCloses(JsonElement group)
    {
        var parts = group.GetProperty("rows").EnumerateArray().Concat(group.GetProperty("groups").EnumerateArray()).ToList();
        if (group.GetProperty("rest") is { ValueKind: JsonValueKind.Object } rest) parts.Add(rest);
        AssertCloses(group, parts);
        foreach (var inner in group.GetProperty("groups").EnumerateArray()) AssertGroupCloses(inner);
    }

    private static void AssertCloses(JsonElement total, List<JsonElement> parts)
    {
        foreach (var side in (string[])["base", "current", "delta"])
            foreach (var size in Sizes) Assert.Equal(Number(total, side, size), parts.Sum(p => Number(p, side, size)));
    }

    private static long Number(JsonElement part, string side, string size) => part.GetProperty(side).GetProperty(size) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : 0;
}
