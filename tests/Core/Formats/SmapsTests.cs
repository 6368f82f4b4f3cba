using System.Text;
using MemScope.Core;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class SmapsTests
{
    private const string Header = "7f0000000000-7f0000002000 rw-p 00001000 fe:01 42                         /opt/app/lib.so\n";
    private const string Keys = "Size: 8 kB\nRss: 8 kB\nPss: 6 kB\nShared_Clean: 0 kB\nShared_Dirty: 4 kB\nPrivate_Clean: 0 kB\nPrivate_Dirty: 4 kB\nAnonymous: 4 kB\nVmFlags: rd wr mr \n";

    [Fact]
    public void A_mapping_has_every_column_of_its_line()
    {
        var vma = Only(Header + Keys);
        Assert.Equal("7f0000000000-7f0000002000", vma.Range.ToString());
        Assert.Equal((VmaPermissions.Read | VmaPermissions.Write, 0x1000UL, 0xfeU, 1U, 42UL), (vma.Permissions, vma.Offset, vma.DeviceMajor, vma.DeviceMinor, vma.Inode));
        Assert.Equal(("/opt/app/lib.so", "rd wr mr"), (vma.Name, vma.Flags));
        Assert.Equal((8, 6, 4, null), (vma[Metric.Rss], vma[Metric.Pss], vma[Metric.PrivateDirty], vma[Metric.Swap]));
    }

    [Theory]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ", "")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 0", "")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 fe:00 7 /one blank", "/one blank")]
    [InlineData("7f0000000000-7f0000001000\trw-p\t00000000\tfe:00\t7\t/tabs", "/tabs")]
    [InlineData("  7f0000000000-7f0000001000 rw-p 00000000 fe:00 7   /indented", "/indented")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 fe:00 7   /ends in blanks  ", "/ends in blanks  ")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 fe:00 7   /a\\012b (deleted)", "/a\\012b (deleted)")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 fe:00 7   /Rss:  4 kB", "/Rss:  4 kB")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 0   [anon:Go: heap]", "[anon:Go: heap]")]
    [InlineData("08048000-08049000 rw-p 00000000 103:1ff 18446744073709551615   /old", "/old")]
    public void The_name_is_kept_verbatim(string line, string name) => Assert.Equal(name, Only(line + "\n").Name);

    [Fact]
    public void Bytes_that_are_no_text_are_shown_as_numbers()
    {
        var parsed = Reading.Of([.. "7f0000000000-7f0000001000 rw-p 00000000 fe:00 7   /a"u8, 0xff, 0, 0xc3, .. "/\u00e9\u202e\n"u8]).Parsed;
        Assert.Equal("/a\\xff\\x00\\xc3/\u00e9\u202e", parsed.Snapshots.Single().Vmas[0].Name);
    }

    [Theory]
    [InlineData("7f0000000000 7f0000001000 rw-p 00000000 00:00 0")]
    [InlineData("7f0000000000-7f0000001000 rwzp 00000000 00:00 0")]
    [InlineData("7f0000000000-7f0000001000 rw- 00000000 00:00 0")]
    [InlineData("7f0000000000-7f0000001000 rw-p 0000000g 00:00 0")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 0000 0")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 x")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 99999999999999999999")]
    [InlineData("17f00000000000000-7f0000001000 rw-p 00000000 00:00 0")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 0x")]
    [InlineData("-7f0000001000 rw-p 00000000 00:00 0")]
    [InlineData("7f0000000000-7f0000001000")]
    public void A_line_that_is_not_quite_a_mapping_is_reported(string line)
    {
        var parsed = Reading.Of(Header + Keys + line + "\n");
        Assert.Equal(1, parsed.Snapshots.Single().Vmas.Count);
        Assert.Equal(("FRAME001", 11), (parsed.Diagnostics.Single().Id, parsed.Diagnostics.Single().Line));
    }

    [Fact]
    public void The_last_page_of_the_address_space_is_a_mapping()
    {
        var vma = Only("fffffffffffff000-ffffffffffffffff --xp 00000000 00:00 0                  [vsyscall]\n");
        Assert.Equal((0xfffffffffffff000, ulong.MaxValue), (vma.Start, vma.End));
    }

    [Fact]
    public void Keys_are_matched_by_name_in_any_order()
    {
        var lines = Keys.TrimEnd('\n').Split('\n');
        var random = new Random(5);
        for (var round = 0; round < 50; round++)
        {
            var second = Header.Replace("7f000000", "7f000001", StringComparison.Ordinal);
            random.Shuffle(lines);
            var shuffled = string.Join('\n', lines) + "\n";
            random.Shuffle(lines);
            var vmas = Reading.Of(Header + shuffled + second + string.Join('\n', lines) + "\n").Snapshots.Single().Vmas;
            Assert.All(Enumerable.Range(0, 2), i => Assert.Equal((8, 6, 4, 4, 0, "rd wr mr"),
                (vmas[i][Metric.Rss], vmas[i][Metric.Pss], vmas[i][Metric.SharedDirty], vmas[i][Metric.PrivateDirty], vmas[i][Metric.PrivateClean], vmas[i].Flags)));
        }
    }

    [Fact]
    public void Tabs_for_blanks_change_nothing()
    {
        var vma = Only((Header + Keys).Replace(": ", ":\t", StringComparison.Ordinal));
        Assert.Equal((8, 6, "rd wr mr"), (vma[Metric.Rss], vma[Metric.Pss], vma.Flags));
    }

    [Fact]
    public void A_key_that_is_not_known_is_reported_and_the_rest_kept()
    {
        var parsed = Reading.Of(Header + Keys.Replace("Pss:", "Vendor_Thing: 12 kB\nPss:", StringComparison.Ordinal));
        Assert.Equal(6, parsed.Snapshots.Single().Vmas[0][Metric.Pss]);
        Assert.Equal(("SMAPS006", Severity.Info, 4), parsed.Diagnostics.Select(d => (d.Id, d.Severity, d.Line)).Single());
    }

    [Theory]
    [InlineData("Rss: 8 kB", "Rss: 99999999999999999999 kB")]
    [InlineData("Rss: 8 kB", "Rss: -8 kB")]
    [InlineData("Rss: 8 kB", "Rss: 8 MB")]
    [InlineData("Rss: 8 kB", "Rss:")]
    [InlineData("Rss: 8 kB", "Rss: 281474976710656 kB")]
    public void A_number_that_cannot_be_is_absent_and_reported(string good, string bad)
    {
        var parsed = Reading.Of(Header + Keys.Replace(good, bad, StringComparison.Ordinal));
        Assert.Null(parsed.Snapshots.Single().Vmas[0][Metric.Rss]);
        Assert.Equal("SMAPS002", parsed.Diagnostics.Single().Id);
    }

    [Fact]
    public void A_key_that_stands_twice_counts_once()
    {
        var parsed = Reading.Of(Header + Keys.Replace("Pss:", "Rss: 4 kB\nPss:", StringComparison.Ordinal));
        Assert.Equal(8 * 1024, parsed.Snapshots.Single().RssBytes);
        Assert.Equal("SMAPS007", parsed.Diagnostics.Single().Id);
    }

    [Theory]
    [InlineData("Size: 8 kB", "Size: 12 kB")]
    [InlineData("Shared_Dirty: 4 kB", "Shared_Dirty: 0 kB")]
    [InlineData("Pss: 6 kB", "Pss: 12 kB")]
    [InlineData("Pss: 6 kB", "Pss: 2 kB")]
    [InlineData("Anonymous: 4 kB", "Anonymous: 12 kB")]
    public void Numbers_that_contradict_each_other_are_reported_and_kept(string good, string bad)
    {
        var parsed = Reading.Of(Header + Keys.Replace(good, bad, StringComparison.Ordinal));
        Assert.Equal(8, parsed.Snapshots.Single().Vmas[0][Metric.Rss]);
        Assert.Equal(("SMAPS001", Severity.Warning, 1), parsed.Diagnostics.Select(d => (d.Id, d.Severity, d.Line)).Single());
    }

    [Theory]
    [InlineData("7f0000001000-7f0000003000 rw-p 00000000 00:00 0 \n")]
    [InlineData("7f0000005000-7f0000004000 rw-p 00000000 00:00 0 \n")]
    public void Ranges_that_overlap_or_are_reversed_are_reported(string line)
    {
        var parsed = Reading.Of(Header + line);
        Assert.Equal(2, parsed.Snapshots.Single().Vmas.Count);
        Assert.Equal(("SMAPS005", 2), parsed.Diagnostics.Select(d => (d.Id, d.Line)).Single());
    }

    [Theory]
    [InlineData("7f0000000000-7f0000003000")]
    [InlineData("7effffff0000-7f0000003000")]
    public void A_mapping_that_grew_while_it_was_read_counts_once(string range)
    {
        var grown = Header.Replace("7f0000000000-7f0000002000", range, StringComparison.Ordinal) + Keys.Replace("Size: 8 kB\n", "", StringComparison.Ordinal);
        var parsed = Reading.Of(Header + Keys + grown);
        Assert.Equal((1, range), (parsed.Snapshots.Single().Vmas.Count, parsed.Snapshots[0].Vmas[0].Range.ToString()));
        Assert.Equal(8 * 1024, parsed.Snapshots.Single().RssBytes);
        Assert.Contains(parsed.Diagnostics, d => d is { Id: "SMAPS008", Severity: Severity.Warning, Line: 11 });
    }

    [Fact]
    public void A_last_mapping_that_is_cut_off_is_kept_and_reported()
    {
        var second = Header.Replace("7f000000", "7f000001", StringComparison.Ordinal);
        var parsed = Reading.Of(Header + Keys + second + "Size: 8 kB\nRss: 4 k");
        var vmas = parsed.Snapshots.Single().Vmas;
        Assert.Equal((2, null), (vmas.Count, vmas[1][Metric.Rss]));
        Assert.Contains(parsed.Diagnostics, d => d.Id == "SMAPS003");
    }

    [Fact]
    public void A_missing_last_line_end_alone_is_no_loss() => Assert.Empty(Reading.Of((Header + Keys).TrimEnd('\n')).Diagnostics);

    [Fact]
    public void A_maps_line_without_its_end_may_be_cut_off() => Assert.Equal("SMAPS003", Reading.Of(Header + "7f0000100000-7f0000101000 rw-p 00000000 fe:00 7  /opt/li").Diagnostics.Single().Id);

    [Fact]
    public void A_name_longer_than_the_limit_is_cut_and_reported()
    {
        var limit = Limits.Default.NameBytes;
        string Line(int length) => "7f0000000000-7f0000001000 rw-p 00000000 fe:00 7   /" + new string('x', length - 1) + "\n";
        Assert.Empty(Reading.Of(Line(limit)).Diagnostics);
        var parsed = Reading.Of(Line(limit + 1));
        Assert.Equal(limit, parsed.Snapshots.Single().Vmas[0].Name.Length);
        Assert.Equal("SMAPS004", parsed.Diagnostics.Single().Id);
    }

    [Fact]
    public void The_name_line_of_older_androids_names_the_mapping()
    {
        var text = "7f0000000000-7f0000002000 rw-p 00000000 00:00 0 \nName:           [anon:libc_malloc]\n" + Keys;
        Assert.Equal("[anon:libc_malloc]", Only(text).Name);
    }

    [Fact]
    public void The_same_name_is_one_string()
    {
        var vmas = Reading.Of(Header + Keys + Header.Replace("7f000000", "7f000001", StringComparison.Ordinal) + Keys).Snapshots.Single().Vmas;
        Assert.Same(vmas[0].Name, vmas[1].Name);
        Assert.Same(vmas[0].Flags, vmas[1].Flags);
    }

    [Fact]
    public void A_name_in_status_may_hold_anything()
    {
        var figures = Reading.Of("Name:\t a\\nb\\\\c \nPid:\t7\nVmRSS:\t  12 kB\nThreads:\t3\nCapEff:\t0000000000000011\n").Figures.Single();
        Assert.Equal((" a\nb\\c ", 7), (figures.Process.Comm, figures.Process.Pid));
        Assert.Equal((12 * 1024, 3), (figures.Bytes["VmRSS"], figures.Counts["Threads"]));
        Assert.DoesNotContain("CapEff", figures.Counts.Keys);
    }

    [Fact]
    public void A_report_of_a_broken_file_stays_short_and_counts_everything()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 1000; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{0x7f0000000000 + (i * 0x10000):x}-{0x7f0000001000 + (i * 0x10000):x} rw-p 00000000 00:00 0 \nRss: 8 kB\nPss: 9 kB\n");
        var diagnostics = Reading.Of(text.ToString()).Diagnostics;
        Assert.Equal(11, diagnostics.Count);
        Assert.Contains("990 more", diagnostics[^1].Text, StringComparison.Ordinal);
    }

    private static Vma Only(string text)
    {
        var parsed = Reading.Of(text);
        Assert.Equal(1, parsed.Snapshots.Single().Vmas.Count);
        Assert.Empty(parsed.Complaints());
        return parsed.Snapshots[0].Vmas[0];
    }
}
