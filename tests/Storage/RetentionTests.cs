using System.Text.Json;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Shares;
using MemScope.Storage.Tests.Captures;

namespace MemScope.Storage.Tests;

[Collection(PostgresTests.Name)]
public sealed class RetentionTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_arrived_before_the_day_goes_and_the_rest_stays_whole()
    {
        await using var storage = await postgres.NewAsync();
        var store = storage.Get<CaptureStore>();
        var old = Uploads.Received.AddDays(-40);
        var gone = (await store.StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz", pid: 1) with { ReceivedAt = old }, None)).Processes[0];
        var kept = (await store.StoreAsync(Uploads.OfCase("ucx-leak", "smaps.tar.gz", pid: 2) with { ReceivedAt = old, IdempotencyKey = "k" }, None)).Processes[0];
        await store.StoreAsync(Uploads.OfCase("ucx-leak", "status.tar.gz", pid: 2) with { ReceivedAt = old }, None);
        var log = Uploads.OfCase("ucx-leak", "pmap-x.log.gz", pid: 2);
        await store.StoreAsync(log, None);
        var (_, key) = await storage.Get<ShareStore>().CreateAsync(
            new ShareDraft { CreatedBy = "ada", ProcessId = gone, Title = "t", View = "diff", Document = JsonDocument.Parse("{}").RootElement }, None);

        var report = await storage.Get<Retention>().DeleteAsync(Uploads.Received.AddDays(-30), None);

        Assert.Equal(new RetentionReport(182, 0, 3, 1), report);
        var row = Assert.Single((await storage.Get<ProcessQuery>().ListAsync(Projects.Default, null, null, 10, None)).Items);
        Assert.Equal(kept, row.Id);
        Assert.Equal((SnapshotSource.PmapExtended, log.Parsed.Snapshots.Count), (Assert.Single(row.Tracks).Source, row.Tracks[0].Snapshots));
        Assert.Equal(log.Parsed.Snapshots.Count, (await storage.Get<TrackQuery>().LoadAsync(kept, SnapshotSource.PmapExtended, 0, None)).Points.Count);
        Assert.Empty((await storage.Get<TrackQuery>().LoadAsync(kept, SnapshotSource.Smaps, 0, None)).Points);
        Assert.Equal(0, await storage.CountAsync("SELECT count(*) FROM side_figures"));
        Assert.Equal(1, await storage.CountAsync("SELECT count(DISTINCT capture_id) FROM capture_chunk"));
        Assert.Equal(ShareState.Open, (await storage.Get<ShareStore>().OpenAsync(key, None)).State);
        Assert.False((await store.StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz", pid: 1), None)).Repeat);
    }

    [Fact]
    public async Task A_file_that_was_sent_again_lately_is_kept_for_the_later_upload()
    {
        await using var storage = await postgres.NewAsync();
        var store = storage.Get<CaptureStore>();
        await store.StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz", pid: 1) with { ReceivedAt = Uploads.Received.AddDays(-40) }, None);
        var later = await store.StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz", pid: 2), None);
        Assert.Equal(new RetentionReport(91, 0, 0, 1), await storage.Get<Retention>().DeleteAsync(Uploads.Received.AddDays(-30), None));
        await using var content = await storage.Get<CaptureQuery>().OpenAsync(Projects.Default, later.CaptureId, None);
        Assert.NotNull(content);
    }
}
