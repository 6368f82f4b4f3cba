using System.Globalization;
using Bunit;
using MemScope.Web.Components.Pages.Diff;
using MemScope.Web.Components.Pages.Overview;
using MemScope.Web.Components.Pages.Regions;
using MemScope.Web.Wire;

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
        Assert.Equal(diff.Total.Delta.RssBytes!.Value >> 10, rows.Sum(r => Number(r.QuerySelectorAll("td.num")[2].TextContent)));
        Assert.Equal(diff.Total.Current.RssBytes!.Value >> 10, rows.Sum(r => Number(r.QuerySelectorAll("td.num")[1].TextContent)));
        Assert.Equal(diff.Total.Delta.RssBytes!.Value >> 10, Number(table.FindAll("tfoot td.num")[2].TextContent));
    }

    [Fact]
    public void A_filtered_diff_says_what_all_rows_add_up_to()
    {
        var diff = Samples.Diff(Samples.DiffRow("grown", 100, 300), Samples.DiffRow("born", 0, 8));
        var table = Render<DiffTable>(p => p.Add(c => c.Diff, diff).Add(c => c.State, "born"));

        Assert.Single(table.FindAll("tbody tr"), r => !r.ClassList.Contains("group"));
        Assert.Contains("1 of 2 rows shown; all rows add up to +208 KiB", table.Find("tfoot").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Flat_and_grouped_lines_add_up_to_the_total_with_what_is_not_listed(bool grouped)
    {
        var rows = new[] { Samples.PairRow("grown", 10, 30), Samples.PairRow("unchanged", 5, 5), Samples.PairRow("born", 0, 7, "file-data"), Samples.PairRow("gone", 9, 0, "file-data", "/data"), Samples.PairRow("unchanged", 40, 40, "heap", "[heap]") };
        var compare = Samples.Compare(rows);
        var rest = new DiffRestWire("file-text", 3, 1, new(100 << 10, null, 0), new(60 << 10, null, 0), new(-40 << 10, null, 0));
        var table = Render<DiffTable>(p => p.Add(c => c.Diff, compare.Diff with { Rest = [rest], AllRows = 8, Matching = 8 }).Add(c => c.ByBacking, grouped));

        var lines = table.FindAll("tbody tr").Where(r => !r.ClassList.Contains("group")).ToList();
        Assert.Equal(30 - 10 + 7 - 9 - 40, lines.Sum(r => Number(r.QuerySelectorAll("td.num")[2].TextContent)));
        Assert.Equal(30 + 5 + 7 + 40 + 60, lines.Sum(r => Number(r.QuerySelectorAll("td.num")[1].TextContent)));
        Assert.Equal(30 - 10 + 7 - 9 - 40, Number(table.FindAll("tfoot td.num")[2].TextContent));
        Assert.Equal(30 - 10 + 7 - 9 - 40, table.FindAll("tbody tr.group:not(.backing)").Sum(r => Number(r.QuerySelectorAll("td.num")[2].TextContent)));
        Assert.Equal(grouped ? 1 : 0, table.FindAll("tr.backing").Count);
        Assert.Contains("3 more", table.Find("tbody").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_from_nothing_is_new_and_has_no_percentage()
    {
        var table = Render<DiffTable>(p => p.Add(c => c.Diff, Samples.Diff(Samples.DiffRow("born", 0, 8), Samples.DiffRow("shrunk", 8, 4))));

        Assert.Equal(["new", "\u221250.0 %"], table.FindAll("tbody tr:not(.group)").Select(r => r.QuerySelectorAll("td.num")[3].TextContent));
    }

    [Fact]
    public void Another_number_takes_the_main_columns()
    {
        var compare = Samples.Compare(Samples.PairRow("grown", 10, 30) with { Base = new(10 << 10, null, 0) { Mappings = 3 }, Current = new(30 << 10, null, 0) { Mappings = 5 } });
        var table = Render<DiffTable>(p => p.Add(c => c.Diff, compare.Diff).Add(c => c.Metric, "mappings"));

        Assert.Equal(["3", "5", "+2", "+66.7 %"], table.FindAll("tfoot td.num").Take(4).Select(c => c.TextContent));
        Assert.Contains("Mappings in B", table.Find("thead").TextContent, StringComparison.Ordinal);
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
        Assert.Equal(["100", "300", "+200", "+200.0 %"], cells.Take(4));
        Assert.Contains("Virtual in A", table.Find("thead").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("RSS", table.Find("thead").TextContent, StringComparison.Ordinal);
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

    [Fact]
    public void Growth_by_backing_adds_up_to_the_foot_and_regions_show_the_measure_asked()
    {
        var parts = new GrowthsWire(Samples.Window(), "backing", "uss", "bytes", Part("total", 300 << 10, 120 << 10), [Part("[heap]", 200 << 10, 130 << 10), Part("other", 100 << 10, -10 << 10)]);
        var table = Render<PartGrowthTable>(p => p.Add(c => c.Growths, parts));
        Assert.Equal(Number(table.FindAll("tfoot td.num")[1].TextContent), table.FindAll("tbody tr").Sum(r => Number(r.QuerySelectorAll("td.num")[1].TextContent)));

        var regions = Samples.Regions(Samples.Region(100, 10) with { Measured = new MeasuredWire(8 << 10, 64 << 10, 1000, "linear") }) with { Metric = "uss", Value = 64 << 10, Change = 56 << 10 };
        var list = Render<RegionTable>(p => p.Add(c => c.Regions, regions));
        Assert.Contains(list.FindAll("thead th"), h => h.TextContent.Contains("USS", StringComparison.Ordinal));
        Assert.Contains(list.FindAll("tbody td.num"), c => c.TextContent == "+56");
        Assert.Contains(list.FindAll("tfoot td.num"), c => c.TextContent == "+56");
        Assert.Equal(list.FindAll("thead th").Count, list.FindAll("tbody td").Count);
    }

    private static PartGrowthWire Part(string key, double last, double change) => new(key, key, last - change, last, change / 90, change / 100, change / 80, 0.99, "linear");

    private static long Number(string text) =>
        text.Trim() is "—" ? 0 : long.Parse(text.Replace("\u2212", "-", StringComparison.Ordinal), NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
