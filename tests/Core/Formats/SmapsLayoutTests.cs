using System.Globalization;
using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Mappings that are read whole at a time give the same model and the same report as line by line.</summary>
public sealed class SmapsLayoutTests
{
    /// <summary>Below this limit every line is read by itself; a line of just this length is in none of the texts.</summary>
    private const int LineByLine = 4095;

    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("MEMSCOPE_FUZZ_ROUNDS"), CultureInfo.InvariantCulture, out var n) ? n : 2000;

    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_whole_case_behind_one_another_reads_the_same(string name) =>
        AssertSame([.. Fixtures.Members("cases", name, "smaps.tar.gz").SelectMany((m, i) => i % 3 == 0 ? [.. Encoding.ASCII.GetBytes($"{1795188619 + i}\n"), .. m.Text] : m.Text)]);

    [Fact]
    public void Odd_mappings_read_the_same()
    {
        var text = Fixtures.Unzipped("smaps", "odd-maps.smaps.txt.gz");
        AssertSame(text);
        AssertSame(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(text).ReplaceLineEndings("\r\n")));
    }

    [Theory]
    [InlineData("THPeligible:           0\n", "THPeligible:    1\n")]
    [InlineData("THPeligible:           0\n", "THPeligible:           0\nProtectionKey:         3\n")]
    [InlineData("Rss:  ", "Rss:\t ")]
    [InlineData("KSM:  ", "Vendor:  ")]
    [InlineData("Locked:                0 kB\n", "Locked:                0 kB\nVendor_Swap_Key:      12 kB\n")]
    [InlineData("Swap:                  0 kB\n", "Swap:                  0 kB\nSwap:                  4 kB\n")]
    [InlineData("Size:           ", "Size:       1234")]
    [InlineData("Private_Hugetlb:       0 kB", "Private_Hugetlb:12345678 kB")]
    [InlineData("Pss_Dirty:             0 kB", "Pss_Dirty:      00000123 kB")]
    [InlineData("Pss_Dirty:             0 kB", "Pss_Dirty:      0      3 kB")]
    [InlineData("Pss_Dirty:             0 kB", "Pss_Dirty:             : kB")]
    [InlineData("Pss_Dirty:             0 kB", "Pss_Dirty:             0 MB")]
    [InlineData("Pss_Dirty:             0 kB", "Pss_Dirty:               kB")]
    [InlineData("VmFlags:", "Name:           [anon:libc_malloc]\nVmFlags:")]
    [InlineData("VmFlags: rd", "VmFlags:\trd")]
    [InlineData("VmFlags: rd mr mw me \n", "")]
    public void Lines_of_other_kernels_read_the_same_in_all_mappings_or_in_one(string printed, string other)
    {
        var text = Encoding.Latin1.GetString(Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").First().Text);
        Assert.Contains(printed, text, StringComparison.Ordinal);
        AssertSame(Encoding.Latin1.GetBytes(text.Replace(printed, other, StringComparison.Ordinal)));
        for (var at = text.IndexOf(printed, StringComparison.Ordinal); at >= 0; at = text.IndexOf(printed, at + 4000, StringComparison.Ordinal))
        {
            AssertSame(Encoding.Latin1.GetBytes(text[..at] + other + text[(at + printed.Length)..]));
            if (at + 4000 >= text.Length) break;
        }
    }

    [Theory]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 0")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 18446744073709551615 /a")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 18446744073709551616 /a")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 1234567890123456789\t /a  b ")]
    [InlineData("7f0000000000-7f0000001000 r-xs 0000abcd fe:1f 12x /a")]
    [InlineData("7f0000000000-7f000000100` rw-p 00000000 00:00 0 ")]
    [InlineData("7f0000000000-7f000000100A rw-p 00000000 00:00 0 ")]
    [InlineData("7f0000000000-7f000000100g rw-p 00000000 00:00 0 ")]
    [InlineData("7f0000000000-7f000000100: rw-p 00000000 00:00 0 ")]
    [InlineData("7f0000000000-7f0000001000 wr-p 00000000 00:00 0 ")]
    [InlineData("7f0000000000-7f0000001000 ---- 00000000 00:00 0 ")]
    [InlineData("7f0000000000-7f0000001000 rw-p 100000000 00:00 0 ")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 103:01 7 /nvme")]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 00:00 0                  [rollup]")]
    [InlineData("7f0000000000 7f0000001000 rw-p 00000000 00:00 0 ")]
    [InlineData("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]")]
    public void First_lines_of_any_shape_read_the_same(string line)
    {
        const string keys = "Size:                  4 kB\nRss:                   4 kB\nTHPeligible:           0\nVmFlags: rd wr \n";
        var text = string.Concat(Enumerable.Range(0, 4).Select(i => string.Create(CultureInfo.InvariantCulture, $"{0x600000000000 + (i * 0x10000):x}-{0x600000001000 + (i * 0x10000):x} rw-p 00000000 00:00 0 \n") + keys));
        AssertSame(Encoding.Latin1.GetBytes(text + line + "\n" + keys + text));
    }

    [Fact]
    public void Damaged_texts_read_the_same()
    {
        var sample = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").First().Text[..20_000];
        var mutator = new Mutator(seed: 3);
        for (var round = 0; round < Rounds; round++) AssertSame(mutator.Mutate(sample));
        for (var length = 0; length < sample.Length; length += 7) AssertSame(sample[..length]);
    }

    [Fact]
    public void Numbers_of_one_digit_changed_read_the_same()
    {
        var sample = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").First().Text[..6_000];
        var random = new Random(7);
        for (var round = 0; round < Rounds; round++)
        {
            var text = sample.ToArray();
            for (var n = 0; n < 20; n++)
            {
                ref var b = ref text[random.Next(text.Length)];
                if (b is (byte)' ' or (>= (byte)'0' and <= (byte)'9')) b = " 0123456789:/"u8[random.Next(13)];
            }
            AssertSame(text);
        }
    }

    [Fact]
    public void A_snapshot_over_a_limit_is_refused_at_the_same_line()
    {
        var text = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").First().Text;
        var lines = text.AsSpan().Count((byte)'\n');
        foreach (var limit in new[] { 1, 24, 25, 26, 27, 49, 50, 51, 1000, lines - 1 })
            Assert.Equal(limit + 1, Reading.Refused(text, limits: new Limits { SnapshotLines = limit }).Actual);
        Assert.Single(Reading.Of(text, limits: new Limits { SnapshotLines = lines, SnapshotBytes = text.Length }).Parsed.Snapshots);
        foreach (var limit in new[] { 100, 5_000, text.Length - 1 })
        {
            var ends = Enumerable.Range(0, text.Length).Where(i => text[i] == '\n').First(i => i + 1 > limit);
            Assert.Equal(ends + 1, Reading.Refused(text, limits: new Limits { SnapshotBytes = limit }).Actual);
        }
    }

    [Fact]
    public void Keys_that_no_column_is_for_are_summed_over_the_mappings_that_count()
    {
        var text = Encoding.Latin1.GetString(Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").First().Text).Replace("KSM:  ", "Vendor:", StringComparison.Ordinal).Replace("KSM:", "Vendor:", StringComparison.Ordinal)
            .Replace("THPeligible:", "Vendors:    ", StringComparison.Ordinal);
        const string mapping = "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \nRss:                   4 kB\nVendor:               12 kB\nVendors:               1\n";
        var grown = mapping.Replace("7f0000001000", "7f0000002000", StringComparison.Ordinal);
        var figures = Reading.Of(mapping + grown + mapping.Replace("7f00000", "7f00001", StringComparison.Ordinal)).Figures.Single();
        Assert.Equal(("smaps-other", 24 * 1024, 2), (figures.Kind, figures.Bytes["Vendor"], figures.Counts["Vendors"]));
        Assert.Equal(["Vendor"], Reading.Of(text).Figures.Single().Bytes.Keys);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_text()
    {
        // Windows of 256 KiB end at any place of a mapping.
        var sample = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").First().Text;
        byte[] text = [.. Enumerable.Repeat(sample, 400).SelectMany(s => s)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var parsed = CaptureReader.Read(new MemoryStream(text), null, null, Limits.Default).Parsed;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(400, parsed.Snapshots.Count);
        Assert.Single(parsed.Snapshots.Select(s => s.RssBytes).Distinct());
        Assert.InRange(allocated, 0, text.Length / 2);
    }

    private static void AssertSame(byte[] text)
    {
        var (fast, slow) = (Dump(text, LineByLine + 1), Dump(text, LineByLine));
        if (fast != slow) Assert.Equal(slow, fast);

        static string Dump(byte[] text, int lineBytes)
        {
            var dump = new StringWriter();
            ModelDump.Write(InputFormats.Find("smaps")!.Parse(text, new ParseOptions(Limits.Default with { LineBytes = lineBytes })), dump);
            return dump.ToString().Replace("the limit is 4096", "the limit is 4095", StringComparison.Ordinal);
        }
    }
}
