using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Categories of captured and of small made address spaces.</summary>
public sealed class CategorizerTests
{
    [Fact]
    public void The_last_snapshot_of_the_founding_case_splits_as_the_picture_does()
    {
        var track = CaseTracks.Of("ucx-leak");
        var last = TrackSeries.ByCategory(track, Metric.Rss).ToDictionary(c => c.Key, c => (long)c.Value[track.IndexOfNumber(91)] / 1024);

        Assert.Equal(42_004, last[Category.Anonymous]);
        Assert.Equal(4_168, last[Category.Shared]);
        Assert.Equal(3_624, last[Category.FileText]);
        Assert.Equal(208, last[Category.FileData]);
        Assert.Equal(140, last[Category.Heap]);
        Assert.Equal(24, last[Category.ThreadStack] + last[Category.MainStack]);
        Assert.Equal(4, last[Category.Special]);
        Assert.Equal(50_172, last.Values.Sum());
    }

    [Fact]
    public void Glibc_arenas_and_thread_stacks_are_counted_as_the_program_made_them()
    {
        var track = CaseTracks.Of("glibc-fragmentation");
        var threads = CaseTracks.Truth("glibc-fragmentation").GetProperty("measured").GetProperty("Threads").GetProperty("last").GetInt32();
        var rows = track.CategoriesAt(track.Points.Count - 1).CountBy(a => a.Category).ToDictionary();

        Assert.Equal(threads - 1, rows[Category.ThreadStack]);
        Assert.Equal(threads - 1, rows[Category.Arena]);
        Assert.Equal(2 * (threads - 1), rows[Category.Reserved]);
    }

    [Theory]
    [InlineData("100-200 rw-p 4 [heap]", Category.Heap)]
    [InlineData("100-200 rw-p 4 [stack]", Category.MainStack)]
    [InlineData("100-200 rw-p 4 [stack:123]", Category.ThreadStack)]
    [InlineData("100-200 rw-p 4 [anon:stack_and_tls:77]", Category.ThreadStack)]
    [InlineData("100-200 rw-p 4 [anon: glibc: pthread stack: 77]", Category.ThreadStack)]
    [InlineData("100-200 rw-p 4 [anon: glibc: malloc arena]", Category.Arena)]
    [InlineData("100-200 rw-p 4 [anon:jemalloc_pg]", Category.Anonymous)]
    [InlineData("100-200 rwxp 4 [anon:v8]", Category.Jit)]
    [InlineData("100-200 r-xp 4 [vdso]", Category.Special)]
    [InlineData("100-200 r--p 0 [vvar_vclock]", Category.Special)]
    [InlineData("100-200 --xp 0 [vsyscall]", Category.Special)]
    [InlineData("100-200 rw-p 0 [newthing]", Category.Special)]
    [InlineData("100-200 rwxp 4", Category.Jit)]
    [InlineData("100-200 r-xs 4 /memfd:doublemapper (deleted)", Category.Jit)]
    [InlineData("100-200 rw-s 4 /memfd:buffer (deleted)", Category.Shared)]
    [InlineData("100-200 rw-s 4 /SYSV00000000 (deleted)", Category.Shared)]
    [InlineData("100-200 rw-s 4 /dev/shm/psm_1", Category.Shared)]
    [InlineData("100-200 rw-s 4 /dev/zero (deleted)", Category.Shared)]
    [InlineData("100-200 rw-p 4 /dev/zero", Category.Anonymous)]
    [InlineData("100-200 rw-s 4", Category.Shared)]
    [InlineData("100-200 rw-s 0 /dev/nvidiactl", Category.Device)]
    [InlineData("100-200 rw-s 0 /dev/nvidia0", Category.Device)]
    [InlineData("100-200 rw-s 0 /dev/dri/renderD128", Category.Device)]
    [InlineData("100-200 rw-s 0 /dev/infiniband/uverbs0", Category.Device)]
    [InlineData("100-200 rw-s 0 /dmabuf:heap", Category.Device)]
    [InlineData("100-200 rw-s 4 anon_inode:[io_uring]", Category.Device)]
    [InlineData("100-200 rw-p 0 /anon_hugepage (deleted)", Category.Huge)]
    [InlineData("100-200 ---p 0", Category.Reserved)]
    [InlineData("100-200 r--p 4 /usr/lib/locale/locale-archive", Category.FileData)]
    [InlineData("100-200 rw-s 4 /var/lib/db/data.mdb", Category.FileData)]
    [InlineData("100-200 rw-p 4", Category.Anonymous)]
    [InlineData("c0000-c8000 rw-p 4", Category.Anonymous)]
    public void One_line_tells(string line, Category expected)
    {
        var assignment = Assert.Single(Categorizer.Classify(Maps.Table(line)));

        Assert.Equal(expected, assignment.Category);
        Assert.NotEmpty(assignment.Reason);
    }

