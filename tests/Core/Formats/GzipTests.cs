using MemScope.Core;
using MemScope.Core.Formats;

namespace MemScope.Tests;

public sealed class GzipTests
{
    private static readonly byte[] Smaps = Fixtures.Unzipped("smaps", "odd-maps.smaps.txt.gz");

    [Fact]
    public void A_file_cut_at_every_percent_of_its_length_is_refused()
    {
        var whole = Fixtures.Bytes("cases", "raw-mmap-leak", "smaps.tar.gz");
        for (var percent = 1; percent < 100; percent++) AssertTruncated(whole[..(whole.Length * percent / 100)]);
        for (var missing = 1; missing <= 16; missing++) AssertTruncated(whole[..^missing]);
    }

    [Fact]
    public void A_file_cut_at_every_byte_is_refused()
    {
        var whole = Packing.Gzip(Smaps[..4000]);
        for (var length = 2; length < whole.Length; length++) AssertTruncated(whole[..length]);
    }

    [Fact]
    public void A_flipped_bit_behind_the_header_is_noticed_or_changes_nothing()
    {
        var whole = Packing.Gzip(Smaps[..2000]);
        var noticed = 0;
        for (var at = 10; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 0x10;
            try
            {
                // The last byte of the packed data has bits that mean nothing.
                Assert.Equal(System.Security.Cryptography.SHA256.HashData(Smaps.AsSpan(0, 2000)), Reading.Of(damaged).Sha256OfDecoded);
            }
            catch (CaptureRefusedException refused)
            {
                Assert.Equal(CaptureRefusal.BadEncoding, refused.Kind);
                noticed++;
            }
        }
        Assert.InRange(noticed, whole.Length - 20, whole.Length - 10);
    }

    /// <summary>The inflater reads 8 KiB ahead, so borders of members must be found wherever they fall.</summary>
    [Fact]
    public void A_file_of_many_members_is_one_text()
    {
        var random = new Random(7);
        for (var round = 0; round < 40; round++)
        {
            var packed = new MemoryStream();
            for (var at = 0; at < Smaps.Length;)
            {
                var length = Math.Min(Smaps.Length - at, random.Next(1, 12_000));
                packed.Write(Packing.Gzip(Smaps[at..(at + length)]));
                if (random.Next(3) == 0) packed.Write(Packing.Gzip([]));
                at += length;
            }
            var contents = Reading.Of(packed.ToArray());
            Assert.Equal(Smaps.Length, contents.DecodedBytes);
            Assert.Equal(Reading.SumOfKey(Smaps, "Rss"), contents.Parsed.Snapshots[0].RssBytes);
        }
    }

    [Fact]
    public void Members_that_do_not_compress_are_found_at_every_border()
    {
        var noise = new byte[20_000];
        new Random(3).NextBytes(noise);
        for (var length = 8_100; length < 8_300; length++)
        {
            // A stored block is as long as its content, so the border moves by one byte each time.
            byte[] packed = [.. Packing.Gzip(Smaps), .. Packing.Gzip(noise[..length]), .. Packing.Gzip("\n"u8.ToArray())];
            Assert.Equal(Smaps.Length + length + 1, Reading.Of(packed).DecodedBytes);
        }
    }

    [Fact]
    public void A_cut_last_member_is_refused()
    {
        byte[] packed = [.. Packing.Gzip(Smaps), .. Packing.Gzip(Smaps)[..^1]];
        AssertTruncated(packed);
    }

    [Fact]
    public void Zeros_behind_the_data_are_padding()
    {
        byte[] packed = [.. Packing.Gzip(Smaps), .. new byte[70_000]];
        Assert.Equal(Smaps.Length, Reading.Of(packed).DecodedBytes);
    }

    [Fact]
    public void Other_bytes_behind_the_data_are_refused()
    {
        byte[] packed = [.. Packing.Gzip(Smaps), .. "more"u8];
        Assert.Equal("gzip-trailing", Reading.Refused(packed).Code);
    }

    [Fact]
    public void A_header_with_every_field_is_read_and_its_time_is_that_of_the_snapshot()
    {
        var plain = Packing.Gzip(Smaps);
        // Flags: header checksum, extra field, name, comment; modification time 2026-11-20T15:30:19Z.
        byte[] header = [0x1f, 0x8b, 8, 2 | 4 | 8 | 16, .. BitConverter.GetBytes(1795188619), 0, 3, 3, 0, 1, 2, 3, .. "smaps.txt\0"u8, .. "a comment\0"u8, 0, 0];
        var snapshot = Reading.Of([.. header, .. plain[10..]]).Parsed.Snapshots.Single();

        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1795188619), snapshot.TakenAt);
        Assert.Equal(MemScope.Core.Model.TimeOrigin.ModificationTime, snapshot.TimeOrigin);
    }

    [Fact]
    public void The_hash_is_that_of_the_decoded_bytes() =>
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(Smaps), Reading.Of(Packing.Gzip(Packing.Gzip(Smaps))).Sha256OfDecoded);

    [Fact]
    public void Three_layers_are_taken_off_and_four_refused()
    {
        var three = Packing.Gzip(Packing.Gzip(Packing.Gzip(Smaps)));
        Assert.Single(Reading.Of(three).Parsed.Snapshots);
        Assert.Equal("container-depth", Reading.Refused(Packing.Gzip(three)).Code);
    }

    [Fact]
    public void A_bomb_of_a_gibibyte_is_refused_early()
    {
        const long gibibyte = 1L << 30;
        var bomb = Bomb(gibibyte);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Reading.Refused(bomb);

        Assert.Equal((CaptureRefusal.TooLarge, "decode-ratio"), (refused.Kind, refused.Code));
        Assert.Equal(Limits.Default.DecodeRatio, refused.Limit);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void A_bomb_inside_a_bomb_is_measured_against_what_was_sent()
    {
        var refused = Reading.Refused(Packing.Gzip(Bomb(100 << 20)));
        Assert.Equal("decode-ratio", refused.Code);
    }

    /// <summary>A header, then the packed form of a mebibyte of zeros as often as it takes; how it ends is never reached.</summary>
    private static byte[] Bomb(long bytes)
    {
        const int mebibyte = 1 << 20;
        var block = new MemoryStream();
        using var deflate = new System.IO.Compression.DeflateStream(block, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(new byte[mebibyte]);
        deflate.Flush();
        return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, .. Enumerable.Repeat(block.ToArray(), (int)(bytes / mebibyte)).SelectMany(b => b)];
    }

    private static void AssertTruncated(byte[] file)
    {
        var refused = Reading.Refused(file);
        Assert.Equal((CaptureRefusal.BadEncoding, "gzip-truncated"), (refused.Kind, refused.Code));
    }
}
