using System.IO.Compression;
using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using MemScope.Tests;

namespace MemScope.Storage.Tests.Blocks;

public sealed class SnapshotBlockCodecTests
{
    private const int TrailerBytes = 8; // the end mark of deflate and zlib's checksum: all content lies before

    [Fact]
    public void Any_run_of_snapshots_reads_back_in_every_column()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var points = RandomTables.Points(seed);
            var read = SnapshotBlockCodec.Decode(SnapshotBlockCodec.Encode(points), points[0].Number);
            Assert.Equal(points.Select(p => (p.Number, p.TakenAt)), read.Select(p => (p.Number, p.TakenAt)));
            foreach (var (written, back) in points.Zip(read)) VmaTables.AssertEqual(written.Vmas, back.Vmas);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_real_case_reads_back_and_takes_an_eighth_of_its_gzip_or_less(string name)
    {
        var archive = Fixtures.Bytes("cases", name, "smaps.tar.gz");
        var points = Points(archive);
        var blocks = points.Chunk(SnapshotBlockCodec.MostSnapshots).Select(p => SnapshotBlockCodec.Encode(p)).ToList();
        var read = blocks.Zip(points.Chunk(SnapshotBlockCodec.MostSnapshots), (b, p) => SnapshotBlockCodec.Decode(b, p[0].Number)).SelectMany(b => b).ToList();
        foreach (var (written, back) in points.Zip(read, (a, b) => (a, b))) VmaTables.AssertEqual(written.Vmas, back.Vmas);
        Assert.Equal(points.Count, read.Count);
        Assert.InRange(blocks.Sum(b => b.Length), 1, archive.Length / 8);
    }

    [Fact]
    public void Columns_that_do_not_change_are_shared_in_memory()
    {
        var points = Points(Fixtures.Bytes("cases", "steady-healthy", "smaps.tar.gz")).Take(2).ToList();
        var twice = SnapshotBlockCodec.Decode(SnapshotBlockCodec.Encode([points[0], points[0] with { Number = points[1].Number }]), points[0].Number);
        Assert.Same(twice[0].Vmas.Columns.Names, twice[1].Vmas.Columns.Names);
        Assert.Same(twice[0].Vmas.Columns.Starts, twice[1].Vmas.Columns.Starts);
        Assert.Same(twice[0].Vmas.Columns.Metrics[(int)Metric.Rss], twice[1].Vmas.Columns.Metrics[(int)Metric.Rss]);
    }

    [Fact]
    public void Numbers_may_come_in_any_order_because_late_snapshots_have_great_ones()
    {
        var points = RandomTables.Points(9).Select((p, i) => p with { Number = 100 - (i * i) }).ToList();
        var read = SnapshotBlockCodec.Decode(SnapshotBlockCodec.Encode(points), points.Min(p => p.Number));
        Assert.Equal(points.Select(p => p.Number), read.Select(p => p.Number));
    }

    [Fact]
    public void A_mapping_that_stands_in_the_place_of_another_leaves_the_columns_of_the_others_shared()
    {
        var points = Enumerable.Range(0, 2).Select(n => new TrackPoint(n, DateTimeOffset.UnixEpoch, Table((ulong)n))).ToList();
        var read = SnapshotBlockCodec.Decode(SnapshotBlockCodec.Encode(points), 0);
        foreach (var (written, back) in points.Zip(read)) VmaTables.AssertEqual(written.Vmas, back.Vmas);
        Assert.NotSame(read[0].Vmas.Columns.Starts, read[1].Vmas.Columns.Starts);
        Assert.Same(read[0].Vmas.Columns.Names, read[1].Vmas.Columns.Names);
        Assert.Same(read[0].Vmas.Columns.Metrics[(int)Metric.Rss], read[1].Vmas.Columns.Metrics[(int)Metric.Rss]);

        static VmaTable Table(ulong moved)
        {
            var rows = new VmaTable.Builder();
            foreach (var start in (ulong[])[0x1000, 0x10000 + (moved << 14), 0x90000])
            {
                rows.Add(start, start + 0x1000, VmaPermissions.Read, 0, 0, 0, 0, "");
                rows.Set(Metric.Rss, start == 0x1000 ? 4 : 0);
            }
            return rows.Build();
        }
    }

