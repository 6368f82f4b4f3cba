using System.Xml.Linq;
using MemScope.EndToEnd.Tests.Api;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>What goes into a ticket: pages without an account, pictures, blocks of text, addresses that were written by others.</summary>
[Collection(nameof(HostileSite))]
public sealed class HostileShareTests(HostileSite site)
{
    [Fact]
    public async Task A_share_of_every_view_is_text()
    {
        await using var witness = await site.WatchAsync();
        var number = 0;
        foreach (var (process, plain) in ((Guid, string[])[])[(site.Wide, ["overview", "regions", "diff", "stacks", "findings", "trace", "ledger", "captures"]), (site.Case, ["overview", "stacks"])])
        {
            var p = $"api/v1/processes/{process}";
            var region = (await site.Server.JsonAsync($"{p}/regions?limit=1")).GetProperty("items")[0].Text("id");
            var rules = (await site.Server.JsonAsync($"{p}/findings")).GetProperty("items").EnumerateArray().Select(f => f.Text("rule"));
            List<object> views = [.. plain.Select(v => new { view = v, title = Title(), openGraph = true }), new { view = "region", region, title = Title() }, new { view = "compare", other = process == site.Case ? site.Wide : site.Case, title = Title() }, .. rules.Take(1).Select(rule => new { view = "finding", rule, title = Title() })];
            foreach (var view in views)
            {
                var path = await site.ShareAsync(process, view);
                Assert.True(await witness.OpenAsync(path) > 0, $"{view} shows no name at all");
                await BlocksAsync(witness, path);
            }
        }
        Assert.True(witness.Offences.Count == 0, string.Join('\n', witness.Offences));

        string Title() => Payloads.Printable(Payloads.All[number++ * 7 % Payloads.All.Count]);
    }

    [Fact]
    public async Task An_address_that_somebody_else_wrote_shows_what_it_says()
    {
        string[] names = ["q", "category", "sort", "metric", "by", "group", "state", "columns", "weight", "trace", "region", "view", "of", "at", "order", "rows", "module", "only", "thread", "source", "from", "to", "as", "base", "current", "is", "sel", "v", "return"];
        await using var witness = await site.WatchAsync();
        var number = 0;
        foreach (var page in (string[])["", "compare", "symbols", "shares", $"p/{site.Wide}", $"p/{site.Wide}/regions", $"p/{site.Wide}/diff", $"p/{site.Wide}/stacks", $"p/{site.Wide}/trace", $"p/{site.Wide}/ledger", $"p/{site.Wide}/findings", $"p/{site.Wide}/captures", "search"])
        {
            await witness.OpenAsync($"{page}?{string.Join('&', names.Select(name => $"{name}={Uri.EscapeDataString(Payloads.Printable(Payloads.All[number++ % Payloads.All.Count]))}"))}");
        }
        witness.Offences.RemoveAll(o => o.Contains("status of 404", StringComparison.Ordinal)); // a page that is not there is one of the answers
        Assert.True(witness.Offences.Count == 0, string.Join('\n', witness.Offences));
    }

    /// <summary>The blocks and the picture that a share's page offers.</summary>
    private async Task BlocksAsync(Witness witness, string path)
    {
        foreach (var block in await witness.Page.Locator("textarea, pre").AllInnerTextsAsync())
            if (block.StartsWith("**", StringComparison.Ordinal)) witness.Offences.AddRange(MarkdownFaults.Of(block).Select(f => $"{path}: {f}"));
        using var answer = await site.Server.Client.GetAsync(new Uri(path.TrimStart('/') + "/picture.svg", UriKind.Relative));
        if (!answer.IsSuccessStatusCode) return; // a view without a chart has none
        var picture = XDocument.Parse(await answer.Content.ReadAsStringAsync());
        foreach (var element in picture.Descendants())
        {
            if (element.Name.LocalName is "script" or "foreignObject" or "animate" or "set" or "a" or "image" or "use") witness.Offences.Add($"{path}: <{element.Name.LocalName}> in the picture");
            witness.Offences.AddRange(element.Attributes().Where(a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase) || a.Name.LocalName == "href").Select(a => $"{path}: {a} in the picture"));
        }
    }
}
