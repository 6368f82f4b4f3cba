using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MemScope.EndToEnd.Tests.Hosting;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>What the reader of a ticket has of a link: on a telephone, without a script, on paper, and as a file.</summary>
[Collection(nameof(Site))]
public sealed partial class TicketPageTests(Site site)
{
    [Fact]
    public async Task Every_view_reads_on_a_telephone_without_a_script()
    {
        await using var reader = await site.VisitAsync(width: 390, height: 844, scripts: false);
        foreach (var view in new object[]
        {
            new { view = "overview" }, new { view = "regions" }, new { view = "region", region = site.Region }, new { view = "diff", from = 56, to = 79 }, new { view = "compare", other = site.Fixed },
            new { view = "stacks" }, new { view = "ledger" }, new { view = "findings" }, new { view = "finding", rule = "S01" },
        })
        {
            var (_, path) = await site.ShareAsync(view);
            var page = await reader.OpenAsync(path, "article.share h1");

            await Assertions.Expect(page.Locator(".picture-plot").First).ToBeVisibleAsync();
            // The key of a colour stays as a key; nothing else that needs a script is offered.
            Assert.Equal(0, await page.Locator("button:visible:not(.series-toggle)").CountAsync());
            Assert.Equal(390, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
            await page.Locator(".ticket-texts > summary").ClickAsync();
            await Assertions.Expect(page.Locator("#ticket-markdown")).ToContainTextAsync(path);
            await Assertions.Expect(page.Locator("#ticket-text")).ToContainTextAsync(path);
            await Assertions.Expect(page.Locator("a[download]")).ToHaveAttributeAsync("href", path + "/picture.svg");
        }
        Assert.Equal("", reader.Complaints);
    }

    [Fact]
    public async Task The_finding_of_the_founding_case_fits_on_a_page_of_paper_and_is_light_there()
    {
        var (_, path) = await site.ShareAsync(new { view = "finding", rule = "S01" });
        await using var reader = await site.VisitAsync("dark");
        var page = await reader.OpenAsync(path, ".chart[data-ready=true]");
        await page.EmulateMediaAsync(new() { Media = Media.Print, ColorScheme = ColorScheme.Dark });

        Assert.Equal("rgb(255, 255, 255)", await page.Locator("body").EvaluateAsync<string>("b => getComputedStyle(b).backgroundColor"));
        Assert.Single(PdfPage().Matches(Encoding.Latin1.GetString(await page.PdfAsync(new() { Format = "A4", PrintBackground = false }))));
    }

    [Fact]
    public async Task The_picture_is_a_file_that_counts_as_no_view_and_ends_with_the_link()
    {
        var (id, path) = await site.ShareAsync(new { view = "finding", rule = "S01", title = "</title><script>alert(1)</script>" });
        using var answer = await site.Server.Client.GetAsync(path + "/picture.svg");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("image/svg+xml", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Contains("sandbox", string.Join(' ', answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("</title><script>alert(1)</script>", XDocument.Parse(text).Root!.Elements().First().Value);
        Assert.DoesNotContain(path[3..], text, StringComparison.Ordinal);
        var share = (await site.Server.JsonAsync("api/v1/shares")).GetProperty("items").EnumerateArray().Single(s => s.GetProperty("id").GetGuid() == id);
        Assert.Equal(0, share.GetProperty("views").GetInt64());

        using var bot = new HttpRequestMessage(HttpMethod.Get, path + "/picture.svg");
        bot.Headers.UserAgent.ParseAdd("Slackbot-LinkExpanding/1.0");
        using var refused = await site.Server.Client.SendAsync(bot);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using var ended = await site.Server.Client.DeleteAsync($"api/v1/shares/{id}");
        ended.EnsureSuccessStatusCode();
        using var gone = await site.Server.Client.GetAsync(path + "/picture.svg");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task The_sender_has_both_blocks_and_the_picture_where_the_link_is_told()
    {
        await using var sender = await site.VisitAsync();
        var page = await sender.OpenAsync($"/p/{site.Leak}/findings/S01", ".evidence-rows");
        await page.Locator("button[data-key=e]").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        var url = await page.Locator("#share-url").InnerTextAsync();

        Assert.Contains(url, await page.Locator("#share-markdown").InputValueAsync(), StringComparison.Ordinal);
        Assert.Contains(url, await page.Locator("#share-text").InputValueAsync(), StringComparison.Ordinal);
        await Assertions.Expect(page.Locator("a[download][href$='/picture.svg']")).ToHaveAttributeAsync("href", url + "/picture.svg");
        Assert.Equal("", sender.Complaints);
    }

    [Fact]
    public async Task A_link_that_ended_says_so_without_a_date()
    {
        using var answer = await site.Server.Client.GetAsync("/s/" + new string('x', 32));
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Contains("This link ended.", html, StringComparison.Ordinal);
        Assert.Contains("Ask its sender for a new one.", html, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"/Type\s*/Page\b(?!s)", RegexOptions.None, 1000)]
    private static partial Regex PdfPage();
}
