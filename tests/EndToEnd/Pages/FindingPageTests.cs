using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>From the overview over the finding to its evidence, with the keyboard alone; and what leaves the server.</summary>
[Collection(nameof(Site))]
public sealed partial class FindingPageTests(Site site)
{
    [Fact]
    public async Task From_the_overview_over_the_finding_and_a_row_of_its_evidence_to_the_region()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}", ".finding-panel h3");
        await Assertions.Expect(page.Locator(".process-name .chip")).ToContainTextAsync("Leak ·");
        await Assertions.Expect(page.Locator(".tabs a", new() { HasText = "Findings" }).Locator(".count")).Not.ToBeEmptyAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Open evidence" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(FindingAddress());
        var rows = page.Locator(".evidence-row");
        await rows.First.WaitForAsync();

        var region = page.Locator(".evidence-row a.step[href*='/regions/']").First;
        var steps = await page.Locator("[data-steps] a.step").EvaluateAllAsync<int>("rows => rows.findIndex(r => r.getAttribute('href').includes('/regions/'))");
        for (var step = 0; step <= steps + 1; step++) await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(region).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex($"/regions/{site.Region}", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await visitor.ChartAsync();

        await page.Keyboard.PressAsync("f");
        await page.Locator(".finding-rows").WaitForAsync();
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task A_finding_is_shared_from_its_page_and_read_without_a_circuit()
    {
        await using var sender = await site.VisitAsync();
        var page = await sender.OpenAsync($"/p/{site.Leak}/findings/S01", ".evidence-rows");
        await page.Locator("button[data-key=e]").ClickAsync();
        await page.GetByLabel("Title").FillAsync("The cache grows");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        var url = await page.Locator("#share-url").InnerTextAsync();
        var markdown = await page.Locator("#share-markdown").InputValueAsync();
        Assert.Contains("Evidence:\n- ", markdown, StringComparison.Ordinal);
        Assert.Contains("`UCX_MEM_MMAP_HOOK_MODE=none`", markdown, StringComparison.Ordinal);

        await using var reader = await site.VisitAsync();
        await reader.OpenAsync(new Uri(url).AbsolutePath, ".ticket-why");
        await reader.Page.Locator(".ticket-all > summary").ClickAsync();
        await reader.Page.Locator(".ticket-all .evidence-rows").First.WaitForAsync();
        // Commands are for who can run them: a share has none, and names a probe by its slug.
        Assert.Equal(await EvidenceAsync(page), await EvidenceAsync(reader.Page));
        Assert.Equal(0, reader.WebSockets);
        Assert.Equal(0, await reader.Page.Locator("main a[href]:not([download])").CountAsync());
        Assert.Equal("", sender.Complaints + reader.Complaints);
    }

    [Fact]
    public async Task A_finding_is_a_markdown_file_whose_link_leads_back()
    {
        using var answer = await site.Server.Client.GetAsync($"api/v1/processes/{site.Leak}/findings/s01?format=markdown");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/markdown", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains($"/p/{site.Leak}/findings/S01)", text, StringComparison.Ordinal);
        using var none = await site.Server.Client.GetAsync($"api/v1/processes/{site.Healthy}/findings/S01");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task A_share_of_a_finding_that_there_is_not_is_refused()
    {
        Assert.Equal("BadRequest", await StatusAsync(site.Leak, new { view = "finding" }));
        Assert.Equal("NotFound", await StatusAsync(site.Leak, new { view = "finding", rule = "<script>" }));
        Assert.Equal("NotFound", await StatusAsync(site.Healthy, new { view = "finding", rule = "S01" }));
    }

    private async Task<string> StatusAsync(Guid process, object body)
    {
        using var answer = await site.Server.Client.PostAsync($"api/v1/processes/{process}/shares", System.Net.Http.Json.JsonContent.Create(body));
        return answer.StatusCode.ToString();
    }

    [GeneratedRegex("/findings/S01", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FindingAddress();

    private static async Task<IEnumerable<string>> EvidenceAsync(IPage page) =>
        (await page.Locator(".evidence-words").AllInnerTextsAsync()).Select(t => t.Split("Told by the probe")[0].Trim());
}
