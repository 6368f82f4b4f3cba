using System.Text;
using MemScope.Core;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Tests.Captures;
using MemScope.Storage.Tracks;
using MemScope.Tests;

namespace MemScope.Storage.Tests.Tracks;

[Collection(PostgresTests.Name)]
public sealed class TrackCacheTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_kept_track_is_the_one_that_all_snapshots_give_however_they_arrive()
    {
        await using var storage = await postgres.NewAsync();
        var texts = Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").Select(m => m.Text).Take(24).ToList();
        var order = Enumerable.Range(0, texts.Count).Select(i => i % 5 == 3 ? i - 3 : i).ToList(); // now and then one lies three behind, at the time of another
        var id = Guid.Empty;
        for (var i = 0; i < texts.Count; i++)
        {
            id = await StoreAsync(storage, texts[i], Uploads.Received.AddSeconds(order[i]).AddMilliseconds(i));
            if (i % 2 == 0) continue;
            var expected = Track.Build(id, SnapshotSource.Smaps, (await storage.Get<TrackQuery>().LoadAsync(id, SnapshotSource.Smaps, 0, None)).Points);
            Assert.Equal(Told(expected), await UseAsync(storage, storage.Get<TrackCache>(), id, Told));
        }
    }

    [Fact]
    public async Task Hundreds_of_snapshots_that_arrive_at_once_are_appended_and_a_trace_links_all_again()
    {
        await using var storage = await postgres.NewAsync();
        var upload = Uploads.OfCase("raw-mmap-leak", "smaps.tar.gz", 3358);
        var id = await StoreAsync(storage, Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").First().Text, upload.Parsed.Snapshots.Min(s => s.TakenAt!.Value).AddSeconds(-1), pid: 3358);
        Assert.Equal(1, await UseAsync(storage, storage.Get<TrackCache>(), id, t => t.Points.Count));
        Assert.Equal([id], (await storage.Get<CaptureStore>().StoreAsync(upload, None)).Processes);

        Assert.Equal(1 + upload.Parsed.Snapshots.Count, await UseAsync(storage, storage.Get<TrackCache>(), id, t => t.Points.Count));
        Assert.DoesNotContain(await UseAsync(storage, storage.Get<TrackCache>(), id, Moves), c => c.Exact);
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(Fixtures.Bytes("strace", "raw-mmap-leak.txt.gz"), "strace.txt.gz", 3358), None);
        Assert.Contains(await UseAsync(storage, storage.Get<TrackCache>(), id, Moves), c => c.Exact);
    }

    [Fact]
    public async Task A_track_that_memory_does_not_hold_has_its_latest_snapshots_and_says_how_many_are_left_out()
    {
        await using var storage = await postgres.NewAsync();
        var upload = Uploads.OfCase("raw-mmap-leak", "smaps.tar.gz");
        var id = (await storage.Get<CaptureStore>().StoreAsync(upload, None)).Processes[0];
        var whole = await UseAsync(storage, CacheOf(storage, Limits.Default), id, t => (t.MemoryBytes, t.Points.Count, t.LeftOut));
        Assert.Equal((upload.Parsed.Snapshots.Count, 0), (whole.Count, whole.LeftOut));

        var small = CacheOf(storage, Limits.Default with { TrackBytes = whole.MemoryBytes * 2 / 3 });
        var cut = await UseAsync(storage, small, id, t => (t.MemoryBytes, t.LeftOut, t.Points));
        Assert.InRange(cut.MemoryBytes, 1, whole.MemoryBytes * 2 / 3);
        Assert.InRange(cut.LeftOut, 1, whole.Count - 10);
        Assert.Equal(upload.Parsed.Snapshots.OrderBy(s => s.TakenAt).Skip(cut.LeftOut).Select(s => s.TakenAt!.Value), cut.Points.Select(p => p.TakenAt));

        // Another goes in at the end; one from the part left out is left out too.
        var text = Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").Select(m => m.Text).Last();
        var first = upload.Parsed.Snapshots.Min(s => s.TakenAt!.Value);
        foreach (var at in new[] { cut.Points[^1].TakenAt.AddSeconds(1), first.AddMilliseconds(500) }) Assert.Equal(id, await StoreAsync(storage, text, at));
        var further = await UseAsync(storage, small, id, t => (t.LeftOut, t.Points));
        Assert.Equal(whole.Count + 2, further.LeftOut + further.Points.Count);
        Assert.Equal(cut.Points[^1].TakenAt.AddSeconds(1), further.Points[^1].TakenAt);
    }

    [Fact]
    public async Task Snapshots_that_were_deleted_leave_the_track()
    {
        await using var storage = await postgres.NewAsync();
        var texts = Fixtures.Members("cases", "plateau", "smaps.tar.gz").Select(m => m.Text).Take(6).ToList();
        var id = Guid.Empty;
        for (var i = 0; i < texts.Count; i++) id = await StoreAsync(storage, texts[i], Uploads.Received.AddDays(i));
        Assert.Equal(6, await UseAsync(storage, storage.Get<TrackCache>(), id, t => t.Points.Count));

        await storage.Get<Retention>().DeleteAsync(Uploads.Received.AddDays(2.5), None);

        var left = await UseAsync(storage, storage.Get<TrackCache>(), id, t => t.Points.Select(p => p.Number).ToList());
        Assert.Equal([4, 5, 6], left);
    }

    [Fact]
    public async Task An_answer_that_fails_leaves_the_track_for_the_next()
    {
        await using var storage = await postgres.NewAsync();
        var id = (await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz"), None)).Processes[0];
        var first = await UseAsync(storage, storage.Get<TrackCache>(), id, t => new WeakReference(t));
        await Assert.ThrowsAsync<InvalidCursorException>(() => UseAsync<int>(storage, storage.Get<TrackCache>(), id, _ => throw new InvalidCursorException()));

        Assert.Same(first.Target, await UseAsync(storage, storage.Get<TrackCache>(), id, t => t));
    }

    private static TrackCache CacheOf(TestStorage storage, Limits limits) => new(new TrackLoader(storage.Get<TrackQuery>(), storage.Get<MovesQuery>(), limits), limits);

    private static async Task<Guid> StoreAsync(TestStorage storage, byte[] text, DateTimeOffset at, int pid = 1) =>
        (await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text, pid) with { TakenAt = at, ReceivedAt = at }, None)).Processes[0];

    private static async Task<T> UseAsync<T>(TestStorage storage, TrackCache cache, Guid id, Func<Track, T> answer) =>
        await cache.UseAsync((await storage.Get<ProcessQuery>().FindAsync(Projects.Default, id, None))!, SnapshotSource.Smaps, answer, None);

    private static List<RegionChange> Moves(Track track) => [.. track.Regions.SelectMany(r => r.Changes).Where(c => c.Kind == RegionChangeKind.Moved)];

    private static string Told(Track track)
    {
        var text = new StringBuilder();
        foreach (var point in track.Points) text.Append(point.Number).Append(' ').Append(point.TakenAt.UtcTicks).Append('\n');
        foreach (var region in track.Regions) text.Append(region.Id).Append(' ').Append(region.BornAt).Append(' ').Append(region.LastAt).Append(' ').Append(region.Category).Append(' ').Append(region.Changes.Count).Append('\n');
        return text.AppendJoin(' ', TrackSeries.Total(track, Metric.Rss)).ToString();
    }
}
