using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Diff;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Address spaces of two processes, brought together without their addresses.</summary>
public sealed class SpaceDifferTests
{
    private static readonly Lazy<IReadOnlyList<VmaTable>> Spaces = new(() =>
        [.. Fixtures.Cases.Select(c => CaseTracks.Of(c)).Append(CaseTracks.OfFile(Fixtures.Case("ucx-leak", "hook-none/smaps.tar.gz"))).SelectMany(t => new[] { t.VmasAt(0), t.VmasAt(t.Points.Count - 1) })]);

    [Fact]
    public void Rows_add_up_for_every_pair_of_cases()
    {
        foreach (var before in Spaces.Value)
            foreach (var after in Spaces.Value) AssertCloses(Compare(before, after), before, after);
    }

    [Fact]
    public void Rows_add_up_for_random_address_spaces()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (before, after) = (Maps.Table(RandomTables.Text(random)), seed % 10 == 0 ? VmaTable.Empty : Maps.Table(RandomTables.Text(random)));
            AssertCloses(Compare(before, after), before, after);
            AssertCloses(Compare(after, before), after, before);
        }
    }

    [Fact]
    public void An_address_space_has_no_difference_to_itself_wherever_it_is_loaded()
    {
        foreach (var vmas in Spaces.Value)
        {
            var shifted = Shifted(vmas, 0x1234_5000);
            // The categories of the original: some are told by an address that no loader would choose.
            var categories = Categorizer.Classify(vmas);
            var diff = SpaceDiffer.Compare(new(vmas, categories), new(shifted, categories));
            Assert.All(diff.Rows, r => Assert.Equal((DiffState.Unchanged, default), (r.State, r.Delta)));
        }
    }

    [Fact]
    public void The_fix_of_the_founding_case_differs_by_its_anonymous_memory()
    {
        var (leak, fixedRun) = (CaseTracks.LastOf("ucx-leak"), Spaces.Value[^1]);
        var diff = Compare(leak, fixedRun);
        var anonymous = diff.Rows.Where(r => r.Category == Category.Anonymous).Aggregate(default(DiffSizes), (sum, r) => sum + r.Delta);
        var total = diff.CurrentTotal - diff.BaseTotal;

        Assert.Equal(fixedRun.SumBytes(Metric.Rss) - leak.SumBytes(Metric.Rss), total.RssBytes);
        Assert.InRange((double)anonymous.RssBytes / total.RssBytes, 0.95, 1.05);
        var biggest = DiffTree.Of(diff, DiffMetric.Rss, byBacking: false, limit: 1, keep: null).Listed[0];
        Assert.Equal((SpaceMatch.Rank, DiffState.Shrunk, Category.Anonymous), (diff.Part(biggest).Match, diff.Rows[biggest].State, diff.Rows[biggest].Category));
        Assert.DoesNotContain(diff.Rows, r => r.Category == Category.FileText && r.State is DiffState.Born or DiffState.Gone);
    }

    [Fact]
    public void Names_are_brought_together_by_rule_and_both_are_told()
    {
        var diff = Compare(
            Maps.Table("10-20 r-xp 8 /usr/lib/libfoo.so.1.2\n20-30 rw-s 8 /dev/shm/torch_11_5_0\n30-40 r-xp 8 /opt/a/bin/app\n40-50 r--p 8 /old/data.bin (deleted)\n50-60 rw-p 4 [heap]\n60-70 r--p 1 /only/here"),
            Maps.Table("10-20 r-xp 9 /usr/lib/libfoo.so.1.3\n20-30 rw-s 8 /dev/shm/torch_77_9_0\n30-40 r-xp 8 /opt/b/bin/app\n40-50 r--p 8 /old/data.bin\n50-60 rw-p 6 [heap]\n70-80 r--p 1 /only/there"));
        var rows = Enumerable.Range(0, diff.Rows.Count).ToDictionary(i => string.Join('|', diff.Part(i).BaseNames) + " > " + string.Join('|', diff.Part(i).CurrentNames), i => (diff.Rows[i].State, diff.Part(i).Match), StringComparer.Ordinal);

        Assert.Equal((DiffState.Replaced, SpaceMatch.Version), rows["/usr/lib/libfoo.so.1.2 > /usr/lib/libfoo.so.1.3"]);
        Assert.Equal((DiffState.Unchanged, SpaceMatch.Pattern), rows["/dev/shm/torch_11_5_0 > /dev/shm/torch_77_9_0"]);
        Assert.Equal((DiffState.Unchanged, SpaceMatch.Folder), rows["/opt/a/bin/app > /opt/b/bin/app"]);
        Assert.Equal((DiffState.Unchanged, SpaceMatch.Pattern), rows["/old/data.bin (deleted) > /old/data.bin"]);
        Assert.Equal((DiffState.Grown, SpaceMatch.Name), rows["[heap] > [heap]"]);
        Assert.Equal((DiffState.Gone, SpaceMatch.None), rows["/only/here > "]);
        Assert.Equal((DiffState.Born, SpaceMatch.None), rows[" > /only/there"]);
    }

    [Fact]
    public void A_file_with_several_likes_is_not_guessed()
    {
        var diff = Compare(Maps.Table("10-20 r--p 1 /a/x/data.bin\n20-30 r--p 1 /a/y/data.bin"), Maps.Table("10-20 r--p 1 /b/v/data.bin\n20-30 r--p 1 /b/w/data.bin"));

        Assert.Equal([DiffState.Gone, DiffState.Gone, DiffState.Born, DiffState.Born], diff.Rows.Select(r => r.State));
    }

    [Fact]
    public void Unnamed_memory_is_set_side_by_side_by_size()
    {
        var diff = Compare(Maps.Table("10-20 rw-p 64\n30-38 rw-p 8\n40-44 rw-p 4"), Maps.Table("90-98 rw-p 8\na0-a4 rw-p 2\nc0-d8 rw-p 96\ne0-e1 rw-p 1"));
        var rows = Enumerable.Range(0, diff.Rows.Count).Select(i => (diff.Part(i).Match, diff.Rows[i].State, Base: diff.Rows[i].Base.Mappings, Current: diff.Rows[i].Current.Mappings)).ToList();

        Assert.Equal([(SpaceMatch.Size, DiffState.Shrunk, 2, 2), (SpaceMatch.Rank, DiffState.Grown, 1, 1), (SpaceMatch.None, DiffState.Born, 0, 1)], rows);
        Assert.Contains("inferred", diff.Part(1).Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ucx-leak")]
    [InlineData("glibc-fragmentation")]
    public void Two_sources_of_one_process_are_compared_by_what_both_print(string name)
    {
        var smaps = CaseTracks.LastOf(name);
        var pmap = Reading.OfCase(name, "pmap-x.log.gz").Parsed.Snapshots[^1].Vmas;
        var diff = Compare(smaps, pmap);

        Assert.Equal([DiffMetric.Rss, DiffMetric.Virtual, DiffMetric.Mappings], diff.Metrics);
        // Whatever pmap names it has without folders, and heap, stack and kernel pages it does not name: smaps has them all the same, but for SysV memory, of which the two print different things.
        Assert.DoesNotContain(diff.Rows, r => r.State is DiffState.Born or DiffState.Gone && r.Category is not Category.Anonymous && !diff.Backings[r.Backing].Contains("SYSV", StringComparison.Ordinal) && !diff.Backings[r.Backing].Contains("shmid", StringComparison.Ordinal) && r.Base.RssBytes + r.Current.RssBytes > 0);
        AssertCloses(diff, smaps, pmap);
    }

    [Fact]
    public void Groups_add_up_at_every_level_whatever_the_limit_and_the_filter()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            DiffAnswer diff = seed % 2 == 0
                ? Compare(Maps.Table(RandomTables.Text(random)), Maps.Table(RandomTables.Text(random)))
                : SnapshotDiffer.Compare(Maps.Track(RandomTables.Text(random), RandomTables.Text(random)), 0, 1);
            foreach (var metric in DiffMetrics.All)
            {
                var limit = random.Next(12);
                var all = DiffTree.Of(diff, metric, byBacking: random.Next(2) == 0, limit, keep: null);
                AssertCloses(diff, all, limit);
                Assert.Equal((diff.BaseTotal, diff.CurrentTotal, diff.Rows.Count), (all.Base, all.Current, all.Kept));
                var some = DiffTree.Of(diff, metric, byBacking: true, limit, keep: row => diff.Rows[row].State != DiffState.Unchanged);
                AssertCloses(diff, some, limit);
            }
        }
    }

    [Fact]
    public void The_biggest_changes_are_listed_first_and_what_did_not_change_last()
    {
        var diff = SnapshotDiffer.Compare(CaseTracks.Of("ucx-leak"), 55, 78);
        var tree = DiffTree.Of(diff, DiffMetric.Rss, byBacking: false, limit: int.MaxValue, keep: null);
        var changes = tree.Listed.Select(i => (Unchanged: diff.Rows[i].State == DiffState.Unchanged, Change: Math.Abs(diff.Rows[i].Delta.RssBytes))).ToList();

        Assert.Equal(changes.OrderBy(c => c.Unchanged).ThenByDescending(c => c.Change), changes);
        Assert.Equal(diff.Rows.Count, changes.Count);
    }

    private static SpaceDiff Compare(VmaTable before, VmaTable after) => SpaceDiffer.Compare(new(before, Categorizer.Classify(before)), new(after, Categorizer.Classify(after)));

    private static void AssertCloses(SpaceDiff diff, VmaTable before, VmaTable after)
    {
        Assert.Equal((before.SumBytes(Metric.Rss) ?? 0, after.SumBytes(Metric.Rss) ?? 0), (diff.BaseTotal.RssBytes, diff.CurrentTotal.RssBytes));
        Assert.Equal((before.SumBytes(Metric.Pss) ?? 0, after.SumBytes(Metric.Pss) ?? 0), (diff.BaseTotal.PssBytes, diff.CurrentTotal.PssBytes));
        Assert.Equal((before.Count, after.Count), (diff.BaseTotal.Mappings, diff.CurrentTotal.Mappings));
        Assert.Equal(diff.CurrentTotal - diff.BaseTotal, diff.Rows.Aggregate(default(DiffSizes), (sum, r) => sum + r.Delta));
        Assert.All(diff.Rows, r => Assert.True(r.Base.Mappings + r.Current.Mappings > 0));
    }

    private static void AssertCloses(DiffAnswer diff, DiffTree tree, int limit)
    {
        Assert.True(tree.Listed.Count <= limit);
        var shown = new List<int>();
        foreach (var group in tree.Groups) AssertCloses(diff, group, shown);
        Assert.Equal(tree.Listed.Order(), shown.Order());
        Assert.Equal((tree.Base, tree.Current), (Sum(tree.Groups.Select(g => g.Base)), Sum(tree.Groups.Select(g => g.Current))));
        Assert.Equal(tree.Kept, tree.Groups.Sum(g => g.Count));
    }

    private static void AssertCloses(DiffAnswer diff, DiffGroup group, List<int> shown)
    {
        shown.AddRange(group.Rows);
        Assert.Equal(group.Base, Sum(group.Rows.Select(r => diff.Rows[r].Base).Concat(group.Groups.Select(g => g.Base)).Append(group.Rest.Base)));
        Assert.Equal(group.Current, Sum(group.Rows.Select(r => diff.Rows[r].Current).Concat(group.Groups.Select(g => g.Current)).Append(group.Rest.Current)));
        Assert.Equal(group.Count, group.Rows.Count + group.Groups.Sum(g => g.Count) + group.Rest.Rows);
        foreach (var part in group.Groups) AssertCloses(diff, part, shown);
    }

    private static DiffSizes Sum(IEnumerable<DiffSizes> sizes) => sizes.Aggregate(default(DiffSizes), (sum, s) => sum + s);

    private static VmaTable Shifted(VmaTable vmas, ulong by)
    {
        var columns = vmas.Columns;
        var count = vmas.Count;
        ulong[] Move(ulong[] addresses) => [.. addresses.Take(count).Select(a => a > 0x8000_0000_0000_0000 ? a : a + by)];
        return VmaTable.FromColumns(new(Move(columns.Starts), Move(columns.Ends), columns.Permissions[..count], columns.Offsets[..count], columns.Devices[..count], columns.Inodes[..count], columns.Names[..count],
            columns.Flags?[..count], columns.Metrics));
    }
}