    [Fact]
    public void A_library_has_code_constants_relocated_data_data_and_bss()
    {
        AssertCategories("""
            100-110 r--p 64/0 /usr/lib/libx.so
            110-180 r-xp 64/4 /usr/lib/libx.so
            180-1a0 r--p 64/0 /usr/lib/libx.so
            1a0-1a4 r--p 16/16 /usr/lib/libx.so
            1a4-1a6 rw-p 8/8 /usr/lib/libx.so
            1a6-1b0 rw-p 20/20
            1b1-1b2 rw-p 4/4
            """, Category.FileText, Category.FileText, Category.FileText, Category.FileData, Category.FileData, Category.FileData, Category.Anonymous);
    }

    [Fact]
    public void Memory_too_large_for_bss_is_anonymous_although_it_touches_a_library()
    {
        AssertCategories("100-110 r-xp 4 /a.so\n110-112 rw-p 4 /a.so\n112-4000 rw-p 64", Category.FileText, Category.FileData, Category.Anonymous);
    }

    [Fact]
    public void An_arena_is_64_MiB_aligned_and_ends_in_a_reserve()
    {
        AssertCategories("4000-4021 rw-p 4\n4021-8000 ---p 0", Category.Arena, Category.Reserved);
        AssertCategories("4001-4021 rw-p 4\n4021-8000 ---p 0", Category.Anonymous, Category.Reserved);
        AssertCategories("4000-4021 rw-p 4\n4021-7000 ---p 0", Category.Anonymous, Category.Reserved);
        AssertCategories("c000000-c000400 rw-p 4\nc000400-c004000 ---p 0", Category.Anonymous, Category.Reserved);
    }

    [Fact]
    public void A_full_heap_below_an_arena_belongs_to_it()
    {
        AssertCategories("4000-9000 rw-p 4\n9000-c000 ---p 0", Category.Arena, Category.Reserved);
    }

    [Fact]
    public void A_stack_has_a_guard_below_and_a_usual_size()
    {
        AssertCategories("fff-1000 ---p 0\n1000-1800 rw-p 8", Category.Reserved, Category.ThreadStack);
        AssertCategories("ffd-1000 ---p 0\n1000-10fd rw-p 8", Category.Reserved, Category.ThreadStack);
        AssertCategories("fff-1000 ---p 0\n1000-1777 rw-p 8", Category.Reserved, Category.Anonymous);
        AssertCategories("1000-1800 rw-p 8\n1800-1801 ---p 0", Category.Anonymous, Category.Reserved);
    }

    [Fact]
    public void Without_names_the_heap_is_guessed_above_the_program()
    {
        var table = Maps.Table("100-101 r--p 4 app\n101-102 r-xp 4 app\n102-103 rw-p 4 app\n140-160 rw-p 99\n7000-7100 rw-p 4\n7200-7300 r-xp 4 libc.so.6", inodes: false);
        var assignments = Categorizer.Classify(table);

        Assert.Equal([Category.FileText, Category.FileText, Category.FileData, Category.Heap, Category.Anonymous, Category.FileText], assignments.Select(a => a.Category));
        Assert.Equal(Confidence.Guess, assignments[3].Confidence);
    }

    [Theory]
    [InlineData("pmap-x.log.gz")]
    [InlineData("pmap-X.log.gz")]
    public void Pmap_splits_a_process_as_smaps_does(string file)
    {
        foreach (var name in Fixtures.Cases)
        {
            var smaps = ByCategory(CaseTracks.LastOf(name));
            var pmap = ByCategory(Reading.OfCase(name, file).Parsed.Snapshots[^1].Vmas);
            Assert.Equal(smaps, pmap);
        }
    }

    [Fact]
    public void VmFlags_tell_huge_pages_and_device_memory()
    {
        var builder = new VmaTable.Builder();
        foreach (var flags in new[] { "rd wr mr mw me ht sd", "rd wr sh mr mw me ms pf io dc de dd sd", "rd wr mr mw me ac sd" })
        {
            builder.Add((ulong)builder.Count << 20, (ulong)(builder.Count + 1) << 20, VmaPermissions.Read | VmaPermissions.Write, 0, 0, 0, 0, "");
            builder.SetFlags(flags);
        }

        Assert.Equal([Category.Huge, Category.Device, Category.Anonymous], Categorizer.Classify(builder.Build()).Select(a => a.Category));
    }

    [Fact]
    public void Random_tables_always_get_a_category_with_a_reason()
    {
        var random = new Random(5);
        for (var n = 0; n < 500; n++)
        {
            var table = Maps.Table(RandomTables.Text(random));
            var assignments = Categorizer.Classify(table);

            Assert.Equal(table.Count, assignments.Length);
            Assert.All(assignments, a => Assert.NotEmpty(a.Reason));
            Assert.All(assignments.Zip(Enumerable.Range(0, table.Count)), p => Assert.True(p.First.Category != Category.Reserved || table[p.Second].Permissions == VmaPermissions.None));
        }
    }

    private static SortedDictionary<Category, long> ByCategory(VmaTable table)
    {
        var sums = new SortedDictionary<Category, long>();
        foreach (var (row, assignment) in Categorizer.Classify(table).Index()) sums[assignment.Category] = sums.GetValueOrDefault(assignment.Category) + (table[row][Metric.Rss] ?? 0);
        return sums;
    }

    private static void AssertCategories(string text, params Category[] expected) => Assert.Equal(expected, Categorizer.Classify(Maps.Table(text)).Select(a => a.Category));
}
