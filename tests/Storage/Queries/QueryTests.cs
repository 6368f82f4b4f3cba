using System.Text;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Tests.Captures;
using MemScope.Tests;

namespace MemScope.Storage.Tests.Queries;

[Collection(PostgresTests.Name)]
public sealed class QueryTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Status_and_rollup_stand_beside_the_snapshot_of_their_number()
    {
        await using var storage = await postgres.NewAsync();
        var status = Uploads.OfCase("plateau", "status.tar.gz");
        var rollup = Uploads.OfCase("plateau", "smaps_rollup.tar.gz");
        var id = Guid.Empty;
        foreach (var upload in (CaptureUpload[])[Uploads.OfCase("plateau", "smaps.tar.gz"), status, rollup]) id = Assert.Single((await storage.Get<CaptureStore>().StoreAsync(upload, None)).Processes);
        var rows = await storage.Get<SnapshotQuery>().ListAsync(id, SnapshotSource.Smaps, None);
        Assert.Equal(91, rows.Count);
        Assert.Equal(status.Parsed.Figures.OrderBy(f => f.TakenAt).Select(f => (long?)f.Bytes["VmRSS"]), rows.Select(r => r.StatusRssBytes));
        Assert.Equal(rollup.Parsed.Figures.OrderBy(f => f.TakenAt).Select(f => (long?)f.Bytes["Rss"]), rows.Select(r => r.RollupRssBytes));
        Assert.Equal(rows[40].StatusRssBytes, (await storage.Get<SnapshotQuery>().FindAsync(id, rows[40].Number, None))!.StatusRssBytes);
    }

    [Fact]
    public async Task A_track_loads_what_came_since_a_number_and_one_snapshot_by_its_number()
    {
        await using var storage = await postgres.NewAsync();
        var upload = Uploads.OfCase("ucx-leak", "smaps.tar.gz");
        var id = (await storage.Get<CaptureStore>().StoreAsync(upload, None)).Processes[0];
        var query = storage.Get<TrackQuery>();
        var since = await query.LoadAsync(id, SnapshotSource.Smaps, 80, None);
        Assert.Equal(Enumerable.Range(81, 11), since.Points.Select(p => p.Number));
        Assert.Empty((await query.LoadAsync(id, SnapshotSource.Smaps, 91, None)).Points);
        Assert.Empty((await query.LoadAsync(id, SnapshotSource.Maps, 0, None)).Points);
        var one = await query.FindAsync(id, 75, None);
        VmaTables.AssertEqual(upload.Parsed.Snapshots.OrderBy(s => s.TakenAt).ElementAt(74).Vmas, one!.Vmas);
        Assert.Null(await query.FindAsync(id, 92, None));
    }

    [Fact]
    public async Task A_late_snapshot_gets_the_next_number_and_stands_where_its_time_says()
    {
        await using var storage = await postgres.NewAsync();
        var texts = Fixtures.Members("cases", "plateau", "smaps.tar.gz").Select(m => m.Text).Take(3).ToList();
        var at = Uploads.Received;
        var id = Guid.Empty;
        foreach (var (text, second) in texts.Zip([0, 20, 10])) id = (await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text) with { TakenAt = at.AddSeconds(second) }, None)).Processes[0];
        Assert.Equal([1, 3, 2], (await storage.Get<TrackQuery>().LoadAsync(id, SnapshotSource.Smaps, 0, None)).Points.Select(p => p.Number));
        Assert.Equal([1, 3, 2], (await storage.Get<SnapshotQuery>().ListAsync(id, SnapshotSource.Smaps, None)).Select(r => r.Number));
    }

    [Fact]
    public async Task Snapshots_page_in_the_order_of_time_whatever_their_numbers()
    {
        await using var storage = await postgres.NewAsync();
        var texts = Fixtures.Members("cases", "plateau", "smaps.tar.gz").Select(m => m.Text).Take(7).ToList();
        var id = Guid.Empty;
        // Two of one instant, and some that came late.
        foreach (var (text, second) in texts.Zip([0, 30, 10, 10, 50, 20, 40])) id = (await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text) with { TakenAt = Uploads.Received.AddSeconds(second) }, None)).Processes[0];
        await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", "maps.tar.gz"), None);
        var query = storage.Get<SnapshotQuery>();
        foreach (var source in new SnapshotSource?[] { SnapshotSource.Smaps, null })
        {
            var seen = new List<SnapshotRow>();
            RowPage<SnapshotRow>? page = null;
            while (page is null || page.Next is not null)
            {
                page = await query.PageAsync(id, source, page?.Next is { } next ? int.Parse(next, System.Globalization.CultureInfo.InvariantCulture) : null, 3, None);
                Assert.InRange(page.Items.Count, 1, 3);
                seen.AddRange(page.Items);
            }
            Assert.Equal((await query.ListAsync(id, source, None)).Select(r => r.Number), seen.Select(r => r.Number));
        }
        await Assert.ThrowsAsync<InvalidCursorException>(() => query.PageAsync(id, SnapshotSource.Smaps, 999, 3, None));
        await Assert.ThrowsAsync<InvalidCursorException>(() => query.PageAsync(id, SnapshotSource.Maps, 1, 3, None));
        Assert.Empty((await query.PageAsync(Guid.NewGuid(), null, null, 3, None)).Items);
    }

    [Fact]
    public async Task A_process_in_a_list_tells_its_tracks_and_draws_its_rss()
    {
        await using var storage = await postgres.NewAsync();
        var smaps = Uploads.OfCase("plateau", "smaps.tar.gz");
        foreach (var upload in (CaptureUpload[])[Uploads.OfCase("plateau", "maps.tar.gz"), smaps]) await storage.Get<CaptureStore>().StoreAsync(upload, None);
        var row = Assert.Single((await storage.Get<ProcessQuery>().ListAsync(Projects.Default, null, null, 10, None)).Items);
        Assert.Equal([SnapshotSource.Smaps, SnapshotSource.Maps], row.Tracks.Select(t => t.Source));
        Assert.All(row.Tracks, t => Assert.Equal(91, t.Snapshots));
        var byTime = smaps.Parsed.Snapshots.OrderBy(s => s.TakenAt).ToList();
        Assert.Equal((byTime[^1].RssBytes, null), (row.Tracks[0].LastRssBytes, row.Tracks[1].LastRssBytes));
        Assert.Equal((byTime[0].TakenAt!.Value, byTime[^1].TakenAt!.Value), (row.Tracks[0].FirstAt, row.Tracks[0].LastAt));
        Assert.InRange(row.RssSparkline.Count, 50, 60);
        Assert.Equal((byTime[0].RssBytes, byTime[^1].RssBytes), (row.RssSparkline[0], row.RssSparkline[^1]));
        Assert.Equal((2, 0), (row.Captures, row.Traces));
    }

    [Fact]
    public async Task Processes_page_without_a_gap_or_a_double_while_new_ones_arrive()
    {
        await using var storage = await postgres.NewAsync();
        var text = Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text;
        async Task Add(int pid) => await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text, pid) with { ReceivedAt = Uploads.Received.AddSeconds(pid / 2) }, None);
        for (var pid = 1; pid <= 9; pid++) await Add(pid);
        var seen = new List<int>();
        string? cursor = null;
        for (var page = 0; page == 0 || cursor is not null; page++)
        {
            var rows = await storage.Get<ProcessQuery>().ListAsync(Projects.Default, null, cursor, 2, None);
            seen.AddRange(rows.Items.Select(r => r.Pid));
            cursor = rows.Next;
            await Add(100 + page);
        }
        Assert.Equal(Enumerable.Range(1, 9), seen.Order());
        Assert.Empty((await storage.Get<ProcessQuery>().ListAsync("other", null, null, 10, None)).Items);
    }

    [Theory]
    [InlineData("h1", 2)]
    [InlineData("H1", 2)]
    [InlineData("42", 1)]
    [InlineData("prefill", 1)]
    [InlineData("%", 0)]
    [InlineData("_", 0)]
    [InlineData("\\", 0)]
    [InlineData("no such", 0)]
    [InlineData("plateau", 2)]
    public async Task Processes_are_found_by_host_pid_name_and_label(string search, int found)
    {
        await using var storage = await postgres.NewAsync();
        var text = Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text;
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text, 42), None);
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text, 7) with { Labels = new Dictionary<string, string> { ["role"] = "prefill" } }, None);
        Assert.Equal(found, (await storage.Get<ProcessQuery>().ListAsync(Projects.Default, search, null, 10, None)).Items.Count);
    }

    [Theory]
    [InlineData(null, null, null, null, 2)]
    [InlineData("H1", null, null, null, 2)]
    [InlineData("h", null, null, null, 0)]
    [InlineData(null, "PLATEAU", null, null, 2)]
    [InlineData(null, "plat", null, null, 0)]
    [InlineData(null, null, "role", "prefill", 1)]
    [InlineData(null, null, "role", "pre", 0)]
    [InlineData(null, null, "prefill", "role", 0)]
    [InlineData("h1", null, "role", "prefill", 1)]
    [InlineData("h2", null, "role", "prefill", 0)]
    [InlineData("a\0b", "%", "\0", "\0", 0)]
    public async Task All_parts_of_a_filter_must_match_exactly(string? host, string? comm, string? label, string? value, int found)
    {
        await using var storage = await postgres.NewAsync();
        var text = Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text;
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text, 42), None);
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text, 7) with { Labels = new Dictionary<string, string> { ["role"] = "prefill" } }, None);
        var filter = new ProcessFilter { Host = host, Comm = comm };
        if (label is not null) filter = filter with { Labels = new Dictionary<string, string> { [label] = value! } };
        Assert.Equal(found, (await storage.Get<ProcessQuery>().SearchAsync(Projects.Default, filter, null, 10, None)).Items.Count);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("====")]
    [InlineData("MTIz")]
    [InlineData("../../etc/passwd")]
    public async Task A_made_up_cursor_is_refused(string cursor)
    {
        await using var storage = await postgres.NewAsync();
        await Assert.ThrowsAsync<InvalidCursorException>(() => storage.Get<ProcessQuery>().ListAsync(Projects.Default, null, cursor, 10, None));
        await Assert.ThrowsAsync<InvalidCursorException>(() => storage.Get<CaptureQuery>().ListAllAsync(Projects.Default, cursor, 10, None));
    }

    [Fact]
    public async Task A_capture_tells_its_parse_report()
    {
        await using var storage = await postgres.NewAsync();
        var upload = Uploads.Of(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text) + "this is no line of smaps\n"), "odd.txt");
        var stored = await storage.Get<CaptureStore>().StoreAsync(upload, None);
        var row = Assert.Single(await storage.Get<CaptureQuery>().ListAsync(stored.Processes[0], 10, None));
        Assert.NotEmpty(row.Diagnostics);
        Assert.Equal(upload.Parsed.Diagnostics, row.Diagnostics);
        var problems = upload.Parsed.Diagnostics.Count(d => d.Severity >= Severity.Warning);
        Assert.True(problems > 0, "the odd line is a problem");
        Assert.Equal(problems, await storage.Get<CaptureQuery>().CountProblemsAsync(stored.Processes[0], None));
        Assert.Equal(("odd.txt", 1, upload.DecodedBytes, Convert.ToHexStringLower(upload.Sha256)), (row.FileName, row.Snapshots, row.DecodedBytes, row.Sha256));
        Assert.Equal(stored.Processes, await storage.Get<CaptureQuery>().ProcessesAsync(row.Id, None));
        Assert.Null(await storage.Get<CaptureQuery>().FindAsync("other", row.Id, None));
        Assert.Null(await storage.Get<CaptureQuery>().OpenAsync("other", row.Id, None));
    }
}
