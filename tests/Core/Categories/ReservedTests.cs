using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>What is reserved holds nothing, and what holds something is not reserved.</summary>
public sealed class ReservedTests
{
    [Theory]
    [InlineData("---p 0")]
    [InlineData("---s 0")]
    [InlineData("---p -")] // a source without sizes
    public void Addresses_without_access_that_were_never_touched_are_reserved(string row) => Assert.Equal(Category.Reserved, One($"100-200 {row}").Category);

    [Theory]
    [InlineData("100-200 ---p 64", "memory closed by mprotect")]
    [InlineData("100-200 ---p 64 /usr/lib/libx.so", "file")]
    [InlineData("100-200 ---s 64 /dev/shm/pool", "posix shared memory")]
    [InlineData("100-200 ---p 64 [anon:pool]", "named by its owner")]
    public void A_mapping_that_was_closed_by_mprotect_and_holds_pages_keeps_them_under_what_it_is(string text, string kind)
    {
        var closed = One(text);

        Assert.NotEqual(Category.Reserved, closed.Category);
        Assert.Equal(kind, closed.Kind);
    }

    [Fact]
    public void A_closed_part_of_an_arena_belongs_to_it() =>
        Assert.Equal([Category.Arena, Category.Arena], Categorizer.Classify(Maps.Table("4000-4021 rw-p 4\n4021-8000 ---p 400")).Select(a => a.Category));

    [Fact]
    public void Swapped_pages_behind_closed_addresses_are_not_reserved_either()
    {
        var builder = new VmaTable.Builder();
        builder.Add(0x100000, 0x200000, VmaPermissions.None, 0, 0, 0, 0, "");
        builder.Set(Metric.Rss, 0);
        builder.Set(Metric.Swap, 64);

        Assert.Equal("memory closed by mprotect", Assert.Single(Categorizer.Classify(builder.Build())).Kind);
    }

    [Theory]
    [InlineData(0, Category.Reserved)]
    [InlineData(4, Category.Anonymous)]
    public void Memory_without_a_reservation_is_reserved_until_its_first_page(long rssKib, Category expected)
    {
        var builder = new VmaTable.Builder();
        builder.Add(0x100000, 0x40100000, VmaPermissions.Read | VmaPermissions.Write, 0, 0, 0, 0, "");
        builder.Set(Metric.Rss, rssKib);
        builder.SetFlags("rd wr mr mw me nr");

        Assert.Equal(expected, Assert.Single(Categorizer.Classify(builder.Build())).Category);
    }

    [Fact]
    public void A_pool_that_closes_and_opens_again_never_makes_the_parts_of_RSS_miss_its_total()
    {
        var track = Maps.Track("100-200 rw-p 400\n300-400 ---p 0", "100-200 ---p 400\n300-400 ---p 0", "100-200 rw-p 800\n300-400 ---p 0");
        var parts = TrackSeries.ByCategory(track, Metric.Rss);

        Assert.Equal(TrackSeries.Total(track, Metric.Rss), Enumerable.Range(0, 3).Select(at => parts.Values.Sum(p => p[at])));
        Assert.All(parts[Category.Reserved], v => Assert.Equal(0, v));
    }

    [Fact]
    public void A_reserve_whose_first_page_comes_without_any_change_of_the_layout_is_none_from_then_on()
    {
        var track = Maps.Track("100-200 ---p 0\n300-400 rw-p 0", "100-200 ---p 0\n300-400 rw-p 4", "100-200 ---p 4\n300-400 rw-p 4", "100-200 ---p 0\n300-400 rw-p 4");

        Assert.Equal([Category.Reserved, Category.Reserved, Category.Anonymous, Category.Reserved], Enumerable.Range(0, 4).Select(at => track.CategoriesAt(at)[0].Category));
    }

    [Fact]
    public void No_random_address_space_has_a_resident_byte_in_a_reserve()
    {
        var random = new Random(23);
        for (var n = 0; n < 500; n++)
        {
            var vmas = Maps.Table(RandomTables.Text(random));
            foreach (var (row, assignment) in Categorizer.Classify(vmas).Index())
                if (assignment.Category == Category.Reserved) Assert.Equal(0, vmas[row].Bytes(Metric.Rss) + vmas[row].Bytes(Metric.Swap));
        }
    }

    [Fact]
    public void No_case_has_one()
    {
        foreach (var name in Fixtures.Cases.Append("odd-maps"))
            Assert.All(TrackSeries.ByCategory(CaseTracks.Of(name), Metric.Rss).Where(c => c.Key == Category.Reserved).SelectMany(c => c.Value), v => Assert.Equal(0, v));
    }

    private static CategoryAssignment One(string text) => Assert.Single(Categorizer.Classify(Maps.Table(text)));
}
