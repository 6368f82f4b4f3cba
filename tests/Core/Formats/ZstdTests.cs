using System.Buffers.Binary;
using System.Security.Cryptography;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Containers;

namespace MemScope.Tests;

public sealed class ZstdTests
{
    private static readonly byte[] Maps = Fixtures.Bytes("smaps", "odd-maps.maps.txt");

    /// <summary>By the zstd command, with its checksum.</summary>
    private static readonly byte[] Packed = Fixtures.Bytes("zstd", "odd-maps.maps.txt.zst");

    [Theory]
    [InlineData("odd-maps.maps.txt.zst")]
    [InlineData("odd-maps.no-check.zst")]
    [InlineData("odd-maps.pzstd.zst")]
    public void What_the_commands_pack_is_read(string file)
    {
        var contents = Reading.Of(Fixtures.Bytes("zstd", file));
        Assert.Equal(SHA256.HashData(Maps), contents.Sha256OfDecoded);
        Assert.Equal(Maps.Length, contents.DecodedBytes);
        Assert.Equal("maps", contents.Parsed.Format);
    }

    [Theory]
    [InlineData("odd-maps.maps.txt.zst")]
    [InlineData("odd-maps.no-check.zst")]
    public void A_file_cut_at_every_byte_is_refused(string file)
    {
        var whole = Fixtures.Bytes("zstd", file);
        for (var length = 4; length < whole.Length; length++) AssertTruncated(whole[..length]);
    }

