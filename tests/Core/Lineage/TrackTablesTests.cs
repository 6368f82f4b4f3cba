using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Tests;

namespace MemScope.Tests;

/// <summary>A track keeps changes only; what it says of a point must be what was appended there.</summary>
public sealed class TrackTablesTests
{
    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_table_of_a_case_comes_back_as_it_was(string name) => AssertComesBack(Histories.OfCase(name));

    [Fact]
    public void Every_table_of_a_random_history_comes_back_as_it_was()
    {
        for (var seed = 0; seed < 150; seed++) AssertComesBack(Histories.Odd(seed));
        for (var seed = 0; seed < 60; seed++) AssertComesBack(Histories.Plain(seed));
    }

    [Fact]
    public void A_number_that_is_absent_stays_apart_from_a_number_that_is_0()
    {
        var points = new[] { "10-20 rw-p 8\n30-40 rw-p 0", "10-20 rw-p -\n30-40 rw-p 0", "10-20 rw-p -\n30-40 rw-p -", "10-20 rw-p 0\n30-40 rw-p -" }
            .Select((text, i) => Maps.Point(i + 1, Maps.Table(text))).ToList();
        var track = Histories.Track(points);

        AssertComesBack(points);
        Assert.Equal([8192L, null, null, 0], Enumerable.Range(0, 4).Select(at => track.BytesOf(track.Regions[0], at, Metric.Rss)));
        Assert.Equal([0L, 0, null, null], Enumerable.Range(0, 4).Select(at => track.BytesOf(track.Regions[1], at, Metric.Rss)));
        Assert.Equal([true, true, false, true], Enumerable.Range(0, 4).Select(at => track.Has(at, Metric.Rss)));
    }

    [Fact]
    public void Rows_of_one_start_keep_their_order()
    {
        AssertComesBack([Maps.Point(1, Maps.Table("100-300 rw-p 8\n100-200 r--p 4 /a\n100-180 rw-p 1\n200-210 rw-p 1")), Maps.Point(2, Maps.Table("100-180 rw-p 1\n100-300 rw-p 8\n200-210 rw-p 2"))]);
    }

    [Fact]
    public void Numbers_beyond_32_bits_are_kept()
    {
        static VmaTable Table(long rss)
        {
            var builder = new VmaTable.Builder();
            builder.Add(0x1000, ulong.MaxValue, VmaPermissions.Read, ulong.MaxValue, uint.MaxValue, 1, ulong.MaxValue, "x");
            builder.Set(Metric.Rss, rss);
            builder.Set(Metric.Size, 4);
            builder.SetFlags("rd");
            return builder.Build();
        }
        AssertComesBack([.. new[] { 1, int.MaxValue, int.MaxValue + 1L, int.MinValue, int.MinValue / 2, (int.MinValue / 2) - 1, long.MaxValue, long.MinValue, 0 }.Select((rss, i) => Maps.Point(i + 1, Table(rss)))]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Categories_are_those_of_each_table_though_they_are_asked_for_only_where_something_changed(string name)
    {
        AssertCategories(Histories.OfCase(name));
    }

    [Fact]
    public void Categories_of_random_histories_are_those_of_each_table()
    {
        for (var seed = 0; seed < 100; seed++) AssertCategories(Histories.Odd(seed));
        AssertCategories([.. new[] { "0", "4", "4", "0" }.Select((anonymous, i) => Maps.Point(i + 1, Maps.Table($"10-20 r-xp 8 /a.so\n20-30 r--p 8/{anonymous} /a.so\n30-40 rw-p 4 /a.so")))]);
    }

    [Fact]
    public void A_region_has_at_each_point_the_line_and_the_numbers_of_its_row()
    {
        foreach (var points in Enumerable.Range(0, 40).Select(Histories.Plain).Append(Histories.OfCase("raw-mmap-leak").Take(25).ToList()))
        {
            var track = Histories.Track(points);
            for (var at = 0; at < points.Count; at++)
            {
                var rows = track.AliveAt(at);
                for (var row = 0; row < rows.Count; row++)
                {
                    var vma = points[at].Vmas[row];
                    Assert.Equal(new RegionExtent(vma.Range, vma.Permissions, vma.Name), track.ExtentOf(rows[row], at));
                    Assert.Equal((long)vma.VirtualBytes, track.BytesOf(rows[row], at, Metric.Size));
                    foreach (var metric in new[] { Metric.Rss, Metric.Pss, Metric.Anonymous, Metric.Swap }) Assert.Equal(vma[metric] * 1024, track.BytesOf(rows[row], at, metric));
                }
                var began = track.Regions.Where(r => r.BornAt <= at).ToList();
                Assert.Equal(track.Regions.Select(r => track.NearestExtentOf(r, at)), track.NearestExtentsOf(track.Regions, at));
                foreach (var metric in new[] { Metric.Rss, Metric.Swap, Metric.Size }) Assert.Equal(began.Select(r => track.BytesOf(r, at, metric) ?? 0), track.BytesOf(began, at, metric));
                foreach (var region in track.Regions.Where(r => !r.IsAliveAt(at)))
                {
                    Assert.Null(track.ExtentOf(region, at));
                    Assert.Null(track.BytesOf(region, at, Metric.Rss));
                    Assert.Equal(track.ExtentOf(region, at < region.BornAt ? region.BornAt : region.LastAt), track.NearestExtentOf(region, at));
                }
            }
        }
    }

    private static void AssertComesBack(List<TrackPoint> points)
    {
        var track = Histories.Track(points);
        Assert.Equal(points.Select(p => (p.Number, p.TakenAt)), track.Points.Select(p => (p.Number, p.TakenAt)));
        foreach (var (appended, back) in points.Zip(track.Tables())) VmaTables.AssertEqual(appended.Vmas, back.Vmas);
        var order = Enumerable.Range(0, points.Count).ToArray();
        new Random(points.Count).Shuffle(order);
        foreach (var at in order.Take(12))
        {
            VmaTables.AssertEqual(points[at].Vmas, track.VmasAt(at));
            Assert.Equal(points[at].Vmas.Count, track.CountAt(at));
        }
    }

    private static void AssertCategories(List<TrackPoint> points)
    {
        var track = Histories.Track(points);
        for (var at = 0; at < points.Count; at++) Assert.Equal(Categorizer.Classify(points[at].Vmas), track.CategoriesAt(at));
        foreach (var region in track.Regions)
        {
            var row = track.AliveAt(region.LastAt).ToList().IndexOf(region);
            Assert.Equal((region.Category, region.CategoryReason), (track.CategoriesAt(region.LastAt)[row].Category, track.CategoriesAt(region.LastAt)[row].Reason));
        }
    }
}
