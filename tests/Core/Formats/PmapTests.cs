using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class PmapTests
{
    private const string Head = "77:   ./worker --flag: 1\n";
    private const string Extended = "Address           Kbytes     RSS   Dirty Mode  Mapping\n";
    private const string Rule = "---------------- ------- ------- ------- \n";

    [Theory]
    [InlineData("  [ anon ]", "")]
    [InlineData("  [ stack ]", "[stack]")]
    [InlineData("  [ pile ]", "[stack]")]
    [InlineData("  [ \u0430\u043d\u043e\u043d ]", "")]
    [InlineData("  [anon]", "")]
    [InlineData("  [heap]", "[heap]")]
    [InlineData("  [ heap ]", "[ heap ]")]
    [InlineData("[ anon ]", "[ anon ]")]
    [InlineData("[heap]", "[heap]")]
    [InlineData("with space.dat", "with space.dat")]
    [InlineData(" begins with a blank", " begins with a blank")]
    [InlineData("rw-p", "rw-p")]
    [InlineData("12 34", "12 34")]
    public void The_mapping_column_is_kept_but_for_the_words_of_pmap(string mapping, string name)
    {
        Assert.Equal(name, Only(Head + "00007f0000000000      4K rw--- " + mapping + "\n total                4K\n", SnapshotSource.Pmap).Name);
        Assert.Equal(name, Only(Head + Extended + "00007f0000000000       4       4       0 rw--- " + mapping + "\n" + Rule + "total kB               4       4       0\n", SnapshotSource.PmapExtended).Name);
    }

    [Fact]
    public void Shared_memory_of_System_V_has_its_id_as_inode_as_in_maps()
    {
        var vma = Only(Head + "00007f0000000000      4K rw-s-   [ shmid=0x338021 ]\n total                4K\n", SnapshotSource.Pmap);
        Assert.Equal((0x338021UL, true), (vma.Inode, vma.Permissions.HasFlag(VmaPermissions.Shared)));
    }

    [Theory]
    [InlineData("00400000    864K r-x--  /bin/bash\n00ad4000    376K rw---    [ anon ]\n", "/bin/bash", "")]
    [InlineData("00400000    864K r-x-- bash\n00ad4000    376K rw---   [ anon ]\n", "bash", "")]
    [InlineData("00400000    864K r-x--  bash\n00ad4000    376K rw---  /a\n", " bash", " /a")]
    public void Two_blanks_before_whole_paths_are_the_layout(string rows, string first, string second)
    {
        // procps 3.2; only the specification backs it.
        var vmas = Reading.Of(Head + rows + " total             1240K\n").Snapshots.Single().Vmas;
        Assert.Equal((first, second), (vmas[0].Name, vmas[1].Name));
    }

    [Theory]
    [InlineData(" total              864K", true)]
    [InlineData(" totalt              864 k", true)]
    [InlineData(" \u0437\u0430\u0433\u0430\u043b\u043e\u043c            864 \u041a", true)]
    [InlineData("mapped: 864K    writeable/private: 0K    shared: 0K", true)]
    [InlineData("00400000    864 a name that ends in 12K", false)]
    [InlineData("total 864 x", false)]
    [InlineData("K", false)]
    public void A_total_is_told_by_its_shape(string line, bool isTotal) => Assert.Equal(isTotal, MemScope.Core.Formats.Framing.LineShape.EndsInSize(System.Text.Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void The_command_line_is_kept()
    {
        var process = Reading.Of(Head + "00007f0000000000      4K rw--- x\n total                4K\n").Snapshots.Single().Process;
        Assert.Equal((77, "./worker --flag: 1"), (process.Pid, process.CommandLine));
    }

    [Fact]
    public void The_device_layout_gives_offset_and_device()
    {
        var vma = Only(Head + "Address           Kbytes Mode  Offset           Device    Mapping\n00007f0000000000     348 r---- 0000000000003000 0fe:00001 libc.so.6\nmapped: 348K    writeable/private: 0K    shared: 0K\n", SnapshotSource.Pmap);
        Assert.Equal((0x3000UL, 0xfeU, 1U, "libc.so.6"), (vma.Offset, vma.DeviceMajor, vma.DeviceMinor, vma.Name));
    }

    [Theory]
    [InlineData("Adresse           Ko         RSS   Sales Mode  Correspondance\n", "total Ko               4       4       0\n")]
    [InlineData("\u5730\u5740 Kbytes RSS Dirty Mode Mapping\n", "\u5408\u8a08 kB               4       4       0\n")]
    public void Translated_titles_and_totals_are_told_by_their_shape(string titles, string totals)
    {
        var vma = Only(Head + titles + "00007f0000000000       4       4       0 rw---   [ anon ]\n" + Rule + totals, SnapshotSource.PmapExtended);
        Assert.Equal((4, 4, 0), (vma[Metric.Size], vma[Metric.Rss], vma[Metric.Dirty]));
    }

    [Fact]
    public void The_columns_of_busybox_are_told_by_their_titles()
    {
        var vma = Only("77: ./worker\nAddress\t\t  Kbytes     PSS   Dirty    Swap  Mode  Mapping\n00007f0000000000       8       6       4       2 rw-p  [heap]\n----------------  ------  ------  ------  ------\ntotal\t\t       8       6       4       2\n", SnapshotSource.PmapExtended);
        Assert.Equal((6, 4, 2, null), (vma[Metric.Pss], vma[Metric.PrivateDirty], vma[Metric.Swap], vma[Metric.Rss]));
        Assert.Equal("[heap]", vma.Name);
    }

    [Fact]
    public void A_dash_in_the_columns_of_old_versions_is_an_absent_number()
    {
        var parsed = Reading.Of("77:   ./worker\nAddress   Kbytes     RSS    Anon  Locked Mode   Mapping\n08048000      92       -       -       - r-x--  bash\n-------- ------- ------- ------- -------\ntotal kB      92       -       -       -\n");
        var vma = parsed.Snapshots.Single().Vmas[0];
        Assert.Equal(("bash", 92, null), (vma.Name, vma[Metric.Size], vma[Metric.Rss]));
    }

    [Fact]
    public void Without_titles_the_dashes_tell_old_versions_from_busybox()
    {
        var old = Only("77:   ./worker\n08048000      92       -       -       - r-x--  /bin/bash\n08060000       8       -       -       - rw---    [ stack ]\n", 2, "PMAP008");
        Assert.Equal((92L, null, null), (old[0][Metric.Size], old[0][Metric.Rss], old[0][Metric.PrivateDirty]));
        Assert.Equal(("/bin/bash", "[stack]"), (old[0].Name, old[1].Name));
    }

    [Fact]
    public void Flags_end_where_their_title_ends_even_before_a_name_like_a_flag()
    {
        const string titles = "     Address Perm   Offset Device Inode Size Rss  VmFlags Mapping\n";
        const string first = "7f0000000000 rw-p 00000000  00:00     0    4   4 rd wr mr rd wr\n";
        const string second = "7f0000002000 rw-p 00000000  00:00     0    4   4       ?? \n";
        const string end = "                                        ==== === \n                                           8   8 KB \n";
        var vmas = Reading.Of(Head + titles + first + second + end).Snapshots.Single().Vmas;
        Assert.Equal([("rd wr mr", "rd wr"), ("??", "")], Enumerable.Range(0, 2).Select(i => (vmas[i].Flags!, vmas[i].Name)));
    }

    [Fact]
    public void A_column_that_is_not_known_is_skipped_and_reported()
    {
        var parsed = Reading.Of(Head + "     Address Perm   Offset Device Inode Size Rss Novel Mapping\n7f0000000000 rw-p 00000000  00:00     0    4   4     9 x y\n");
        Assert.Equal((4, "x y"), (parsed.Snapshots.Single().Vmas[0][Metric.Rss], parsed.Snapshots[0].Vmas[0].Name));
        Assert.Contains(parsed.Diagnostics, d => d.Id == "PMAP003" && d.Text.Contains("Novel", StringComparison.Ordinal));
    }

    [Fact]
    public void A_process_without_mappings_between_others_is_reported()
    {
        var one = Head + "00007f0000000000      4K rw--- x\n total                4K\n";
        var parsed = Reading.Of("2:   [kthreadd]\n" + one + "3:   \n");
        Assert.Equal(77, Assert.Single(parsed.Snapshots).Process.Pid);
        Assert.Equal([1, 5], parsed.Diagnostics.Where(d => d.Id == "PMAP005").Select(d => d.Line));
    }

    [Fact]
    public void Rows_that_were_sorted_by_size_are_put_in_the_order_of_addresses()
    {
        var parsed = Reading.Of(Head + Extended + "00007f0000004000       8       8       0 rw--- b\n00007f0000000000       4       4       0 rw--- a\n" + Rule + "total kB              12      12       0\n");
        var vmas = parsed.Snapshots.Single().Vmas;
        Assert.Equal(["a", "b"], Enumerable.Range(0, 2).Select(i => vmas[i].Name));
        Assert.Empty(parsed.Diagnostics);
    }

    [Fact]
    public void Rows_that_do_not_make_the_total_are_reported()
    {
        var parsed = Reading.Of(Head + Extended + "00007f0000000000       4       4       0 rw--- a\n" + Rule + "total kB              12      12       0\n");
        Assert.Equal(("PMAP002", Severity.Warning), parsed.Diagnostics.Select(d => (d.Id, d.Severity)).Single());
    }

    [Fact]
    public void An_output_without_its_total_may_be_cut_off() =>
        Assert.Equal("PMAP008", Reading.Of(Head + Extended + "00007f0000000000       4       4       0 rw--- a\n").Diagnostics.Single().Id);

    [Fact]
    public void A_row_that_is_not_understood_is_reported_by_line()
    {
        var parsed = Reading.Of(Head + Extended + "00007f0000000000       4       4       0 rw--- a\n00007f0000001000       4       x       0 rw--- b\n" + Rule + "total kB               4       4       0\n");
        Assert.Equal(1, parsed.Snapshots.Single().Vmas.Count);
        Assert.Equal(("PMAP001", 4), parsed.Diagnostics.Select(d => (d.Id, d.Line)).Single());
    }

    [Fact]
    public void A_size_at_the_top_of_the_address_space_does_not_wrap()
    {
        var vma = Only(Head + "fffffffffffff000      8K r---- x\n total                8K\n", SnapshotSource.Pmap);
        Assert.Equal(ulong.MaxValue, vma.End);
    }

    private static VmaTable Only(string text, int count, string diagnostic)
    {
        var parsed = Reading.Of(text);
        Assert.Equal(diagnostic, Assert.Single(parsed.Diagnostics).Id);
        Assert.Equal(count, Assert.Single(parsed.Snapshots).Vmas.Count);
        return parsed.Snapshots[0].Vmas;
    }

    private static Vma Only(string text, SnapshotSource source)
    {
        var parsed = Reading.Of(text);
        Assert.Equal("pmap", parsed.Format);
        var snapshot = Assert.Single(parsed.Snapshots);
        Assert.Equal((source, 1), (snapshot.Source, snapshot.Vmas.Count));
        Assert.Empty(parsed.Complaints());
        return snapshot.Vmas[0];
    }
}
