using System.Globalization;
using System.Net.Http.Json;
using Deque.AxeCore.Playwright;
using MemScope.EndToEnd.Tests.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>A person writes what there is to see, and others find it on the time line.</summary>
[Collection(nameof(Site))]
public sealed class NotesPageTests(Site site)
{
    [Fact]
    public async Task A_note_that_is_written_on_one_page_stands_on_the_time_line_of_another_at_once_and_leads_back()
    {
        var process = await ProcessAsync(1);
        await using var reader = await site.VisitAsync();
        await reader.OpenAsync($"/p/{process}", ".chart[data-ready=true]");
        await Expect(reader.Page.Locator(".lane-notes")).ToHaveCountAsync(0);

        await using var writer = await site.VisitAsync();
        var page = await writer.OpenAsync($"/p/{process}/diff?from=3&to=7", "main table");
        await page.Keyboard.PressAsync("n");
        await page.GetByLabel("Note", new() { Exact = true }).FillAsync("**Hooks** off <script>alert(1)</script>\n\n- from here");
        await page.GetByLabel("Your name").FillAsync("Ada");
        Assert.Empty((await page.RunAxe()).Violations.Select(v => v.Id));
        await page.GetByRole(AriaRole.Button, new() { Name = "Add note" }).Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "1 note" })).ToBeVisibleAsync();

        var mark = reader.Page.Locator(".lane-notes .mark");
        await Expect(mark).ToHaveCountAsync(1);
        await mark.FocusAsync();
        await Expect(reader.Page.Locator(".timeline-tip")).ToContainTextAsync("Ada: Hooks off <script>alert(1)</script>");
        Assert.Empty((await reader.Page.RunAxe()).Violations.Select(v => v.Id));
        await reader.Page.Keyboard.PressAsync("Enter");
        await Expect(reader.Page.Locator(".note:focus .note-text strong")).ToHaveTextAsync("Hooks");
        await reader.Page.Locator(".note-pin a").ClickAsync();
        await reader.Page.WaitForURLAsync(url => url.Contains("/diff?from=3&to=7", StringComparison.Ordinal));
        Assert.Equal("", reader.Complaints);
        Assert.Equal("", writer.Complaints);
    }

    [Fact]
    public async Task A_note_is_changed_and_deleted_with_a_question_first()
    {
        var process = await ProcessAsync(2);
        using (var added = await site.Server.Client.PostAsJsonAsync($"api/v1/processes/{process}/notes", new { text = "first words", author = "Ada" })) added.EnsureSuccessStatusCode();
        await using var visitor = await site.VisitAsync("dark", 390);
        var page = await visitor.OpenAsync($"/p/{process}", ".note");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit the note" }).ClickAsync();
        await Expect(page.GetByLabel("Note", new() { Exact = true })).ToHaveValueAsync("first words");
        await page.GetByLabel("Note", new() { Exact = true }).FillAsync("other words");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep changes" }).ClickAsync();
        await Expect(page.Locator(".note-text")).ToHaveTextAsync("other words");
        await Expect(page.Locator(".note-author")).ToHaveTextAsync("Ada");

        await page.GetByRole(AriaRole.Button, new() { Name = "Delete the note" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete it" }).ClickAsync();
        await Expect(page.Locator(".note")).ToHaveCountAsync(0);
        await Expect(page.Locator(".lane-notes")).ToHaveCountAsync(0);
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task A_share_keeps_the_notes_of_its_window_as_they_were_and_its_block_for_a_ticket_has_them()
    {
        var process = await ProcessAsync(3);
        var times = (await site.Server.JsonAsync($"api/v1/processes/{process}/snapshots")).GetProperty("items").EnumerateArray().Select(s => s.Text("takenAt")).ToList();
        foreach (var (text, at) in new[] { ("before the window", times[0]), ("within **the window**", times[5]) })
            using (var added = await site.Server.Client.PostAsJsonAsync($"api/v1/processes/{process}/notes", new { text, at, evidence = new { kind = "view", url = $"/p/{site.Leak}?v=1" } })) added.EnsureSuccessStatusCode();
        using var answer = await site.Server.Client.PostAsJsonAsync($"api/v1/processes/{process}/shares", new { view = "overview", from = 4, to = 9 });
        var share = await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>();
        using (var late = await site.Server.Client.PostAsJsonAsync($"api/v1/processes/{process}/notes", new { text = "too late", at = times[6] })) late.EnsureSuccessStatusCode();

        Assert.Contains("within **the window**", share.Text("markdown"), StringComparison.Ordinal);
        Assert.DoesNotContain("before the window", share.Text("markdown"), StringComparison.Ordinal);
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync(new Uri(share.Text("url")).AbsolutePath, ".note");
        await Expect(page.Locator(".note-text")).ToHaveTextAsync("within the window");
        await Expect(page.Locator(".lane-notes .mark")).ToHaveCountAsync(1);
        await page.Locator(".lane-notes .mark").ClickAsync();
        await Expect(page.Locator(".note:focus")).ToHaveCountAsync(1);
        Assert.DoesNotContain(site.Leak.ToString(), await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator(".note button").CountAsync());
        Assert.Equal("", visitor.Complaints);
    }

    private Task<Guid> ProcessAsync(int pid) => site.UploadAsync("tests/fixtures/cases/plateau/smaps.tar.gz", string.Create(CultureInfo.InvariantCulture, $"host=notes&pid={pid}"));
}
