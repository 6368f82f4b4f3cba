using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>The chart without a mouse, its legend, its moments, its files and its figures.</summary>
[Collection(nameof(Site))]
public sealed partial class ChartTests(Site site)
{
    [Fact]
    public async Task Arrows_read_the_snapshots_out_and_choose_what_is_viewed_or_compared()
    {
        var series = await SeriesAsync("total");
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}", ".chart[data-ready=true]");
        await page.Locator(".chart-keys").FocusAsync();

        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator(".chart-said")).ToHaveTextAsync(Said(series, 90));
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page.Locator(".chart-said")).ToHaveTextAsync(Said(series, 89));
        await page.Keyboard.PressAsync("Home");
        await Expect(page.Locator(".chart-said")).ToHaveTextAsync(Said(series, 0));

        await page.Keyboard.PressAsync("Shift+PageDown");
        await Expect(page.Locator(".chart-brush")).ToBeVisibleAsync();
        await Expect(page.Locator(".chart-said")).ToContainTextAsync("#1 to #10, ");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".chart-brush")).ToBeHiddenAsync();

        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.PressAsync("Shift+ArrowRight");
        await page.Keyboard.PressAsync("Shift+ArrowRight");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(DiffOfThree());

        await page.GoBackAsync();
        await visitor.ChartAsync();
        await page.Locator(".chart-keys").FocusAsync();
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#90");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".window-span b").Last).ToHaveTextAsync("#91");
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task The_legend_takes_series_out_of_the_chart_keeps_that_in_the_address_and_brings_them_back()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}", ".chart[data-ready=true]");
        var all = int.Parse((await page.Locator(".chart").GetAttributeAsync("data-series"))!, CultureInfo.InvariantCulture);

        await page.Locator("tr[data-series=anonymous] a").ClickAsync(new() { Modifiers = [KeyboardModifier.Control] });
        await Expect(page.Locator(".chart")).ToHaveAttributeAsync("data-series", Text(all - 1));
        await page.Locator("tr[data-series=shared] button").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator(".chart")).ToHaveAttributeAsync("data-series", Text(all - 2));
        await Expect(page).ToHaveURLAsync(Hidden());
        await Expect(page.Locator("tr[data-series=shared] button")).ToHaveAttributeAsync("aria-pressed", "false");

        await using var colleague = await site.VisitAsync();
        await colleague.OpenAsync(new Uri(page.Url).PathAndQuery, $".chart[data-series='{all - 2}']");
        await Expect(colleague.Page.Locator("tr.off")).ToHaveCountAsync(2);
        await colleague.Page.Locator("tr[data-series=anonymous] button").DblClickAsync();
        await Expect(colleague.Page.Locator(".chart")).ToHaveAttributeAsync("data-series", Text(all));
        await Expect(colleague.Page).Not.ToHaveURLAsync(Hidden());

        await page.GetByRole(AriaRole.Button, new() { Name = "Show all", Exact = true }).ClickAsync();
        await Expect(page.Locator(".chart")).ToHaveAttributeAsync("data-series", Text(all));
        Assert.Equal("", visitor.Complaints + colleague.Complaints);
    }

    [Theory]
    [InlineData("category")]
    [InlineData("region")]
    [InlineData("backing")]
    public async Task The_parts_of_a_chart_add_up_to_RSS_at_every_point(string by)
    {
        var (total, parts) = (await SeriesAsync("total"), await SeriesAsync(by));

        Assert.Equal(total.GetProperty("numbers").GetRawText(), parts.GetProperty("numbers").GetRawText());
        Assert.True(by == "category" || parts.GetProperty("keys").GetArrayLength() == 9);
        for (var i = 0; i < 91; i++)
            Assert.Equal(Value(total, 0, i), parts.GetProperty("values").EnumerateArray().Select((_, k) => Value(parts, k, i)).Sum());
    }

    [Fact]
    public async Task By_region_the_legend_has_the_parts_of_the_chart_and_the_same_figures()
    {
        var parts = await SeriesAsync("region");
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}?by=region&from=56&to=79", ".chart[data-series='9']");

        await Expect(page.Locator("[data-legend] tbody tr")).ToHaveCountAsync(9);
        for (var k = 0; k < 9; k++)
        {
            var row = page.Locator($"tr[data-series='{parts.GetProperty("keys")[k].GetString()}']");
            Assert.Equal((Value(parts, k, 78) / 1048576).ToString("#,0.00", CultureInfo.InvariantCulture), await row.Locator("td").Nth(1).InnerTextAsync());
        }
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task What_one_chart_of_a_trace_points_at_the_others_show_too()
    {
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{site.Leak}/trace", ".chart[data-ready=true]");
        await Expect(page.Locator(".chart[data-ready=true]")).ToHaveCountAsync(3);
        await page.Locator(".chart-keys").First.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await page.Keyboard.PressAsync("PageDown");

        await Expect(page.Locator(".chart-cursor.shown")).ToHaveCountAsync(3);
        var at = await page.Locator(".chart-cursor").EvaluateAllAsync<double[]>("all => all.map(c => Number(c.dataset.at))");
        // The columns of a trace are parts of its time: the nearest one of another chart is at most one part away.
        Assert.True(at.Max() - at.Min() < 1000, string.Join(", ", at));
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator(".chart-cursor.shown")).ToHaveCountAsync(0);
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task A_chart_is_kept_as_SVG_and_as_PNG_also_from_a_share()
    {
        var (_, share) = await site.ShareAsync(new { view = "overview" });
        await using var visitor = await site.VisitAsync();
        foreach (var path in new[] { $"/p/{site.Leak}", share })
        {
            await visitor.OpenAsync(path, ".chart[data-ready=true]");
            var svg = XDocument.Parse(System.Text.Encoding.UTF8.GetString(await SavedAsync(visitor.Page, "svg")));
            Assert.Equal("svg", svg.Root!.Name.LocalName);
            Assert.Contains(svg.Descendants().Where(e => e.Name.LocalName == "text"), t => t.Value == "Resident memory by category");
            Assert.DoesNotContain(svg.Descendants(), e => e.Name.LocalName is "script" or "foreignObject" || e.Attributes().Any(a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal)));
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await SavedAsync(visitor.Page, "png"))[..4]);
        }
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task The_table_behind_the_chart_has_the_heap_profilers_live_bytes()
    {
        Guid process;
        using (var answer = await site.Server.Client.PostAsync("api/v1/captures?host=heap-table&pid=25440&name=smaps.tar.gz", new ByteArrayContent(await File.ReadAllBytesAsync(Fixtures.Case("ucx-leak", Path.Combine("with-heaptrack", "smaps.tar.gz"))))))
            process = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("processId").GetGuid();
        using (await site.Server.Client.PostAsync("api/v1/captures?host=heap-table&pid=25440&name=h.zst", new ByteArrayContent(Fixtures.Bytes("heaptrack", "ucx-leak.raw.zst")))) { }
        var course = (await site.Server.JsonAsync($"api/v1/processes/{process}/heap-courses?points=800")).GetProperty("items")[0];
        await using var visitor = await site.VisitAsync();
        var page = await visitor.OpenAsync($"/p/{process}", ".chart[data-heaps=\"1\"]");
        await page.GetByText("The figures as a table").ClickAsync();

        await Expect(page.Locator(".chart-data thead th").Last).ToHaveTextAsync($"{course.GetProperty("tool").GetString()}, live MiB");
        var live = course.GetProperty("liveBytes").EnumerateArray().Select(b => (b.GetDouble() / 1048576).ToString("0.00", CultureInfo.InvariantCulture)).ToHashSet(StringComparer.Ordinal);
        var shown = (await page.Locator(".chart-data tbody td:last-child").AllInnerTextsAsync()).Where(t => t != "—").ToList();
        Assert.NotEmpty(shown);
        Assert.All(shown, t => Assert.Contains(t, live));
    }

    private static async Task<byte[]> SavedAsync(IPage page, string format)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator($"[data-save={format}]").ClickAsync());
        Assert.EndsWith("." + format, download.SuggestedFilename, StringComparison.Ordinal);
        return await File.ReadAllBytesAsync(await download.PathAsync());
    }

    private Task<JsonElement> SeriesAsync(string by) => site.Server.JsonAsync($"api/v1/processes/{site.Leak}/series?by={by}&points=1000&top=8");

    private static double Value(JsonElement series, int key, int point) => series.GetProperty("values")[key][point] is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : 0;

    // As the page reads a snapshot out: number, time, RSS.
    private static string Said(JsonElement series, int point)
    {
        var at = DateTimeOffset.UnixEpoch.AddMilliseconds(series.GetProperty("unixMs")[point].GetDouble()).UtcDateTime.ToString("HH:mm:ss.f", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"#{series.GetProperty("numbers")[point].GetInt32()}, {at} UTC, {Value(series, 0, point) / 1048576:0.00} MiB");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"/diff\?from=1&to=3", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DiffOfThree();

    [GeneratedRegex(@"[?&]hide=anonymous.{1,3}shared", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hidden();
}
