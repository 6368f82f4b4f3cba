using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>axe finds nothing on any page, in either theme; and the browser itself complains about nothing.</summary>
[Collection(nameof(Site))]
public sealed class AccessibilityTests(Site site)
{
    /// <summary>Pages by name, each with what shows that it is ready.</summary>
    private readonly Dictionary<string, (string Path, string Ready)> _pages = new(StringComparer.Ordinal)
    {
        ["processes"] = ("/", "main table"),
        ["upload"] = ("/upload", ".drop"),
        ["formats"] = ("/formats", ".format-list"),
        ["symbols"] = ("/symbols", ".drop"),
        ["shares"] = ("/shares", "main .body h1"),
        ["overview"] = ($"/p/{site.Leak}?from=56&to=79", ".chart[data-ready=true]"),
        ["regions"] = ($"/p/{site.Leak}/regions", "main table"),
        ["changed categories"] = ($"/p/{site.Leak}/regions?as=heap:{site.Region},device:name:/dev/shm/*,cheap:x", "main table"),
        ["changed region"] = ($"/p/{site.Leak}/regions/{site.Region}?as=heap:{site.Region}", ".chart[data-ready=true]"),
        ["region"] = ($"/p/{site.Leak}/regions/{site.Region}", ".chart[data-ready=true]"),
        ["diff"] = ($"/p/{site.Leak}/diff?from=56&to=79", "main table"),
        ["grouped diff"] = ($"/p/{site.Leak}/diff?from=56&to=79&group=backing&columns=all", "main table"),
        ["compare"] = ($"/compare?base={site.Leak}&current={site.Fixed}", "main table"),
        ["grouped compare"] = ($"/compare?base={site.Leak}&current={site.Fixed}&group=backing", "main table"),
        ["nothing to compare"] = ("/compare", ".empty"),
        ["stacks"] = ($"/p/{site.Leak}/stacks?at=0.0", ".icicle"),
        ["leaf up"] = ($"/p/{site.Leak}/stacks?view=leaf&weight=mapped&only=ucs_&q=grow", ".icicle"),
        ["sandwich"] = ($"/p/{site.Leak}/stacks?weight=calls&of=decode_step", ".icicle .picked"),
        ["growth by stack"] = ($"/p/{site.Leak}/stacks?weight=growth", ".icicle.signed"),
        ["nothing left"] = ($"/p/{site.Leak}/stacks?only=no_such_function", ".empty"),
        ["no trace"] = ($"/p/{site.Healthy}/stacks", ".command"),
        ["trace"] = ($"/p/{site.Leak}/trace", ".chart[data-ready=true]"),
        ["ledger"] = ($"/p/{site.Leak}/ledger", ".ledger-table"),
        ["ledger of one snapshot"] = ($"/p/{site.Healthy}/ledger?from=5&to=5", ".ledger-table"),
        ["findings"] = ($"/p/{site.Leak}/findings", ".finding-rows"),
        ["finding"] = ($"/p/{site.Leak}/findings/S01", ".evidence-rows"),
        ["nothing found"] = ($"/p/{site.Healthy}/findings", ".calm"),
        ["silent signature"] = ($"/p/{site.Healthy}/findings/S01", ".empty"),
        ["captures"] = ($"/p/{site.Leak}/captures", ".captures"),
    };

    public static TheoryData<string, string> All
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var page in new[] { "processes", "upload", "formats", "symbols", "shares", "overview", "regions", "changed categories", "changed region", "region", "diff", "grouped diff", "compare", "grouped compare", "nothing to compare", "stacks", "no trace", "trace", "findings", "finding", "nothing found", "silent signature", "captures" })
            {
                data.Add(page, "light");
                data.Add(page, "dark");
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_page_has_no_violation(string name, string theme)
    {
        await using var visitor = await site.VisitAsync(theme);
        var (path, ready) = _pages[name];
        await visitor.OpenAsync(path, ready);

        Assert.Equal("", Violations(await visitor.Page.RunAxe()));
        Assert.Equal("", visitor.Complaints);
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task A_share_has_no_violation(string theme)
    {
        var (_, path) = await site.ShareAsync(new { view = "diff", from = 56, to = 79 });
        await using var visitor = await site.VisitAsync(theme);
        await visitor.OpenAsync(path, ".chart[data-ready=true]");

        Assert.Equal("", Violations(await visitor.Page.RunAxe()));
        Assert.Equal("", visitor.Complaints);
    }

    [Fact]
    public async Task The_share_dialog_has_no_violation()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.OpenAsync($"/p/{site.Leak}/diff?from=56&to=79");
        await visitor.Page.Keyboard.PressAsync("e");
        await visitor.Page.GetByLabel("Ends after").WaitForAsync();

        Assert.Equal("", Violations(await visitor.Page.RunAxe()));
    }

    [Fact]
    public async Task The_list_of_keys_has_no_violation_and_closes_by_escape()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.OpenAsync("/");
        await visitor.Page.Keyboard.PressAsync("?");
        await visitor.Page.Locator("#keys[open]").WaitForAsync();
        Assert.Equal("", Violations(await visitor.Page.RunAxe()));

        await visitor.Page.Keyboard.PressAsync("Escape");
        await visitor.Page.Locator("#keys[open]").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Detached });
    }

    private static string Violations(AxeResult result) =>
        string.Join('\n', result.Violations.Select(v => $"{v.Id} ({v.Impact}): {string.Join(" | ", v.Nodes.Take(4).Select(n => n.Html))}"));
}
