using Bunit;
using MemScope.Web.Components;
using MemScope.Web.Components.Pages.Regions;
using MemScope.Web.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace MemScope.Web.Tests.Components;

public sealed class RegionTableTests : BunitContext
{
    public RegionTableTests() => Services.AddScoped<Radzen.DialogService>();

    [Fact]
    public void Rows_that_did_not_come_with_the_answer_are_asked_for_and_every_row_says_its_place()
    {
        var all = Enumerable.Range(0, 60).Select(i => Samples.Region(i + 1, 0)).ToArray();
        var asked = new List<(int First, int Count)>();
        var answer = Samples.Regions(all[..10]) with { Matching = all.Length, All = all.Length, Next = "more" };

        var table = Live(answer, (first, count, _) =>
        {
            asked.Add((first, count));
            return Task.FromResult<RegionsWire?>(answer with { Items = [.. all.Skip(first).Take(count)] });
        });

        Assert.NotEmpty(asked);
        var rows = table.FindAll("tbody tr[aria-rowindex]");
        Assert.True(rows.Count > 10);
        Assert.Equal(Enumerable.Range(2, rows.Count).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), rows.Select(r => r.GetAttribute("aria-rowindex")!));
        Assert.Equal("62", table.Find("table").GetAttribute("aria-rowcount"));
    }

    [Fact]
    public void Sums_are_those_of_the_answer_although_few_rows_came_with_it()
    {
        var answer = Samples.Regions(Samples.Region(10, 0)) with { Matching = 5, All = 5, Next = "more", PssBytes = 1234 << 10, PrivateDirtyBytes = 777 << 10 };
        var foot = Live(answer, (_, _, _) => Task.FromResult<RegionsWire?>(answer)).Find("tfoot");

        Assert.Contains("1,234", foot.TextContent, StringComparison.Ordinal);
        Assert.Contains("777", foot.TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<RegionTable> Live(RegionsWire answer, Func<int, int, CancellationToken, Task<RegionsWire?>> fetch) => Render<RegionTable>(p => p
        .AddCascadingValue(new ViewLinks(Samples.ProcessId, new WindowState())).Add(c => c.Regions, answer).Add(c => c.Fetch, fetch));
}
