using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

public sealed partial class ShareTests(ApiServer api) : IClassFixture<ApiServer>
{
    private ServerProcess Server => api.Server;

    [Theory]
    [InlineData("""{"view":"overview","from":56,"to":79}""")]
    [InlineData("""{"view":"regions","sort":"growth","category":"anonymous"}""")]
    [InlineData("""{"view":"diff","from":56,"to":79}""")]
    [InlineData("""{"view":"stacks"}""")]
    public async Task A_share_opens_without_an_account_and_keeps_out_of_caches_and_indexes(string request)
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var share = await CreateAsync(process, request);
        using var reader = new HttpClient();
        using var page = await reader.GetAsync(new Uri(share.Text("url")));

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("noindex, nofollow", Assert.Single(page.Headers.GetValues("X-Robots-Tag")));
        Assert.True(page.Headers.CacheControl?.NoStore);
        Assert.DoesNotContain("unsafe", Assert.Single(page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("blazor.web.js", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_share_stays_the_same_while_snapshots_arrive()
    {
        var texts = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").Select(m => m.Text).ToList();
        var host = Uploads.NewHost();
        var process = Guid.Empty;
        for (var i = 0; i < 10; i++) process = (await Server.UploadAsync(texts[i], $"host={host}&pid=1&takenAt={1795189300 + i}")).GetProperty("processId").GetGuid();
        var share = await CreateAsync(process, """{"view":"diff"}""");
        var (page, series) = (Words(await ReadAsync(share.Text("url"))), await ReadAsync(share.Text("url") + "/series"));
        for (var i = 10; i < 20; i++) await Server.UploadAsync(texts[i], $"host={host}&pid=1&takenAt={1795189300 + i}");

        Assert.Equal(series, await ReadAsync(share.Text("url") + "/series"));
        Assert.Equal(page, Words(await ReadAsync(share.Text("url"))));
        Assert.Equal(10, JsonDocument.Parse(series).RootElement.GetProperty("numbers").GetArrayLength());
    }

    [Fact]
    public async Task A_share_shows_no_other_process()
    {
        var (mine, other) = (Uploads.NewHost(), Uploads.NewHost());
        var process = await Server.UploadCaseAsync("ucx-leak", mine, "smaps.tar.gz");
        var stranger = await Server.UploadCaseAsync("plateau", other, "smaps.tar.gz");
        var share = await CreateAsync(process, """{"view":"overview"}""");
        var page = await ReadAsync(share.Text("url"));

        Assert.Contains(mine, page, StringComparison.Ordinal);
        Assert.DoesNotContain(other, page, StringComparison.Ordinal);
        Assert.DoesNotContain(stranger.ToString(), page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_share_is_gone_at_once_and_looks_like_one_that_never_was()
    {
        var process = await Server.UploadCaseAsync("raw-mmap-leak", Uploads.NewHost(), "smaps.tar.gz");
        var share = await CreateAsync(process, """{"view":"overview"}""");
        await ReadAsync(share.Text("url"));
        using var revoked = await Server.Client.DeleteAsync(new Uri($"api/v1/shares/{share.Text("id")}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);

        using var gone = await Server.Client.GetAsync(new Uri(share.Text("url")));
        using var never = await Server.Client.GetAsync(new Uri("/s/" + new string('A', 32), UriKind.Relative));
        using var data = await Server.Client.GetAsync(new Uri(share.Text("url") + "/series"));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, never.StatusCode);
        await data.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(Words(await never.Content.ReadAsStringAsync()), Words(await gone.Content.ReadAsStringAsync()));
        var row = (await Server.JsonAsync($"api/v1/shares?process={process}")).GetProperty("items")[0];
        Assert.Equal(1, row.GetProperty("views").GetInt32());
        Assert.NotEqual(JsonValueKind.Null, row.GetProperty("revokedAt").ValueKind);
    }

    [Fact]
    public async Task Its_key_is_long_random_told_once_and_in_no_log()
    {
        var process = await Server.UploadCaseAsync("raw-mmap-leak", Uploads.NewHost(), "smaps.tar.gz");
        var keys = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            var share = await CreateAsync(process, """{"view":"overview","expiresInDays":0}""");
            Assert.Equal(JsonValueKind.Null, share.GetProperty("expiresAt").ValueKind);
            var key = share.Text("url").Split('/')[^1];
            Assert.Matches("^[A-Za-z0-9_-]{22,}$", key); // 128 bits or more
            keys.Add(key);
            await ReadAsync(share.Text("url"));
        }
        Assert.Equal(5, keys.Count);
        var list = await Server.Client.GetStringAsync(new Uri("api/v1/shares", UriKind.Relative));
        Assert.All(keys, key => Assert.DoesNotContain(key, list, StringComparison.Ordinal));
        Assert.All(keys, key => Assert.DoesNotContain(key, Server.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_block_for_a_ticket_holds_figures_and_link_and_no_markup_of_the_process()
    {
        var smaps = Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").First().Text;
        var answer = await Server.UploadAsync(smaps, $"host={Uri.EscapeDataString("h](http://evil.example) <img> @all `x`")}&pid=1");
        var share = await CreateAsync(answer.GetProperty("processId").GetGuid(), """{"view":"overview","title":"**a** [b](c)"}""");
        var block = share.Text("markdown");

        Assert.Contains(share.Text("url"), block, StringComparison.Ordinal);
        Assert.Contains("RSS", block, StringComparison.Ordinal);
        Assert.DoesNotContain("](http://evil", block, StringComparison.Ordinal);
        Assert.DoesNotContain("<img>", block, StringComparison.Ordinal);
        Assert.DoesNotContain("[b](c)", block, StringComparison.Ordinal);
    }

    [GeneratedRegex("<!--.*?-->|<[^>]*>", RegexOptions.Singleline, 1000)]
    private static partial Regex Markup();

    // What a reader reads: ids and form tokens differ from one rendering to the next.
    private static string Words(string html) => string.Join(' ', Markup().Replace(html, " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private async Task<JsonElement> CreateAsync(Guid process, string request)
    {
        using var body = new StringContent(request, Encoding.UTF8, "application/json");
        using var response = await Server.Client.PostAsync(new Uri($"api/v1/processes/{process}/shares", UriKind.Relative), body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task<string> ReadAsync(string url) => await Server.Client.GetStringAsync(new Uri(url));
}
