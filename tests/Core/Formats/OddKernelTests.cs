using System.Text;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>
/// maps and smaps as other kernels, and other ways of copying them, print them. The copies are made of a real process's text; the lines of old and 32-bit kernels and of Android are from the kernel's own
/// documentation and AOSP, for no such machine was at hand.
/// </summary>
public sealed class OddKernelTests
{
    private static readonly string Smaps = Encoding.Latin1.GetString(Fixtures.Unzipped("smaps", "odd-maps.smaps.txt.gz"));
    private static readonly string Maps = Encoding.Latin1.GetString(Fixtures.Bytes("smaps", "odd-maps.maps.txt"));
    private static readonly List<MappingFact> Facts = MappingFact.Of(Encoding.Latin1.GetBytes(Smaps));

    public static TheoryData<string, Func<string, string>> Copies => new()
    {
        { "as it is", text => text },
        { "one blank before the name", text => EachHeader(text, (five, name) => name.Length > 0 ? five + " " + name : five) },
        { "no blank behind the inode", text => EachHeader(text, (five, name) => name.Length > 0 ? five + "    " + name : five) },
        { "tabs", text => string.Concat(Lines(EachHeader(text, (five, name) => five.Replace(' ', '\t') + "\t" + name)).Select(l => (IsHeader(l) ? l : l.Replace(": ", ":\t", StringComparison.Ordinal)) + "\n")) },
        { "indented", text => string.Concat(Lines(text).Select(l => "    " + l + "\n")) },
        { "no last line end", text => text.TrimEnd('\n') },
        { "numbers without padding", text => string.Concat(Lines(text).Select(l => IsHeader(l) ? l + "\n" : string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)) + "\n")) },
        { "blank lines between mappings", text => string.Concat(Lines(text).Select(l => (IsHeader(l) ? "\n" : "") + l + "\n")) },
    };

    [Theory]
    [MemberData(nameof(Copies))]
    public void A_copy_of_smaps_says_the_same(string copy, Func<string, string> made)
    {
        var snapshot = Same(Encoding.Latin1.GetBytes(made(Smaps)), copy);
        Assert.Equal(Facts.Select(f => f.RssKiB ?? -1), snapshot.Vmas.Column(Metric.Rss).ToArray());
        Assert.Equal(Reading.Of(Encoding.Latin1.GetBytes(Smaps)).Parsed.Snapshots.Single().Vmas.FlagsColumn.ToArray(), snapshot.Vmas.FlagsColumn.ToArray());
    }

    [Theory]
    [MemberData(nameof(Copies))]
    public void A_copy_of_maps_says_the_same(string copy, Func<string, string> made) => Same(Encoding.Latin1.GetBytes(made(Maps)), copy);

    [Fact]
    public void Windows_line_ends_and_UTF_16_say_the_same()
    {
        // Names that are no UTF-8 do not survive another encoding.
        var text = string.Concat(Lines(Smaps).Select(l => new string([.. l.Select(c => c > '~' ? '?' : c)]) + "\n"));
        var expected = MappingFact.Of(Encoding.ASCII.GetBytes(text));
        foreach (var file in new byte[][]
        {
            Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n")),
            [0xef, 0xbb, 0xbf, .. Encoding.ASCII.GetBytes(text)],
            [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)],
            [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text.ReplaceLineEndings("\r\n"))],
        })
        {
            var snapshot = Reading.Of(file).Parsed.Snapshots.Single();
            Assert.Equal(expected.Select(f => f.Place + f.FullName), MappingFact.PlacesOf(snapshot).Zip(MappingFact.NamesOf(snapshot), (p, n) => p + n));
            Assert.Equal(expected.Sum(f => f.RssKiB) * 1024, snapshot.RssBytes);
        }
    }

    [Fact]
    public void Keys_in_the_order_of_old_kernels_or_in_none_say_the_same()
    {
        var random = new Random(7);
        var old = EachBody(Smaps, keys => [.. keys.Where(k => !IsPageSize(k) && !IsFlags(k)), .. keys.Where(IsPageSize), .. keys.Where(IsFlags)]);
        var shuffled = EachBody(Smaps, keys =>
        {
            var any = keys.ToArray();
            random.Shuffle(any);
            return any;
        });
        var few = EachBody(Smaps, keys => keys.Where(k => k.Split(':')[0] is "Size" or "Rss" or "Shared_Clean" or "Shared_Dirty" or "Private_Clean" or "Private_Dirty"));
        foreach (var text in new[] { old, shuffled, few })
        {
            var snapshot = Same(Encoding.Latin1.GetBytes(text), "keys");
            Assert.Equal(Facts.Select(f => f.RssKiB ?? -1), snapshot.Vmas.Column(Metric.Rss).ToArray());
            Assert.Equal(text != few, snapshot.Vmas.Has(Metric.Pss));
        }

        static bool IsPageSize(string key) => key.Contains("PageSize", StringComparison.Ordinal);
        static bool IsFlags(string key) => key.StartsWith("VmFlags", StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_of_32_bits_have_8_digits()
    {
        // Documentation/filesystems/proc.rst.
        const string text = """
            08048000-08049000 r-xp 00000000 03:00 8312       /opt/test
            08049000-0804a000 rw-p 00001000 03:00 8312       /opt/test
            0804a000-0806b000 rw-p 00000000 00:00 0          [heap]
            a7cb1000-a7cb2000 ---p 00000000 00:00 0
            a7cb2000-a7eb2000 rw-p 00000000 00:00 0
            a7eb3000-a7ed5000 rw-p 00000000 00:00 0          [stack:1001]
            aff35000-aff4a000 rw-p 00000000 00:00 0          [stack]
            ffffe000-fffff000 r-xp 00000000 00:00 0          [vdso]

            """;
        var vmas = Reading.Of(text).Snapshots.Single().Vmas;
        Assert.Equal(["/opt/test", "/opt/test", "[heap]", "", "", "[stack:1001]", "[stack]", "[vdso]"], vmas.NameColumn.ToArray());
        Assert.Equal((0x08048000UL, 0xfffff000UL, 0x200000UL), (vmas[0].Start, vmas[7].End, vmas[4].VirtualBytes));
        Assert.Equal((3U, 0U, 8312UL, 0x1000UL), (vmas[1].DeviceMajor, vmas[1].DeviceMinor, vmas[1].Inode, vmas[1].Offset));
    }

    [Fact]
    public void A_mapping_of_smaps_in_the_kernels_documentation_is_read()
    {
        // Documentation/filesystems/proc.rst of 3.x: page sizes behind Swap, no VmFlags.
        const string text = """
            08048000-080bc000 r-xp 00000000 03:02 13130      /bin/bash
            Size:               1084 kB
            Rss:                 892 kB
            Pss:                 374 kB
            Shared_Clean:        892 kB
            Shared_Dirty:          0 kB
            Private_Clean:         0 kB
            Private_Dirty:         0 kB
            Referenced:          892 kB
            Anonymous:             0 kB
            Swap:                  0 kB
            KernelPageSize:        4 kB
            MMUPageSize:           4 kB
            Locked:              374 kB

            """;
        var parsed = Reading.Of(text);
        var vma = parsed.Snapshots.Single().Vmas[0];
        Assert.Equal((892, 374, 4, 374, null, null), (vma[Metric.Rss], vma[Metric.Pss], vma[Metric.MmuPageSize], vma[Metric.Locked], vma[Metric.PssDirty], vma.Flags));
        // The documentation's own figures do not agree: 0x74000 bytes are 464 kB.
        Assert.Equal("SMAPS001", Assert.Single(parsed.Diagnostics).Id);
    }

    [Theory]
    [InlineData("[anon:scudo:primary]")]
    [InlineData("[anon: glibc: malloc arena]")]
    [InlineData("[anon_shmem:ring buffer]")]
    [InlineData("[anon:a/b c]")]
    [InlineData("anon_inode:[io_uring]")]
    [InlineData("/dev/zero (deleted)")]
    [InlineData("/memfd:doublemapper (deleted)")]
    [InlineData("[vectors]")]
    [InlineData("[uprobes]")]
    [InlineData("[stack:4711]")]
    public void Names_that_kernels_give_are_kept(string name)
    {
        var line = $"7f0000000000-7f0000002000 rw-s 00000000 00:01 7                          {name}\n";
        Assert.Equal(name, Reading.Of(line).Snapshots.Single().Vmas[0].Name);
        Assert.Equal(name, Reading.Of(line + "Size:                  8 kB\nRss:                   8 kB\n").Snapshots.Single().Vmas[0].Name);
    }

    [Fact]
    public void Androids_name_line_names_each_mapping_in_a_whole_file()
    {
        var text = string.Concat(Lines(Smaps).Select(l => IsHeader(l) && l.EndsWith(" 0 ", StringComparison.Ordinal) ? l + "\nName:           [anon:libc_malloc]\n" : l + "\n"));
        var names = MappingFact.NamesOf(Reading.Of(Encoding.Latin1.GetBytes(text)).Parsed.Snapshots.Single());
        Assert.Equal(Facts.Select(f => f.Name.Length > 0 ? f.FullName : "[anon:libc_malloc]"), names);
    }

    [Fact]
    public void The_page_of_vsyscall_is_at_the_top_and_no_overflow()
    {
        var vmas = Reading.Of(Encoding.Latin1.GetBytes(Smaps)).Parsed.Snapshots.Single().Vmas;
        Assert.Equal((0xffffffffff600000UL, 0xffffffffff601000UL, "[vsyscall]"), (vmas[vmas.Count - 1].Start, vmas[vmas.Count - 1].End, vmas[vmas.Count - 1].Name));
    }

    private static Snapshot Same(byte[] text, string copy)
    {
        var parsed = Reading.Of(text).Parsed;
        var snapshot = Assert.Single(parsed.Snapshots);
        Assert.Equal(Facts.Select(f => f.Place), MappingFact.PlacesOf(snapshot));
        Assert.Equal(Facts.Select(f => f.FullName), MappingFact.NamesOf(snapshot));
        Assert.True(parsed.Complaints().All(d => d.Id == "SMAPS003" && copy == "no last line end"), copy + ": " + string.Join(' ', parsed.Complaints()));
        return snapshot;
    }

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');

    private static bool IsHeader(string line) => line.Split(' ', '\t')[0].Contains('-', StringComparison.Ordinal) && char.IsAsciiHexDigitLower(line[0]);

    /// <summary>The text with each first line made anew of its five fields and its name.</summary>
    private static string EachHeader(string text, Func<string, string, string> made) => string.Concat(Lines(text).Select(l =>
    {
        if (!IsHeader(l)) return l + "\n";
        var words = l.Split(' ', 6);
        return made(string.Join(' ', words[..5]), words.Length > 5 ? words[5].TrimStart(' ') : "") + "\n";
    }));

    /// <summary>The text with the keys of each mapping in another order.</summary>
    private static string EachBody(string text, Func<IReadOnlyList<string>, IEnumerable<string>> made)
    {
        var result = new StringBuilder();
        var keys = new List<string>();
        foreach (var line in Lines(text).Append("0-1 end"))
        {
            if (!IsHeader(line))
            {
                keys.Add(line);
                continue;
            }
            result.AppendJoin("", made(keys).Select(k => k + "\n"));
            keys.Clear();
            if (line != "0-1 end") result.Append(line).Append('\n');
        }
        return result.ToString();
    }
}
