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

    [Fact]
    public void A_real_case_reads_back_and_takes_an_eighth_of_its_gzip_or_less()
    {
        var archive = Fixtures.Bytes("cases", "ucx-leak", "smaps.tar.gz");
        var points = Points(archive);
        var blocks = points.Chunk(SnapshotBlockCodec.MostSnapshots).Select(SnapshotBlockCodec.Encode).ToList();
        var read = blocks.Zip(points.Chunk(SnapshotBlockCodec.MostSnapshots), (b, p) => SnapshotBlockCodec.Decode(b, p[0].Number)).SelectMany(b => b).ToList();
        foreach (var (written, back) in points.Zip(read, (a, b) => (a, b))) VmaTables.AssertEqual(written.Vmas, back.Vmas);
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
    public void Damage_is_refused_or_read_but_never_takes_more_memory_than_allowed()
    {
        const long Budget = 4 << 20;
        for (var seed = 1; seed < 8; seed++)
        {
            var points = RandomTables.Points(seed);
            Damage.Check(SnapshotBlockCodec.Encode(points), 300, 4 * Budget, b => SnapshotBlockCodec.Decode(b, 1, Budget));
        }
    }

    [Fact]
    public void A_block_cut_at_any_byte_is_refused()
    {
        var block = SnapshotBlockCodec.Encode(RandomTables.Points(7));
        for (var length = 0; length < block.Length - TrailerBytes; length++)
            Assert.Throws<InvalidDataException>(() => SnapshotBlockCodec.Decode(block.AsSpan(0, length), 1));
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

    private static List<TrackPoint> Points(byte[] archive) =>
    [
        .. CaptureReader.Read(new MemoryStream(archive), "smaps.tar.gz", null, Limits.Default).Parsed.Snapshots.Select((s, i) => new TrackPoint(i + 1, s.TakenAt!.Value, s.Vmas)),
    ];
}
