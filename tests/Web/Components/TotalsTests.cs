using System.Globalization;
using Bunit;
using MemScope.Web.Components.Pages.Diff;
using MemScope.Web.Components.Pages.Overview;
using MemScope.Web.Components.Pages.Regions;

namespace MemScope.Web.Tests.Components;

/// <summary>What a table shows adds up to its foot.</summary>
public sealed class TotalsTests : BunitContext
{
    [Fact]
    public void Top_growers_and_the_rest_add_up_to_the_change()
    {
        var table = Render<TopGrowers>(p => p.Add(c => c.Overview, Samples.Overview(Samples.Region(changeKiB: 30_000), Samples.Region(changeKiB: -8))));

        Assert.Equal(37_592, table.FindAll("tbody tr").Sum(row => Number(row.QuerySelectorAll("td.num")[1].TextContent)));
        Assert.Equal(37_592, Number(table.FindAll("tfoot td.num")[1].TextContent));
    }

    [Fact]
    public void Rows_of_a_diff_and_its_folded_sums_add_up_to_the_total()
    {
        var diff = Samples.Diff(Samples.DiffRow("grown", 27_480, 37_100), Samples.DiffRow("born", 0, 8), Samples.DiffRow("gone", 8, 0), Samples.DiffRow("unchanged", 168, 168), Samples.DiffRow("unchanged", 4_168, 4_168, "shared"));
        var table = Render<DiffTable>(p => p.Add(c => c.Diff, diff));

        var rows = table.FindAll("tbody tr").Where(r => !r.ClassList.Contains("group")).ToList();
        Assert.Equal(diff.Total.Delta.RssBytes >> 10, rows.Sum(r => Number(r.QuerySelectorAll("td.num")[2].TextContent)));
        Assert.Equal(diff.Total.Current.RssBytes >> 10, rows.Sum(r => Number(r.QuerySelectorAll("td.num")[1].TextContent)));
        Assert.Equal(diff.Total.Delta.RssBytes >> 10, Number(table.FindAll("tfoot td.num")[2].TextContent));
    }

    [Fact]
    public void A_filtered_diff_says_what_all_rows_add_up_to()
    {
        var diff = Samples.Diff(Samples.DiffRow("grown", 100, 300), Samples.DiffRow("born", 0, 8));
        var table = Render<DiffTable>(p => p.Add(c => c.Diff, diff).Add(c => c.State, "born"));

        Assert.Single(table.FindAll("tbody tr"), r => !r.ClassList.Contains("group"));
        Assert.Contains("1 of 2 rows shown; all rows add up to +208 KiB", table.Find("tfoot").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Categories_add_up_to_rss()
    {
        var table = Render<CategoryTable>(p => p.Add(c => c.Overview, Samples.Overview()));

        var sum = table.FindAll("tbody tr").Sum(r => decimal.Parse(r.QuerySelectorAll("td.num")[0].TextContent, CultureInfo.InvariantCulture));
        Assert.Equal(sum, decimal.Parse(table.FindAll("tfoot td.num")[0].TextContent, CultureInfo.InvariantCulture), 1);
    }

    [Fact]
    public void Regions_add_up_to_the_foot()
    {
        var table = Render<RegionTable>(p => p.Add(c => c.Regions, Samples.Regions(Samples.Region(100, 10), Samples.Region(200, -30))));

        Assert.Contains(table.FindAll("tfoot td.num"), cell => cell.TextContent == "300");
        Assert.Contains(table.FindAll("tfoot td.num"), cell => cell.TextContent == "\u221220");
    }

    [Fact]
    public void A_region_that_was_born_is_new_to_its_reader()
    {
        var table = Render<DiffTable>(p => p.Add(c => c.Diff, Samples.Diff(Samples.DiffRow("born", 0, 8))));

        var chip = table.Find(".chip.born");
        Assert.Equal("+ new", string.Join(' ', chip.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void A_diff_without_rss_says_so_and_shows_virtual_sizes()
    {
        var diff = Samples.Diff(Samples.DiffRow("grown", 100, 300));
        var table = Render<DiffTable>(p => p.Add(c => c.Diff, diff with { Base = diff.Base with { RssBytes = null }, Current = diff.Current with { RssBytes = null } }));

        var cells = table.FindAll("tfoot td.num").Select(c => c.TextContent).ToList();
        Assert.Equal(["not captured", "not captured", "not captured"], cells.Take(3));
        Assert.Equal("+200", cells[^1]);
    }

    [Fact]
    public void Regions_without_rss_are_not_shown_as_zero()
    {
        var table = Render<RegionTable>(p => p.Add(c => c.Regions, Samples.Regions(Samples.Region() with { RssBytes = null, RssChangeBytes = 0 })));

        Assert.Contains(table.FindAll("tbody td.num"), cell => cell.TextContent == "not captured");
        Assert.Equal(["not captured", "not captured"], new[] { 1, 4 }.Select(i => table.FindAll("tfoot td.num")[i].TextContent));
    }

    [Fact]
    public void An_overview_without_rss_shows_the_virtual_size()
    {
        var overview = Samples.Overview();
        var stats = Render<OverviewStats>(p => p.Add(c => c.Overview, overview with { Last = overview.Last with { RssBytes = null } }));

        Assert.StartsWith("Virtual size", stats.Find(".stats > div").TextContent.Trim(), StringComparison.Ordinal);
        Assert.DoesNotContain("MiB/min", stats.Markup, StringComparison.Ordinal);
    }

    private static long Number(string text) =>
        text.Trim() is "—" ? 0 : long.Parse(text.Replace("\u2212", "-", StringComparison.Ordinal), NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
