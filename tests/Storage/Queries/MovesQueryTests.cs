using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Tests.Captures;
using MemScope.Tests;

namespace MemScope.Storage.Tests.Queries;

[Collection(PostgresTests.Name)]
public sealed class MovesQueryTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Moves_of_a_trace_are_kept_and_make_those_of_the_regions_exact()
    {
        await using var storage = await postgres.NewAsync();
        var id = (await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("raw-mmap-leak", "smaps.tar.gz", 3358), None)).Processes[0];
        Assert.Empty(await storage.Get<MovesQuery>().TracesAsync(id, None));
        Assert.True((await storage.Get<MovesQuery>().LoadAsync(id, None)).IsEmpty);

        var trace = Uploads.Of(Fixtures.Bytes("strace", "raw-mmap-leak.txt.gz"), "strace.txt.gz", 3358);
        Assert.Equal([id], (await storage.Get<CaptureStore>().StoreAsync(trace, None)).Processes);

        Assert.Single(await storage.Get<MovesQuery>().TracesAsync(id, None));
        var points = (await storage.Get<TrackQuery>().LoadAsync(id, SnapshotSource.Smaps, 0, None)).Points;
        var linked = Track.Build(id, SnapshotSource.Smaps, points, await storage.Get<MovesQuery>().LoadAsync(id, None));
        var parsed = trace.Parsed.Traces[0];
        var direct = Track.Build(id, SnapshotSource.Smaps, points, MoveEvidence.Of([TracedMoves.Of(parsed, Limits.Default.TraceMoves).Anchored(parsed.Anchor)]));
        var moves = linked.Regions.SelectMany(r => r.Changes).Where(c => c.Kind == RegionChangeKind.Moved).ToList();
        Assert.Contains(moves, m => m.Exact);
        Assert.Equal(direct.Regions.SelectMany(r => r.Changes).Where(c => c.Kind == RegionChangeKind.Moved), moves);
    }

    [Fact]
    public async Task A_trace_without_wall_times_keeps_its_moves_without_them()
    {
        await using var storage = await postgres.NewAsync();
        var id = (await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("raw-mmap-leak", "smaps.tar.gz", 3358), None)).Processes[0];
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(Fixtures.Bytes("bpftrace", "raw-mmap-leak.txt.gz"), "bt.txt.gz", 3358), None);

        var points = (await storage.Get<TrackQuery>().LoadAsync(id, SnapshotSource.Smaps, 0, None)).Points;
        var track = Track.Build(id, SnapshotSource.Smaps, points, await storage.Get<MovesQuery>().LoadAsync(id, None));
        Assert.Contains(track.Regions.SelectMany(r => r.Changes), c => c.Kind == RegionChangeKind.Moved && c.Exact);
    }
}
