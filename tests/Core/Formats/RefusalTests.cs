using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;

namespace MemScope.Tests;

public sealed class RefusalTests
{
    private static readonly byte[] Maps = Fixtures.Bytes("smaps", "odd-maps.maps.txt");

    [Fact]
    public void An_empty_body_is_refused() => Assert.Equal(CaptureRefusal.Empty, Reading.Refused([]).Kind);

    [Fact]
    public void An_empty_gzip_is_refused() => Assert.Equal(CaptureRefusal.Empty, Reading.Refused(Packing.Gzip([])).Kind);

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var bytes = new byte[random.Next(1, 5000)];
            random.NextBytes(bytes);
            Assert.Contains(Reading.Refused(bytes).Kind, new[] { CaptureRefusal.Unsupported, CaptureRefusal.BadEncoding, CaptureRefusal.Unreadable });
        }
    }

    [Fact]
    public void Zeros_are_refused_as_binary() => Assert.Contains("binary data", Reading.Refused(new byte[5000]).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_text_is_quoted_and_what_is_accepted_is_named()
    {
        var refused = Reading.Refused("hello <b>world</b>\n"u8.ToArray());
        Assert.Equal((CaptureRefusal.Unsupported, "unknown-format"), (refused.Kind, refused.Code));
        Assert.Contains("hello <b>world</b>", refused.Message, StringComparison.Ordinal);
        Assert.All(InputFormats.All, f => Assert.Contains(f.Slug, refused.Message, StringComparison.Ordinal));
    }

    public static TheoryData<string, byte[], string> Known => new()
    {
        { "xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0], "xz -dc" },
        { "bzip2", "BZh91AY"u8.ToArray(), "bzip2 -dc" },
        { "lz4", [0x04, 0x22, 0x4d, 0x18, 0], "lz4 -dc" },
        { "perf-data", "PERFILE2........"u8.ToArray(), "perf script" },
        { "memray", "memray\0\x01"u8.ToArray(), "memray transform" },
        { "pickle", [0x80, 4, .. "\x95\x00ctracemalloc\nSnapshot"u8], "never read" },
        { "elf", [0x7f, .. "ELF"u8, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0], "/api/v1/symbols" },
        { "core-dump", [0x7f, .. "ELF"u8, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 62, 0], "core dump" },
        { "watch", "\u001b[?1049h\u001b[1;24rEvery 1.0s: pmap -x 1"u8.ToArray(), "loop" },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void A_known_file_that_is_not_read_is_refused_with_advice(string code, byte[] file, string advice)
    {
        foreach (var sent in new[] { file, Packing.Gzip(file) })
        {
            var refused = Reading.Refused(sent);
            Assert.Equal((CaptureRefusal.Unsupported, code), (refused.Kind, refused.Code));
            Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("cat: /proc/23005/smaps: Permission denied\n", "tool-message")]
    [InlineData("2:   [kthreadd]\n", "no-mappings")]
    [InlineData("23005:   sleep 300\n", "no-mappings")]
    public void A_file_with_only_a_message_says_what_to_do(string text, string code)
    {
        var refused = Reading.Refused(Encoding.ASCII.GetBytes(text));
        Assert.Equal((CaptureRefusal.Unreadable, code), (refused.Kind, refused.Code));
        Assert.Contains("root", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_override_that_does_not_exist_is_refused()
    {
        var refused = Assert.Throws<CaptureRefusedException>(() => CaptureReader.Read(new MemoryStream(Maps), null, "smurf", Limits.Default));
        Assert.Equal("unknown-format", refused.Code);
    }

    [Fact]
    public void As_many_lines_as_the_limit_pass_and_one_more_does_not()
    {
        var lines = Maps.AsSpan().Count((byte)'\n');
        Assert.Single(Reading.Of(Maps, limits: new Limits { SnapshotLines = lines }).Parsed.Snapshots);
        var refused = Reading.Refused(Maps, limits: new Limits { SnapshotLines = lines - 1 });
        Assert.Equal((CaptureRefusal.TooLarge, "snapshot-lines", lines - 1, lines), (refused.Kind, refused.Code, refused.Limit, refused.Actual));
    }

    [Fact]
    public void As_many_bytes_as_the_limit_pass_and_one_more_does_not()
    {
        foreach (var file in new[] { Maps, Packing.Gzip(Maps), Packing.Tar(("0001_1795188619.txt", Maps)) })
        {
            Assert.Single(Reading.Of(file, limits: new Limits { SnapshotBytes = Maps.Length }).Parsed.Snapshots);
            var refused = Reading.Refused(file, limits: new Limits { SnapshotBytes = Maps.Length - 1 });
            Assert.Equal((CaptureRefusal.TooLarge, "snapshot-bytes", Maps.Length - 1), (refused.Kind, refused.Code, refused.Limit));
        }
    }

    [Fact]
    public void A_file_of_many_snapshots_may_be_longer_than_one()
    {
        byte[] twice = [.. Maps, .. Maps];
        var limits = new Limits { SnapshotBytes = Maps.Length, SnapshotLines = Maps.AsSpan().Count((byte)'\n') };
        Assert.Equal(2, Reading.Of(twice, limits: limits).Parsed.Snapshots.Count);
    }

    [Fact]
    public void A_line_without_end_costs_no_memory()
    {
        using var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);
        file.Write(Maps);
        file.SetLength(Limits.Default.SnapshotBytes + 1);
        file.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var parsed = CaptureReader.Read(file, null, null, Limits.Default).Parsed;

        Assert.Single(parsed.Snapshots);
        Assert.Contains(parsed.Diagnostics, d => d.Id == "FRAME003");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    [Fact]
    public void As_many_decoded_bytes_as_the_limit_pass_and_one_more_does_not()
    {
        var file = Packing.Gzip(Maps);
        Assert.Single(Reading.Of(file, limits: new Limits { DecodedBytes = Maps.Length }).Parsed.Snapshots);
        Assert.Equal("decoded-bytes", Reading.Refused(file, limits: new Limits { DecodedBytes = Maps.Length - 1 }).Code);
    }
}
