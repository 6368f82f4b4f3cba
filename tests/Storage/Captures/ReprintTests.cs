using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Tests;

namespace MemScope.Storage.Tests.Captures;

/// <summary>What was uploaded comes back out of the store.</summary>
[Collection(PostgresTests.Name)]
public sealed class ReprintTests(PostgresFixture postgres)
{
    /// <summary>Files of mappings by case: a series of smaps, of maps, and logs of pmap.</summary>
    public static TheoryData<string, string> Captures
    {
        get
        {
            var captures = new TheoryData<string, string>();
            foreach (var name in Fixtures.Cases.Append("odd-maps"))
            foreach (var file in (string[])["smaps.tar.gz", "maps.tar.gz", "pmap-x.log.gz", "pmap-X.log.gz"]) captures.Add(name, file);
            return captures;
        }
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Every_snapshot_is_printed_again_from_the_store_as_it_was_uploaded(string name, string file)
    {
        await using var storage = await postgres.NewAsync();
        var upload = Uploads.OfCase(name, file);
        var process = (await storage.Get<CaptureStore>().StoreAsync(upload, CancellationToken.None)).Processes[0];
        var uploaded = upload.Parsed.Snapshots.OrderBy(s => s.TakenAt).ToList();
        var stored = (await storage.Get<TrackQuery>().LoadAsync(process, uploaded[0].Source, 0, CancellationToken.None)).Points;

        Assert.Equal(uploaded.Count, stored.Count);
        for (var i = 0; i < stored.Count; i++)
        {
            Assert.Null(VmaTableComparison.FirstDifference(stored[i].Vmas, uploaded[i].Vmas));
            Assert.Null(SnapshotText.FirstLoss(uploaded[i].Source, stored[i].Vmas));
        }
        // The kernel's own text comes back byte for byte; of pmap there are too many versions.
        if (!file.EndsWith(".tar.gz", StringComparison.Ordinal)) return;
        var texts = Fixtures.Members("cases", name, file).Select(m => m.Text).ToList();
        for (var i = 0; i < stored.Count; i++) Assert.Equal(texts[i], SnapshotText.Of(uploaded[i].Source, stored[i].Vmas).ToArray());
    }
}
