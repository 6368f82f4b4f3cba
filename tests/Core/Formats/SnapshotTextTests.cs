using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Text that is made again of mappings.</summary>
public sealed class SnapshotTextTests
{
    /// <summary>Made without the column of sizes, which is refused.</summary>
    private static readonly string[] WithoutSizes = ["pmap-fields-q.txt.gz", "pmap-C-rss.txt.gz"];

    /// <summary>Every file of the fixtures that holds mappings.</summary>
    public static TheoryData<string> Captures =>
    [
        .. Fixtures.Cases.Append("odd-maps").SelectMany(c => Directory.EnumerateFiles(Fixtures.PathOf("cases", c)))
            .Concat(new[] { "smaps", "pmap", "pmap/odd-names", "mixed" }.SelectMany(f => Directory.EnumerateFiles(Fixtures.PathOf(f.Split('/')))))
            .Where(f => Path.GetFileName(f) is var name && (name.Contains("maps", StringComparison.Ordinal) || f.Contains("/pmap/", StringComparison.Ordinal) || f.Contains("/mixed/", StringComparison.Ordinal))
                && !name.Contains("rollup", StringComparison.Ordinal) && !name.EndsWith(".dump.txt", StringComparison.Ordinal) && Path.GetExtension(name) is ".gz" or ".txt" && !WithoutSizes.Contains(name))
            .Select(f => Path.GetRelativePath(Fixtures.PathOf(), f)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Captures))]
    public void Every_snapshot_is_printed_again_number_for_number(string file)
    {
        var snapshots = Snapshots(file);
        Assert.NotEmpty(snapshots);
        Assert.All(snapshots, s => Assert.Null(SnapshotText.FirstLoss(s.Source, s.Vmas)));
    }

    [Theory]
    [InlineData("smaps.tar.gz")]
    [InlineData("maps.tar.gz")]
    public void What_the_kernel_printed_comes_back_byte_for_byte(string archive)
    {
        foreach (var name in Fixtures.Cases)
        {
            var texts = Fixtures.Members("cases", name, archive).Select(m => m.Text).ToList();
            var again = Reading.OfCase(name, archive).Parsed.Snapshots.Select(s => SnapshotText.Of(s.Source, s.Vmas).ToArray()).ToList();
            Assert.Equal(texts.Count, again.Count);
            for (var i = 0; i < texts.Count; i++) Assert.Equal(Encoding.Latin1.GetString(texts[i]), Encoding.Latin1.GetString(again[i]));
        }
    }

    [Fact]
    public void Odd_names_of_the_kernel_come_back_byte_for_byte()
    {
        var text = Fixtures.Unzipped("smaps", "odd-maps.smaps.txt.gz");
        var snapshot = Assert.Single(Reading.Of(text).Parsed.Snapshots);
        Assert.Equal(Encoding.Latin1.GetString(text), Encoding.Latin1.GetString(SnapshotText.Of(snapshot.Source, snapshot.Vmas).Span));
    }

    [Theory]
    [InlineData("""
        00400000-00401000 r-xp 00000000 fe:00 12                                 /bin/old
        Size:                  4 kB
        Rss:                   4 kB
        Pss:                   2 kB
        Shared_Clean:          4 kB
        Shared_Dirty:          0 kB
        Private_Clean:         0 kB
        Private_Dirty:         0 kB
        Referenced:            4 kB
        Anonymous:             0 kB
        AnonHugePages:         0 kB
        Swap:                  0 kB
        KernelPageSize:        4 kB
        MMUPageSize:           4 kB
        Locked:                0 kB
        VmFlags: rd ex mr mw me dw 

        """)] // 3.10
    [InlineData("""
        00400000-00401000 r-xp 00000000 fe:00 12                                 /bin/new
        Size:                  4 kB
        KernelPageSize:        4 kB
        MMUPageSize:           4 kB
        Rss:                   4 kB
        Private_Hugetlb:       0 kB
        THPeligible:    0
        ProtectionKey:         0
        VmFlags: rd ex 

        """)] // 5.4
    [InlineData("00400000-00401000 r-xp 00000000 fe:00 12                                 /bin/maps\nffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n")]
    [InlineData("7fc51ba69000-7fc51ba6b000 rw-p 00000000 00:00 0 \n7fc51ba6b000-7fc51ba6c000 rw-p 00000000 00:00 0                          [anon:a b]\n")]
    public void Each_kernel_has_its_own_order_and_columns(string text)
    {
        text = text.ReplaceLineEndings("\n");
        var snapshot = Assert.Single(Reading.Of(text).Snapshots);
        Assert.Equal(text, Encoding.UTF8.GetString(SnapshotText.Of(snapshot.Source, snapshot.Vmas).Span));
    }

    [Theory]
    [InlineData("/tmp/caf\u00e9")]
    [InlineData("/tmp/\\xff")]
    [InlineData("/tmp/\\x41")]
    [InlineData("/tmp/\\x")]
    [InlineData("/tmp/\\xc3\\xa9")]
    [InlineData("/tmp/a\\012b")]
    public void A_name_reads_back_as_it_was_read(string name) => Assert.Equal(name, NameTable.Decode(NameTable.Encode(name)));

    [Fact]
    public void A_byte_that_is_no_text_comes_back_as_that_byte()
    {
        byte[] name = [.. "/tmp/"u8, 0xff, 0xfe, .. "x"u8];
        Assert.Equal(name, NameTable.Encode(NameTable.Decode(name)));
    }

    [Fact]
    public void A_loss_is_named()
    {
        var builder = new VmaTable.Builder();
        builder.Add(0x2000, 0x9000, VmaPermissions.Read, 0, 0, 0, 0, "");
        builder.Add(0x3000, 0x4000, VmaPermissions.Read, 0, 0, 0, 0, "");
        builder.Add(0x2000, 0x9000, VmaPermissions.Read, 0, 0, 0, 0, "");
        Assert.NotNull(SnapshotText.FirstLoss(SnapshotSource.Maps, builder.Build()));
    }

    private static IReadOnlyList<Snapshot> Snapshots(string file) =>
        CaptureReader.Parse(File.OpenRead(Fixtures.PathOf(file.Split('/'))), file, null, Limits.Default).Snapshots;
}
