using System.Formats.Tar;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Tests.Captures;
using MemScope.Tests;

namespace MemScope.Storage.Tests.Queries;

[Collection(PostgresTests.Name)]
public sealed class FiguresQueryTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Figures_page_from_the_newest_without_a_gap_or_a_double()
    {
        await using var storage = await postgres.NewAsync();
        var status = Uploads.OfCase("plateau", "status.tar.gz");
        await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", "smaps_rollup.tar.gz"), None);
        var id = (await storage.Get<CaptureStore>().StoreAsync(status, None)).Processes[0];

        var all = await AllAsync(storage.Get<FiguresQuery>(), id, null, null, 25);
        Assert.Equal(182, all.Count);
        Assert.Equal(182, all.Select(f => f.Id).Distinct().Count());
        Assert.Equal(all.OrderByDescending(f => f.TakenAt).ThenByDescending(f => f.Id).Select(f => f.Id), all.Select(f => f.Id));

        var ofStatus = await AllAsync(storage.Get<FiguresQuery>(), id, "status", null, 7);
        var expected = status.Parsed.Figures.OrderByDescending(f => f.TakenAt).ToList();
        Assert.Equal(expected.Select(f => f.TakenAt!.Value), ofStatus.Select(f => f.TakenAt));
        foreach (var (wanted, found) in expected.Zip(ofStatus))
        {
            Assert.Equal(wanted.Bytes.OrderBy(b => b.Key, StringComparer.Ordinal), found.Bytes.OrderBy(b => b.Key, StringComparer.Ordinal));
            Assert.Equal(wanted.Counts.OrderBy(b => b.Key, StringComparer.Ordinal), found.Counts.OrderBy(b => b.Key, StringComparer.Ordinal));
            Assert.Equal(TimeOrigin.MemberName, found.TimeOrigin);
        }
        Assert.Empty(await AllAsync(storage.Get<FiguresQuery>(), id, "a\0b", null, 7));
        Assert.Empty(await AllAsync(storage.Get<FiguresQuery>(), Guid.NewGuid(), null, null, 7));
        await Assert.ThrowsAsync<InvalidCursorException>(() => storage.Get<FiguresQuery>().ListAsync(id, null, null, "x", 7, None));
    }

    [Fact]
    public async Task Figures_of_some_kinds_in_a_window_come_oldest_first_and_a_limit_leaves_out_whole_moments()
    {
        await using var storage = await postgres.NewAsync();
        await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", "smaps_rollup.tar.gz"), None);
        var status = Uploads.OfCase("plateau", "status.tar.gz");
        var id = (await storage.Get<CaptureStore>().StoreAsync(status, None)).Processes[0];
        var times = status.Parsed.Figures.Select(f => f.TakenAt!.Value).Order().ToList();
        var query = storage.Get<FiguresQuery>();

        var (whole, none) = await query.OverAsync(id, ["status", "no-such-kind"], times[0], times[^1], 5000, None);
        Assert.Equal((false, times.Count), (none, whole.Count));
        Assert.Equal(times, whole.Select(f => f.TakenAt));
        Assert.Equal(times[5..11], (await query.OverAsync(id, ["status"], times[5].ToOffset(TimeSpan.FromHours(2)), times[10], 5000, None)).Rows.Select(f => f.TakenAt));
        var (newest, some) = await query.OverAsync(id, ["status"], times[0], times[^1], 10, None);
        Assert.True(some);
        Assert.Equal(times[^10..], newest.Select(f => f.TakenAt));
        Assert.Empty((await query.OverAsync(id, [], times[0], times[^1], 10, None)).Rows);

        // Seven figures without a time are two dumps of one moment: it cannot be cut.
        var arenas = (await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(Fixtures.Bytes("malloc-info", "arenas.xml"), "arenas.xml"), None)).Processes[0];
        Assert.Equal((0, true), (await query.OverAsync(arenas, ["malloc-info"], DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, 6, None)) is var cut ? (cut.Rows.Count, cut.LeavesOut) : default);
        Assert.Equal(7, (await query.OverAsync(arenas, ["malloc-info"], DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, 7, None)).Rows.Count);
    }

    [Fact]
    public async Task The_latest_of_each_kind_and_label_is_the_last_block_of_a_file_without_times()
    {
        await using var storage = await postgres.NewAsync();
        var malloc = Uploads.Of(Fixtures.Bytes("malloc-info", "arenas.xml"), "arenas.xml");
        var status = Uploads.OfCase("plateau", "status.tar.gz");
        await storage.Get<CaptureStore>().StoreAsync(status, None);
        var id = (await storage.Get<CaptureStore>().StoreAsync(malloc, None)).Processes[0];
        var query = storage.Get<FiguresQuery>();

        var latest = await query.LatestAsync(id, 500, None);
        Assert.Equal([("malloc-info", null), ("malloc-info", "heap 0"), ("malloc-info", "heap 1"), ("malloc-info", "heap 2"), ("malloc-info", "heap 3"), ("status", null)],
            latest.Select(f => (f.Kind, f.Label)));
        foreach (var found in latest.Where(f => f.Kind == "malloc-info"))
            Assert.Equal(malloc.Parsed.Figures.Last(f => f.Label == found.Label).Bytes.OrderBy(b => b.Key, StringComparer.Ordinal), found.Bytes.OrderBy(b => b.Key, StringComparer.Ordinal));
        Assert.Equal(status.Parsed.Figures.MaxBy(f => f.TakenAt)!.Bytes["VmRSS"], latest[^1].Bytes["VmRSS"]);

        Assert.Equal(malloc.Parsed.Figures.Reverse().Select(f => f.Label), (await query.ListAsync(id, "malloc-info", null, null, 100, None)).Items.Select(f => f.Label));
        Assert.Equal(2, (await query.ListAsync(id, "malloc-info", "heap 0", null, 100, None)).Items.Count);
        Assert.Equal(2, (await query.LatestAsync(id, 2, None)).Count);
        Assert.Empty(await query.LatestAsync(Guid.NewGuid(), 500, None));
    }

    [Theory]
    [InlineData(null, false, 4711)] // nothing else names one
    [InlineData(42, false, 42)]
    [InlineData(null, true, null)] // the status in the same archive does
    public async Task The_number_in_a_files_name_is_asked_last(int? sent, bool withStatus, int? expected)
    {
        await using var storage = await postgres.NewAsync();
        var status = Fixtures.Bytes("status", "odd-maps.status.txt");
        var archive = Tar(withStatus ? [("heaptrack.malloc_leak.4711.zst", Fixtures.Bytes("heaptrack", "malloc-leak.zst")), ("status", status)] : [("heaptrack.malloc_leak.4711.zst", Fixtures.Bytes("heaptrack", "malloc-leak.zst"))]);
        var id = Assert.Single((await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(archive, "case.tar", sent), None)).Processes);

        expected ??= Uploads.Bare(status).Parsed.Figures[0].Process.Pid;
        Assert.Equal(expected, (await storage.Get<ProcessQuery>().FindAsync(Projects.Default, id, None))!.Pid);
        Assert.Single(await storage.Get<HeapProfileQuery>().ListAsync(id, None));
    }

    private static byte[] Tar(params (string Name, byte[] Content)[] files)
    {
        using var packed = new MemoryStream();
        using (var tar = new TarWriter(packed, leaveOpen: true))
            foreach (var (name, content) in files) tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return packed.ToArray();
    }

    private static async Task<List<FiguresRow>> AllAsync(FiguresQuery query, Guid process, string? kind, string? label, int limit)
    {
        var all = new List<FiguresRow>();
        string? cursor = null;
        do
        {
            var page = await query.ListAsync(process, kind, label, cursor, limit, None);
            all.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        return all;
    }
}
