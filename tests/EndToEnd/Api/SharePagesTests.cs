using System.Net;
using System.Text;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>A share's page is drawn once for many readers; that must show nowhere but in the time it takes.</summary>
public sealed class SharePagesTests(ApiServer api) : IClassFixture<ApiServer>
{
    private const int Readers = 40;

    [Fact]
    public async Task Many_readers_at_once_get_the_same_page_each_is_counted_and_none_gets_it_once_the_link_is_revoked()
    {
        var share = await CreateAsync();
        var pages = await Task.WhenAll(Enumerable.Range(0, Readers).Select(_ => ReadAsync(share)));

        Assert.All(pages, page => Assert.Equal(pages[0], page));
        Assert.Contains("ucs", pages[0], StringComparison.Ordinal);
        Assert.Equal(Readers, await ViewsAsync(share));

        using var revoked = await api.Server.Client.DeleteAsync(new Uri($"api/v1/shares/{share.Text("id")}", UriKind.Relative));
        using var gone = await api.Server.Client.GetAsync(new Uri(share.Text("url")));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.DoesNotContain("ucs", await gone.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_with_another_theme_and_one_who_draws_a_preview_get_their_own()
    {
        var share = await CreateAsync();
        var plain = await ReadAsync(share);

        Assert.Contains("data-theme=\"dark\"", await ReadAsync(share, ("Cookie", "theme=dark")), StringComparison.Ordinal);
        Assert.DoesNotContain("data-theme=\"dark\"", plain, StringComparison.Ordinal);
        Assert.Equal(plain, await ReadAsync(share, ("Cookie", "theme=purple")));
        Assert.DoesNotContain("ucs", await ReadAsync(share, ("User-Agent", "Slackbot-LinkExpanding 1.0")), StringComparison.Ordinal);
        Assert.Equal(3, await ViewsAsync(share));
    }

    private async Task<JsonElement> CreateAsync()
    {
        var process = await api.Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        using var answer = await api.Server.Client.PostAsync(new Uri($"api/v1/processes/{process}/shares", UriKind.Relative), new StringContent("""{"view":"regions"}""", Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone();
    }

    private async Task<string> ReadAsync(JsonElement share, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, share.Text("url"));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await api.Server.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        Assert.True(answer.Headers.CacheControl?.NoStore);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<long> ViewsAsync(JsonElement share) =>
        (await api.Server.JsonAsync("api/v1/shares")).GetProperty("items").EnumerateArray().Single(s => s.Text("id") == share.Text("id")).GetProperty("views").GetInt64();
}
