using MemScope.Core;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Tests;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Answers;

/// <summary>The list of regions over captured cases: whatever part of it is asked for, it is a part of the same list.</summary>
public sealed class RegionListTests
{
    private static readonly Track Case = Track("ucx-leak");
    private static readonly TrackWindow Whole = new(Case, 0, Case.Points.Count - 1);

    public static TheoryData<string> Sorts => [.. RegionRequest.Sorts];

    [Theory]
    [MemberData(nameof(Sorts))]
    public void Pieces_asked_for_by_place_or_by_cursor_make_up_the_whole_list(string sort)
    {
        var all = Ids(Ask(new(sort, null, "lib", null, int.MaxValue)));
        Assert.InRange(all.Count, 21, int.MaxValue);

        var pieces = new List<Guid>();
        for (var skip = 0; skip < all.Count; skip += 7) pieces.AddRange(Ids(Ask(new(sort, null, "lib", null, 7, skip))));
        Assert.Equal(all, pieces);

        pieces.Clear();
        for (string? cursor = null; pieces.Count == 0 || cursor is not null;)
        {
            var page = Ask(new(sort, null, "lib", cursor, 7));
            pieces.AddRange(Ids(page));
            cursor = page.Next;
        }
        Assert.Equal(all, pieces);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("lib.*so")]
    [InlineData("rw-p")]
    public void Totals_are_those_of_all_that_match_however_few_are_listed(string? filter)
    {
        var whole = Ask(new("rss", null, filter, null, int.MaxValue));
        var some = Ask(new("growth", null, filter, null, 1, 2));

        Assert.Equal(whole.Items.Count, some.Matching);
        Assert.Single(some.Items);
        Assert.Equal(Alive(r => r.VirtualBytes), some.VirtualBytes);
        Assert.Equal(Alive(r => r.RssBytes), some.RssBytes);
        Assert.Equal(Alive(r => r.PssBytes), some.PssBytes);
        Assert.Equal(Alive(r => r.PrivateDirtyBytes), some.PrivateDirtyBytes);
        Assert.Equal(whole.Items.Sum(r => r.RssChangeBytes), some.RssChangeBytes);

        long? Alive(Func<RegionWire, long?> of) => whole.Items.Where(r => r.Alive).Sum(of);
    }

    [Fact]
    public void What_lies_between_two_regions_of_the_list_is_told_in_its_order_and_nothing_for_one_that_is_hidden()
    {
        var request = new RegionRequest("address", null, "lib", null, int.MaxValue);
        var all = Ids(Ask(request));

        Assert.Equal(all[3..9], RegionList.Between(Whole, Index, request, all[8], all[3]));
        Assert.Empty(RegionList.Between(Whole, Index, request with { Filter = "heap" }, all[8], all[3]));
    }

    [Fact]
    public void Another_window_of_the_same_track_has_a_list_of_its_own()
    {
        var part = new TrackWindow(Case, 10, 40);
        var before = Ask(new("growth", null, null, null, 1));
        var within = RegionList.Of(part, RegionIndex.Of(part, GrowthMetric.Rss, change: 1), new("growth", null, null, null, 1));

        Assert.Equal((11, 41), (within.Window.FromNumber, within.Window.ToNumber));
        Assert.NotEqual(before.RssChangeBytes, within.RssChangeBytes);
        Assert.Equal(before.RssChangeBytes, Ask(new("growth", null, null, null, 1)).RssChangeBytes);
    }

    private static RegionIndex Index => RegionIndex.Of(Whole, GrowthMetric.Rss, change: 1);

    private static RegionsWire Ask(RegionRequest request) => RegionList.Of(Whole, Index, request);

    private static List<Guid> Ids(RegionsWire regions) => [.. regions.Items.Select(r => r.Id)];

    private static Track Track(string name)
    {
        using var stream = File.OpenRead(Fixtures.Case(name, "smaps.tar.gz"));
        var snapshots = CaptureReader.Read(stream, "smaps.tar.gz", null, Limits.Default, CancellationToken.None).Parsed.Snapshots;
        return Core.Analysis.Lineage.Track.Build(Guid.Parse("01900000-0000-7000-8000-00000000a11a"), SnapshotSource.Smaps, snapshots.Select((s, i) => new TrackPoint(i + 1, s.TakenAt!.Value, s.Vmas)));
    }
}