    [Fact]
    public void A_flipped_bit_is_noticed_or_changes_nothing()
    {
        var noticed = 0;
        for (var at = 4; at < Packed.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = (byte[])Packed.Clone();
                damaged[at] ^= (byte)(1 << bit);
                try
                {
                    Assert.Equal(SHA256.HashData(Maps), Reading.Of(damaged).Sha256OfDecoded);
                }
                catch (CaptureRefusedException refused)
                {
                    Assert.Matches("^zstd-(truncated|damaged|trailing|window|dictionary)$|^decode-ratio$", refused.Code);
                    noticed++;
                }
            }
        }
        Assert.InRange(noticed, (Packed.Length - 4) * 8 * 99 / 100, (Packed.Length - 4) * 8);
    }

    [Fact]
    public void A_wrong_checksum_is_damage()
    {
        var damaged = (byte[])Packed.Clone();
        damaged[^1] ^= 1;
        var refused = Reading.Refused(damaged);
        Assert.Equal((CaptureRefusal.BadEncoding, "zstd-damaged"), (refused.Kind, refused.Code));
    }

    [Fact]
    public void A_file_of_many_frames_and_skippable_ones_is_one_text()
    {
        var random = new Random(7);
        var text = Fixtures.Unzipped("smaps", "odd-maps.smaps.txt.gz");
        for (var round = 0; round < 40; round++)
        {
            var packed = new MemoryStream();
            for (var at = 0; at < text.Length;)
            {
                var length = Math.Min(text.Length - at, random.Next(1, 12_000));
                packed.Write(Packing.Zstd(text[at..(at + length)]));
                if (random.Next(3) == 0) packed.Write(Packing.Zstd([]));
                if (random.Next(3) == 0) packed.Write(Skippable(random.Next(20_000)));
                at += length;
            }
            var contents = Reading.Of(packed.ToArray());
            Assert.Equal(SHA256.HashData(text), contents.Sha256OfDecoded);
            Assert.Equal(Reading.SumOfKey(text, "Rss"), contents.Parsed.Snapshots[0].RssBytes);
        }
    }

    [Fact]
    public void A_file_may_begin_with_a_skippable_frame() => Assert.Equal(Maps.Length, Reading.Of([.. Skippable(10), .. Packed]).DecodedBytes);

    [Fact]
    public void A_cut_last_frame_is_refused_and_so_is_a_cut_skippable_one()
    {
        for (var kept = 1; kept < Packed.Length; kept += 7) AssertTruncated([.. Packed, .. Packed[..kept]]);
        for (var kept = 1; kept < 18; kept++) AssertTruncated([.. Packed, .. Skippable(10)[..kept]]);
    }

    [Fact]
    public void Other_bytes_behind_the_data_are_refused()
    {
        var refused = Reading.Refused([.. Packed, .. "more"u8]);
        Assert.Equal((CaptureRefusal.BadEncoding, "zstd-trailing"), (refused.Kind, refused.Code));
    }

    [Fact]
    public void It_is_taken_off_around_and_inside_archives()
    {
        var tar = Packing.Tar(("smaps/0001_1795188619.660.txt.zst", Packed), ("smaps/0002_1795188620.660.txt", Maps));
        foreach (var file in new[] { tar, Packing.Zstd(tar), Packing.Gzip(tar), Packing.Zip(("maps.zst", Packed), ("b/maps", Maps)) })
        {
            var parsed = Reading.Of(file).Parsed;
            Assert.Equal(2, parsed.Snapshots.Count);
            Assert.Equal(parsed.Snapshots[0].Vmas.Count, parsed.Snapshots[1].Vmas.Count);
            Assert.Empty(parsed.Complaints());
        }
    }

    [Fact]
    public void A_damaged_member_is_reported_and_the_others_are_read()
    {
        var parsed = Reading.Of(Packing.Tar(("a.zst", Packed[..^5]), ("b.zst", Packed))).Parsed;
        Assert.Single(parsed.Snapshots);
        var complaint = Assert.Single(parsed.Complaints());
        Assert.Equal(("CAPTURE001", "a.zst"), (complaint.Id, complaint.Member));
        Assert.Contains("cut off", complaint.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_count_against_the_depth()
    {
        var three = Packing.Zstd(Packing.Gzip(Packing.Zstd(Maps)));
        Assert.Single(Reading.Of(three).Parsed.Snapshots);
        Assert.Equal("container-depth", Reading.Refused(Packing.Zstd(three)).Code);
    }

    [Fact]
    public void A_bomb_of_a_gibibyte_is_refused_early()
    {
        var bomb = Packing.ZstdOfOneByte((byte)'x', 1L << 30);
        Assert.InRange(bomb.Length, 1, 64 << 10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Reading.Refused(bomb);

        Assert.Equal((CaptureRefusal.TooLarge, "decode-ratio"), (refused.Kind, refused.Code));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        Assert.Equal("decode-ratio", Reading.Refused(Packing.Zstd(Packing.ZstdOfOneByte((byte)'x', 100 << 20))).Code);
        Assert.Equal("decoded-bytes", Reading.Refused(Packed, limits: new Limits { DecodedBytes = Maps.Length - 1 }).Code);
    }

    [Theory]
    [InlineData(27, null)]
    [InlineData(28, "zstd-window")]
    [InlineData(31, "zstd-window")]
    public void A_window_of_more_than_128_MiB_is_refused(int windowLog, string? code)
    {
        // A frame header with a window byte and no content size, then the text in one stored block.
        byte[] frame = [0x28, 0xb5, 0x2f, 0xfd, 0, (byte)((windowLog - 10) << 3), .. Packing.ZstdBlock(Maps, last: true)];
        if (code is null) Assert.Equal(Maps.Length, Reading.Of(frame).DecodedBytes);
        else Assert.Equal((CaptureRefusal.Unsupported, code), (Reading.Refused(frame).Kind, Reading.Refused(frame).Code));
    }

    [Fact]
    public void A_frame_that_needs_a_dictionary_is_refused()
    {
        byte[] frame = [0x28, 0xb5, 0x2f, 0xfd, 1, 0x50, 7, .. Packing.ZstdBlock(Maps, last: true)];
        Assert.Equal("zstd-dictionary", Reading.Refused(frame).Code);
    }

    /// <summary>What a machine without libzstd answers: its reader does not recognise the file, which then comes here.</summary>
    [Fact]
    public void Without_the_library_the_refusal_says_how_to_send_it()
    {
        var refused = Refusals.Of(Packed);
        Assert.Equal((CaptureRefusal.Unsupported, "zstd"), (refused!.Kind, refused.Code));
        Assert.Contains("zstd -dc", refused.Message, StringComparison.Ordinal);
    }

    private static byte[] Skippable(int length)
    {
        var frame = new byte[8 + length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0x184d_2a53);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), length);
        return frame;
    }

    private static void AssertTruncated(byte[] file)
    {
        var refused = Reading.Refused(file);
        Assert.Equal((CaptureRefusal.BadEncoding, "zstd-truncated"), (refused.Kind, refused.Code));
    }
}
