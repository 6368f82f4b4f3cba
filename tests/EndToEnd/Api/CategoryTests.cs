using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Categories with their reasons, the user's own, and patched code, over the API.</summary>
[Collection(nameof(ApiTests))]
public sealed class CategoryTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    [Fact]
    public async Task An_override_holds_in_every_answer_and_the_parts_still_add_up()
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var leak = (await Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1")).GetProperty("items")[0];
        var id = leak.GetProperty("id").GetString();
        var yours = $"as=heap:{id}";
        var heap = Sums(await Server.JsonAsync($"api/v1/processes/{process}/overview"))["heap"];

        var overview = await Server.JsonAsync($"api/v1/processes/{process}/overview?{yours}");
        var expected = heap + leak.GetProperty("rssBytes").GetInt64();
        Assert.Equal(expected, Sums(overview)["heap"]);
        Assert.Equal(overview.GetProperty("total").GetProperty("rssBytes").GetInt64(), Sums(overview).Values.Sum());
        Assert.Equal(expected, overview.GetProperty("last").GetProperty("byCategory").GetProperty("heap").GetInt64());
        Assert.Contains("malloc heap grows", overview.GetProperty("answer").GetString(), StringComparison.OrdinalIgnoreCase);

        var region = await Server.JsonAsync($"api/v1/processes/{process}/regions/{id}?{yours}");
        Assert.Equal(("heap", "anonymous"), (region.GetProperty("category").GetString(), region.GetProperty("categoryByRule").GetString()));
        Assert.Equal(2, (await Server.JsonAsync($"api/v1/processes/{process}/regions?category=heap&{yours}")).GetProperty("matching").GetInt32());
        Assert.Contains($"{id},heap,", await Server.Client.GetStringAsync(new Uri($"api/v1/processes/{process}/regions?format=csv&{yours}", UriKind.Relative)), StringComparison.Ordinal);

        var series = await Server.JsonAsync($"api/v1/processes/{process}/series?{yours}");
        var column = series.GetProperty("keys").EnumerateArray().Select(k => k.GetString()).ToList().IndexOf("heap");
        Assert.Equal(expected, series.GetProperty("values")[column].EnumerateArray().Last().GetDouble());

        var diff = await Server.JsonAsync($"api/v1/processes/{process}/diff?{yours}");
        Assert.Equal("heap", diff.GetProperty("rows").EnumerateArray().First(r => r.GetProperty("regionId").GetString() == id).GetProperty("category").GetString());
        Assert.Equal(expected, diff.GetProperty("current").GetProperty("byCategory").GetProperty("heap").GetInt64());

        var snapshot = await Server.JsonAsync($"api/v1/processes/{process}/snapshots/91?{yours}");
        Assert.Equal(expected, snapshot.GetProperty("byCategory").GetProperty("heap").GetInt64());
        var listed = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots?limit=1000&{yours}")).GetProperty("items").EnumerateArray().Last();
        Assert.Equal(expected, listed.GetProperty("byCategory").GetProperty("heap").GetInt64());
        var growth = await Server.JsonAsync($"api/v1/processes/{process}/growth?{yours}");
        Assert.Equal("heap", growth.GetProperty("items")[0].GetProperty("key").GetString());
        await Server.JsonAsync($"api/v1/processes/{process}/callchains?{yours}");
    }

    [Theory]
    [InlineData("cheap:rule:memfd", "no category")]
    [InlineData("reserved:rule:memfd", "nothing can be made reserved")]
    [InlineData("heap:rule:none", "no rule")]
    [InlineData("heap:name:", "must say something")]
    [InlineData("heap", "not category:target")]
    [InlineData("heap:name:%00%F0%9F%92%A9%25%2C", null)]
    [InlineData("heap:01900000-0000-7000-8000-00000000a11a", null)] // no region of this track: holds for none
    public async Task What_cannot_be_read_is_refused_by_name_and_an_unknown_region_holds_for_none(string text, string? problem)
    {
        var process = await Server.UploadCaseAsync("plateau", Uploads.NewHost(), "smaps.tar.gz");
        using var answer = await Server.Client.GetAsync(new Uri($"api/v1/processes/{process}/overview?as={text}", UriKind.Relative));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(problem is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
        if (problem is not null) Assert.Contains(problem, body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_share_keeps_the_categories_that_were_changed_and_says_so_in_the_ticket()
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        using var made = await Server.Client.PostAsJsonAsync($"api/v1/processes/{process}/shares", new { view = "overview", @as = "device:name:/dev/shm/*" });
        var share = await made.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Contains("Categories changed by hand: device for named", share.GetProperty("markdown").GetString(), StringComparison.Ordinal);
        var page = await Server.Client.GetStringAsync(new Uri(share.GetProperty("url").GetString()!));
        Assert.Contains("1 category changed by hand", page, StringComparison.Ordinal);
        Assert.Contains("2 regions, by rule Shared", page, StringComparison.Ordinal);

        using var refused = await Server.Client.PostAsJsonAsync($"api/v1/processes/{process}/shares", new { view = "overview", @as = "cheap:x" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Patched_code_is_told_where_there_is_some()
    {
        var leak = await Server.JsonAsync($"api/v1/processes/{await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz")}/overview");
        var libc = Assert.Single(leak.GetProperty("patchedCode").EnumerateArray());
        Assert.EndsWith("/libc.so.6", libc.GetProperty("module").GetString(), StringComparison.Ordinal);
        Assert.Equal(("mprotect", 16384, 1, 4), (libc.GetProperty("way").GetString(), libc.GetProperty("bytes").GetInt32(), libc.GetProperty("sinceNumber").GetInt32(), libc.GetProperty("ranges").GetArrayLength()));

        var healthy = await Server.JsonAsync($"api/v1/processes/{await Server.UploadCaseAsync("steady-healthy", Uploads.NewHost(), "smaps.tar.gz")}/overview");
        Assert.Empty(healthy.GetProperty("patchedCode").EnumerateArray());
    }

    private static Dictionary<string, long> Sums(JsonElement overview) =>
        overview.GetProperty("categories").EnumerateArray().ToDictionary(c => c.GetProperty("key").GetString()!, c => c.GetProperty("rssBytes").GetInt64());
}
