using System.Formats.Tar;
using System.Text;

using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Tests;
using Npgsql;

namespace MemScope.Storage.Tests.Captures;

/// <summary>The text of snapshots goes when the store has proved that it gives it back, and not before.</summary>
[Collection(PostgresTests.Name)]
public sealed class TextDroppingTests(PostgresFixture postgres)
{
    private const string Mapping = "00400000-00401000 r-xp 00000000 fe:00 12                                 /bin/a\nSize:                  4 kB\nRss:                   4 kB\n";
    private static readonly DateTimeOffset Later = Uploads.Received.AddDays(8);
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("smaps.tar.gz")]
    [InlineData("maps.tar.gz")]
    [InlineData("pmap-x.log.gz")]
    [InlineData("pmap-X.log.gz")]
    public async Task Proven_text_goes_and_its_snapshots_stay_as_they_were_uploaded(string file)
    {
        await using var storage = await postgres.NewAsync();
        var dropped = 0;
        foreach (var name in Fixtures.Cases.Append("odd-maps"))
        {
            var upload = Uploads.OfCase(name, file);
            var stored = await storage.Get<CaptureStore>().StoreAsync(upload, None);
            var report = await storage.Get<TextDropping>().RunAsync(Later, None);

            // A process that changed while pmap printed it has rows twice, of which one counts.
            if (upload.Parsed.Diagnostics.FirstOrDefault(d => d.Severity != Severity.Info || d.Count > 1) is { } torn)
            {
                Assert.Equal((0, 1), (report.Dropped, report.Kept));
                Assert.Contains(torn.Id, (await storage.Get<CaptureQuery>().FindAsync(Projects.Default, stored.CaptureId, None))!.TextKept, StringComparison.Ordinal);
                continue;
            }
            Assert.Equal((1, 0), (report.Dropped, report.Kept));
            dropped++;
            Assert.True(report.StoredBytes > 0);
            Assert.Equal(0, await storage.CountAsync($"SELECT count(*) FROM capture_chunk WHERE capture_id = '{stored.CaptureId}'"));
            Assert.NotNull((await storage.Get<CaptureQuery>().FindAsync(Projects.Default, stored.CaptureId, None))!.TextDroppedAt);
            Assert.Null(await storage.Get<CaptureQuery>().OpenAsync(Projects.Default, stored.CaptureId, None));
            var uploaded = upload.Parsed.Snapshots.OrderBy(s => s.TakenAt).ToList();
            var back = new List<CaptureSnapshot>();
            await foreach (var snapshot in storage.Get<CaptureSnapshots>().ReadAsync(stored.CaptureId, None)) back.Add(snapshot);
            Assert.Equal(uploaded.Select(s => s.Source), back.Select(s => s.Source));
            Assert.All(uploaded.Zip(back), p => Assert.Null(VmaTableComparison.FirstDifference(p.First.Vmas, p.Second.Vmas)));
            Assert.True((await storage.Get<CaptureStore>().StoreAsync(upload, None)).Repeat);
        }
        Assert.True(dropped >= 3);
    }

    [Fact]
    public async Task Status_in_the_same_archive_goes_with_the_snapshots_whose_figures_it_is()
    {
        await using var storage = await postgres.NewAsync();
        var files = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").Take(5).Select(m => ("smaps/" + m.Name, m.Text))
            .Concat(Fixtures.Members("cases", "ucx-leak", "status.tar.gz").Take(5).Select(m => ("status/" + m.Name, m.Text)))
            .Concat(Fixtures.Members("cases", "ucx-leak", "smaps_rollup.tar.gz").Take(5).Select(m => ("rollup/" + m.Name, m.Text)));
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(Tar(files), "all.tar"), None);
        Assert.Equal(10, await storage.CountAsync("SELECT count(*) FROM side_figures"));
        Assert.Equal(1, (await storage.Get<TextDropping>().RunAsync(Later, None)).Dropped);
    }

    [Theory]
    [InlineData("DELETE FROM snapshot_block", "in no block")]
    [InlineData("DELETE FROM snapshot WHERE number = 2", "1 of its 2 snapshots")]
    [InlineData("UPDATE snapshot SET taken_at = taken_at + interval '1 second' WHERE number = 1", "time of snapshot 1")]
    [InlineData("UPDATE side_figures SET bytes = bytes || '{\"VmRSS\": 1}'", "figures")]
    [InlineData("UPDATE snapshot_block SET data = '\\x00'", "damaged")]
    public async Task Whatever_the_store_does_not_hold_keeps_the_text(string damage, string reason)
    {
        await using var storage = await postgres.NewAsync();
        var second = Mapping.Replace("Rss:                   4", "Rss:                   0", StringComparison.Ordinal);
        var archive = Tar([("1_1795189439.5.txt", Encoding.ASCII.GetBytes(Mapping)), ("2_1795189441.5.txt", Encoding.ASCII.GetBytes(second)), ("2_1795189441.6.txt", "Name:\ta\nVmRSS:\t  4 kB\n"u8.ToArray())]);
        var stored = await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(archive, "a.tar"), None);
        await ExecuteAsync(storage, damage);
        Assert.Equal((0, 1), await RunAsync(storage));
        Assert.Contains(reason, (await storage.Get<CaptureQuery>().FindAsync(Projects.Default, stored.CaptureId, None))!.TextKept, StringComparison.Ordinal);
        Assert.NotNull(await storage.Get<CaptureQuery>().OpenAsync(Projects.Default, stored.CaptureId, None));
        // The reason is noted once.
        Assert.Equal((0, 0), await RunAsync(storage));
    }

    [Theory]
    [InlineData(Mapping + "NewKey:                4 kB\n", "SMAPS006")]
    [InlineData(Mapping + "hello\n", "FRAME001")]
    [InlineData("00400000-00401000 r-xp 00000000 fe:00 12 /bin/a\nRss: 4 kB\nRss: 5 kB\n", "SMAPS007")]
    [InlineData(Mapping + "MemTotal:       65536 kB\nMemFree:        1024 kB\n", "figures of")]
    public async Task What_is_in_the_text_alone_keeps_it(string text, string reason)
    {
        await using var storage = await postgres.NewAsync();
        var stored = await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(Encoding.ASCII.GetBytes(text)), None);
        Assert.Equal((0, 1), await RunAsync(storage));
        Assert.Contains(reason, (await storage.Get<CaptureQuery>().FindAsync(Projects.Default, stored.CaptureId, None))!.TextKept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_block_that_holds_another_number_keeps_the_text()
    {
        await using var storage = await postgres.NewAsync();
        var store = storage.Get<CaptureStore>();
        var stored = await store.StoreAsync(Uploads.Bare(Encoding.ASCII.GetBytes(Mapping), pid: 1), None);
        await store.StoreAsync(Uploads.Bare(Encoding.ASCII.GetBytes(Mapping.Replace("Rss:                   4", "Rss:                   0", StringComparison.Ordinal)), pid: 2), None);
        await ExecuteAsync(storage, $"UPDATE snapshot_block b SET data = o.data FROM snapshot_block o WHERE b.process_id = '{stored.Processes[0]}' AND o.process_id <> b.process_id");
        Assert.Equal((1, 1), await RunAsync(storage));
        Assert.Equal("snapshot 1 differs in the store", (await storage.Get<CaptureQuery>().FindAsync(Projects.Default, stored.CaptureId, None))!.TextKept);
    }

    [Fact]
    public async Task Traces_young_captures_and_pinned_ones_are_not_looked_at()
    {
        await using var storage = await postgres.NewAsync();
        var (store, dropping) = (storage.Get<CaptureStore>(), storage.Get<TextDropping>());
        await store.StoreAsync(Uploads.Of(Fixtures.Bytes("strace", "raw-mmap-leak.txt.gz"), "strace.txt.gz"), None);
        await store.StoreAsync(Uploads.Bare(Encoding.ASCII.GetBytes(Mapping)) with { ReceivedAt = Later }, None);
        var pinned = (await store.StoreAsync(Uploads.OfCase("plateau", "maps.tar.gz"), None)).CaptureId;
        Assert.True(await dropping.PinAsync(Projects.Default, pinned, true, None));
        Assert.Equal((0, 0), await RunAsync(storage));
        Assert.Equal(0, await storage.CountAsync("SELECT count(*) FROM capture WHERE text_kept IS NOT NULL"));

        Assert.True(await dropping.PinAsync(Projects.Default, pinned, false, None));
        Assert.Equal((1, 0), await RunAsync(storage));
        Assert.False(await dropping.PinAsync(Projects.Default, pinned, true, None)); // there is nothing left to keep
        Assert.False((await storage.Get<CaptureQuery>().FindAsync(Projects.Default, pinned, None))!.IsPinned);
        Assert.Null(await dropping.PinAsync(Projects.Default, Guid.NewGuid(), true, None));
        Assert.Null(await dropping.PinAsync("other", pinned, true, None));
    }

    [Fact]
    public async Task The_same_bytes_for_another_process_bring_the_text_again_until_that_is_proven_too()
    {
        await using var storage = await postgres.NewAsync();
        var store = storage.Get<CaptureStore>();
        var upload = Uploads.OfCase("plateau", "smaps.tar.gz", pid: 1);
        var first = await store.StoreAsync(upload, None);
        Assert.Equal((1, 0), await RunAsync(storage));
        var second = await store.StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz", pid: 2), None);

        Assert.Equal((first.CaptureId, false), (second.CaptureId, second.Repeat));
        Assert.NotNull(await storage.Get<CaptureQuery>().OpenAsync(Projects.Default, first.CaptureId, None));
        await ExecuteAsync(storage, $"DELETE FROM snapshot WHERE process_id = '{second.Processes[0]}' AND number = 1");
        Assert.Equal((0, 1), await RunAsync(storage)); // one upload is proven, the other is not
    }

    private static async Task<(int Dropped, int Kept)> RunAsync(TestStorage storage)
    {
        var report = await storage.Get<TextDropping>().RunAsync(Later, None);
        return (report.Dropped, report.Kept);
    }

    private static async Task ExecuteAsync(TestStorage storage, string sql)
    {
        await using var command = storage.Get<NpgsqlDataSource>().CreateCommand(sql);
        Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
    }

    private static byte[] Tar(IEnumerable<(string Name, byte[] Text)> files)
    {
        var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
            foreach (var (name, text) in files) tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(text) });
        return archive.ToArray();
    }
}
