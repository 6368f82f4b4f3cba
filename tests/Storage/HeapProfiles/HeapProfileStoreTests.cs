using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Tests.Captures;

namespace MemScope.Storage.Tests.HeapProfiles;

[Collection(PostgresTests.Name)]
public sealed class HeapProfileStoreTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly HeapProfile Profile = new("heaptrack", new ProcessHint(7, "leaky"),
        [new Callchain([new RawFrame { Function = "leak", File = "leak.c", Line = 12 }, new RawFrame { Function = "main" }])],
        [new HeapDump([new HeapSite { Callchain = 0, Live = 1000, LiveCount = 2, Peak = 3000 }]) { Label = "end", LiveBytes = 1000 }])
    {
        Clock = ClockDomain.Relative, PeakBytes = 3000, PeakTime = 5, Timeline = [new HeapPoint(0, 0), new HeapPoint(5, 3000) { ResidentBytes = 8192 }], Losses = [new TraceLoss("cut-off", 1, "The file ends early.")],
    };

    [Fact]
    public async Task A_heap_profile_reads_back_and_is_listed_with_its_figures()
    {
        await using var storage = await postgres.NewAsync();
        var stored = await storage.Get<CaptureStore>().StoreAsync(Upload(), None);

        var row = Assert.Single(await storage.Get<HeapProfileQuery>().ListAsync(Assert.Single(stored.Processes), None));
        Assert.Equal(("heaptrack", WeightUnit.Bytes, 1, 1, 1000L, 3000L), (row.Tool, row.Unit, row.Dumps, row.Callchains, row.LiveBytes!.Value, row.PeakBytes!.Value));
        Assert.Equal((Uploads.Received, TimeOrigin.Receipt), (row.TakenAt, row.TimeOrigin));
        Assert.Equal(Profile.Losses, row.Losses);
        HeapProfileCodecTests.AssertEqual(Profile, (await storage.Get<HeapProfileQuery>().LoadAsync(row.ProcessId, row.Id, None))!);
        var capture = Assert.Single(await storage.Get<CaptureQuery>().ListAsync(row.ProcessId, 10, None));
        Assert.Equal((0, 1), (capture.Contents.Figures, capture.Contents.HeapProfiles));
    }

    [Fact]
    public async Task The_same_profile_again_is_a_repeat()
    {
        await using var storage = await postgres.NewAsync();
        var first = await storage.Get<CaptureStore>().StoreAsync(Upload(), None);
        var again = await storage.Get<CaptureStore>().StoreAsync(Upload(), None);
        Assert.Equal((true, first.CaptureId), (again.Repeat, again.CaptureId));
        Assert.Equal(1, await storage.CountAsync("SELECT count(*) FROM heap_profile"));
    }

    [Fact]
    public async Task Retention_ends_it()
    {
        await using var storage = await postgres.NewAsync();
        await storage.Get<CaptureStore>().StoreAsync(Upload(), None);
        await storage.Get<Retention>().DeleteAsync(Uploads.Received.AddDays(1), None);
        Assert.Equal(0, await storage.CountAsync("SELECT (SELECT count(*) FROM heap_profile) + (SELECT count(*) FROM heap_profile_block) + (SELECT count(*) FROM process)"));
    }

    private static CaptureUpload Upload()
    {
        var bytes = "v 10400 3\n"u8.ToArray();
        return new CaptureUpload
        {
            Host = "h1", FileName = "heaptrack.leaky.7.zst", Sha256 = Uploads.Digest("heaptrack"), DecodedBytes = bytes.Length, Content = new MemoryStream(bytes),
            Parsed = ParsedCapture.Of("heaptrack", "10400", Profile, []), ReceivedAt = Uploads.Received,
        };
    }
}