    [Fact]
    public void Damage_is_refused_or_read_but_never_takes_more_memory_than_allowed()
    {
        const long Budget = 4 << 20;
        for (var seed = 1; seed < 8; seed++)
        {
            var points = RandomTables.Points(seed);
            Damage.Check(SnapshotBlockCodec.Encode(points), 300, 4 * Budget, b => SnapshotBlockCodec.Decode(b, 1, Budget),
                b => BlockPacking.Unpack(b, new MemoryBudget(Budget)), (version, content) => BlockPacking.Pack(version, content, CompressionLevel.Fastest));
        }
    }

    [Fact]
    public void A_block_cut_at_any_byte_is_refused()
    {
        var block = SnapshotBlockCodec.Encode(RandomTables.Points(7));
        for (var length = 0; length < block.Length - TrailerBytes; length++)
            Assert.Throws<InvalidDataException>(() => SnapshotBlockCodec.Decode(block[..length], 1));
    }

    [Fact]
    public void A_stream_that_asks_for_a_dictionary_is_refused()
    {
        byte[] asking = [0x78, 0xbb]; // RFC 1950: FDICT, and a multiple of 31
        Assert.Throws<InvalidDataException>(() => SnapshotBlockCodec.Decode([SnapshotBlockCodec.Version, 100, .. asking, .. new byte[100]], 1));
        Assert.Throws<InvalidDataException>(() => SnapshotBlockCodec.Decode([1, .. asking, .. new byte[100]], 1));
    }

    [Fact]
    public void A_block_of_a_later_version_is_refused_with_its_number()
    {
        var block = SnapshotBlockCodec.Encode(RandomTables.Points(7));
        block[0] = SnapshotBlockCodec.Version + 1;
        Assert.Contains($"version {block[0]}", Assert.Throws<InvalidDataException>(() => SnapshotBlockCodec.Decode(block, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_of_version_1_stay_readable()
    {
        var expected = Points(Fixtures.Bytes("cases", "ucx-leak", "smaps.tar.gz")).Take(20).ToList();
        AssertHolds(expected, Fixtures.Bytes("blocks", "v1-ucx-leak-1-20.bin"));
        AssertHolds(RandomTables.Points(7), Fixtures.Bytes("blocks", "v1-random-7.bin"));

        static void AssertHolds(List<TrackPoint> expected, byte[] block)
        {
            Assert.Equal(1, block[0]);
            var read = SnapshotBlockCodec.Decode(block, expected[0].Number);
            Assert.Equal(expected.Select(p => (p.Number, p.TakenAt)), read.Select(p => (p.Number, p.TakenAt)));
            foreach (var (written, back) in expected.Zip(read)) VmaTables.AssertEqual(written.Vmas, back.Vmas);
        }
    }

    [Fact]
    public void Damaged_blocks_of_version_1_are_refused_or_read_but_never_take_more_memory_than_allowed()
    {
        const long Budget = 4 << 20;
        Damage.Check(Fixtures.Bytes("blocks", "v1-random-7.bin"), 1000, 4 * Budget, b => SnapshotBlockCodec.Decode(b, 1, Budget));
    }

    [Fact]
    public void A_small_block_cannot_ask_for_gigabytes()
    {
        var rows = new VmaTable.Builder();
        for (var i = 0UL; i < 200_000; i++) rows.Add(i << 12, (i + 1) << 12, VmaPermissions.Read, 0, 0, 0, 0, "");
        var points = Enumerable.Range(1, 60).Select(n => new TrackPoint(n, DateTimeOffset.UnixEpoch, rows.Build())).Take(1).ToList();
        var block = SnapshotBlockCodec.Encode(points);
        Assert.InRange(block.Length, 1, 10_000);
        Assert.Throws<InvalidDataException>(() => SnapshotBlockCodec.Decode(block, 1, budgetBytes: 8 << 20));
        Assert.Single(SnapshotBlockCodec.Decode(block, 1));
    }

    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    private static List<TrackPoint> Points(byte[] archive) =>
    [
        .. CaptureReader.Read(new MemoryStream(archive), "smaps.tar.gz", null, Limits.Default).Parsed.Snapshots.Select((s, i) => new TrackPoint(i + 1, s.TakenAt!.Value, s.Vmas)),
    ];
}
