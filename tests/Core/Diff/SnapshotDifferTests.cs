using MemScope.Core.Analysis.Diff;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Diffs of two snapshots of one track.</summary>
public sealed class SnapshotDifferTests
{
    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_add_up_for_all_neighbours_and_200_random_pairs_of_a_case(string name)
    {
        var track = CaseTracks.Of(name);
        var random = new Random(200);
        var last = track.Points.Count;
        var neighbours = Enumerable.Range(0, last - 1).Select(at => (at, at + 1));
        var pairs = Enumerable.Range(0, 200).Select(_ => (random.Next(last), random.Next(last)));

        foreach (var (from, to) in neighbours.Concat(pairs)) AssertCloses(track, from, to);
    }

    [Fact]
    public void Rows_add_up_for_random_address_spaces()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var track = Maps.Track([.. Enumerable.Range(0, 8).Select(_ => RandomTables.Text(random))]);
            for (var from = 0; from < 8; from++)
                for (var to = 0; to < 8; to++) AssertCloses(track, from, to);
        }
    }

    [Fact]
    public void The_window_of_the_founding_case_has_one_growing_region()
    {
        var track = CaseTracks.Of("ucx-leak");
        var diff = SnapshotDiffer.Compare(track, track.IndexOfNumber(56), track.IndexOfNumber(79));
        var states = diff.Rows.CountBy(r => r.State).ToDictionary();

        Assert.Equal((35_824, 45_444), (diff.BaseTotal.RssBytes / 1024, diff.CurrentTotal.RssBytes / 1024));
        var delta = diff.CurrentTotal - diff.BaseTotal;
        Assert.Equal((9_620, 9_653, 9_608), (delta.RssBytes / 1024, delta.PssBytes / 1024, delta.VirtualBytes / 1024));
        Assert.Equal(DiffMetrics.All, diff.Metrics);
        Assert.Equal((9_620, 9_620, 0, 0), (delta.UssBytes / 1024, delta.PrivateDirtyBytes / 1024, delta.SwapBytes, delta.Mappings));
        Assert.Equal(new() { [DiffState.Grown] = 1, [DiffState.Born] = 1, [DiffState.Gone] = 1, [DiffState.Unchanged] = 72 }, states);
        var grown = Rows(diff).Single(i => diff.Rows[i].State == DiffState.Grown);
        Assert.Equal("end fixed, start down by 9,620 KiB", diff.Words(grown));
        Assert.Equal(Category.Anonymous, diff.Rows[grown].Category);
        Assert.All(Rows(diff).Where(i => diff.Rows[i].State == DiffState.Unchanged), i => Assert.Equal("", diff.Words(i)));
    }

    [Fact]
    public void A_snapshot_compared_with_itself_is_unchanged()
    {
        var track = CaseTracks.Of("raw-mmap-leak");

        Assert.All(SnapshotDiffer.Compare(track, 40, 40).Rows, r => Assert.Equal(DiffState.Unchanged, r.State));
    }

    [Fact]
    public void The_moving_index_of_raw_mmap_leak_is_a_moved_row()
    {
        var track = CaseTracks.Of("raw-mmap-leak");
        var diff = SnapshotDiffer.Compare(track, 20, 60);
        var moved = Assert.Single(Rows(diff), i => diff.Rows[i].State == DiffState.Moved);

        Assert.Equal(40 * 128 * 1024, diff.Rows[moved].Delta.VirtualBytes);
        Assert.EndsWith("5,120 KiB larger", diff.Words(moved), StringComparison.Ordinal);
    }

    [Fact]
    public void States_name_what_happened()
    {
        var track = Maps.Track(
            "10-20 rw-p 8\n30-40 rw-p 8\n50-60 r--p 8\n70-80 rw-p 8\n84-90 rw-p 8\na0-c0 rw-p 64",
            "10-20 rw-p 12\n30-40 rw-p 4\n50-60 rw-p 8\n70-90 rw-p 16\na0-a4 rw-p 8\na5-c0 rw-p 56\nd0-e0 r--p 1");
        var diff = SnapshotDiffer.Compare(track, 0, 1);
        var states = Rows(diff).Select(i => (diff.Rows[i].State, diff.Words(i))).ToList();

        Assert.Equal(
        [
            (DiffState.Grown, "same range"),
            (DiffState.Shrunk, "same range"),
            (DiffState.Reprotected, "r--p became rw-p"),
            (DiffState.Grown, "start fixed, end up by 64 KiB"),
            (DiffState.Split, "cut off 000a0000-000c0000"),
            (DiffState.Shrunk, "end fixed, start up by 20 KiB"),
            (DiffState.Born, "is 64 KiB"),
            (DiffState.Merged, "joined into 00070000-00090000"),
        ], states);
    }

    [Fact]
    public void Backwards_a_new_region_is_gone_and_a_gone_one_new()
    {
        var track = Maps.Track("10-20 rw-p 8", "30-40 r--p 8");
        var diff = SnapshotDiffer.Compare(track, 1, 0);

        Assert.Equal([(DiffState.Born, 0x10000ul), (DiffState.Gone, 0x30000ul)], Rows(diff).Select(i => (diff.Rows[i].State, (diff.CurrentVma(i) ?? diff.BaseVma(i))!.Value.Start)));
    }

    [Fact]
    public void What_the_source_does_not_print_is_not_compared()
    {
        var track = Maps.Track("10-20 rw-p -", "10-30 rw-p -");
        var diff = SnapshotDiffer.Compare(track, 0, 1);

        Assert.Equal([DiffMetric.Virtual, DiffMetric.Mappings], diff.Metrics);
        Assert.Equal(DiffMetric.Virtual, diff.MainMetric);
        Assert.Equal(0x10000, diff.Rows[0].Delta.VirtualBytes);
    }

    private static IEnumerable<int> Rows(DiffAnswer diff) => Enumerable.Range(0, diff.Rows.Count);

    private static void AssertCloses(Track track, int from, int to)
    {
        var diff = SnapshotDiffer.Compare(track, from, to);
        var deltas = diff.Rows.Aggregate(default(DiffSizes), (sum, row) => sum + row.Delta);
        Assert.Equal(diff.CurrentTotal - diff.BaseTotal, deltas);

        Assert.Equal(Sum(track.VmasAt(from), Metric.Rss), diff.BaseTotal.RssBytes);
        Assert.Equal(Sum(track.VmasAt(to), Metric.Pss), diff.CurrentTotal.PssBytes);
        Assert.Equal(Sum(track.VmasAt(to), Metric.Swap), diff.CurrentTotal.SwapBytes);
        Assert.Equal(Enumerable.Range(0, track.VmasAt(from).Count), Rows(diff).Select(diff.BaseVma).OfType<Vma>().Select(v => v.Index).Order());
        Assert.Equal(Enumerable.Range(0, track.VmasAt(to).Count), Rows(diff).Select(diff.CurrentVma).OfType<Vma>().Select(v => v.Index).Order());
    }

    private static long Sum(VmaTable vmas, Metric metric) => vmas.SumBytes(metric) ?? 0;
}
