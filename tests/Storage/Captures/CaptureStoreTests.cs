using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Tests;

namespace MemScope.Storage.Tests.Captures;

[Collection(PostgresTests.Name)]
public sealed class CaptureStoreTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_snapshot_of_a_case_reads_back_as_it_was_parsed(string name)
    {
        await using var storage = await postgres.NewAsync();
        foreach (var file in (string[])["smaps.tar.gz", "pmap-x.log.gz", "pmap-X.log.gz", "maps.tar.gz"])
        {
            var upload = Uploads.OfCase(name, file);
            var stored = await storage.Get<CaptureStore>().StoreAsync(upload, None);
            var process = Assert.Single(stored.Processes);
            var source = upload.Parsed.Snapshots[0].Source;
            var track = await storage.Get<TrackQuery>().LoadAsync(process, source, 0, None);
            var rows = await storage.Get<SnapshotQuery>().ListAsync(process, source, None);
            Assert.Equal(upload.Parsed.Snapshots.Count, track.Points.Count);
            Assert.Equal(upload.Parsed.Snapshots.Count, rows.Count);
            foreach (var (snapshot, point, row) in upload.Parsed.Snapshots.OrderBy(s => s.TakenAt).Zip(track.Points, rows))
            {
                VmaTables.AssertEqual(snapshot.Vmas, point.Vmas);
                Assert.Equal(row.Number, point.Number);
                Assert.Equal(row.TakenAt, point.TakenAt);
                Assert.Equal(snapshot.RssBytes, row.RssBytes);
                Assert.Equal(snapshot.Vmas.Count, row.VmaCount);
                if (row.RssBytes is not null) Assert.Equal(row.RssBytes, row.ByCategory.Values.Sum());
            }
        }
        Assert.Equal(1, await storage.CountAsync("SELECT count(*) FROM process"));
    }

    [Fact]
    public async Task Ninety_one_bare_snapshots_sent_one_by_one_are_ninety_one_although_neighbours_are_equal()
    {
        await using var storage = await postgres.NewAsync();
        var texts = Fixtures.Members("cases", "plateau", "smaps.tar.gz").Select(m => m.Text).ToList();
        var equal = texts.Zip(texts.Skip(1)).Count(p => p.First.AsSpan().SequenceEqual(p.Second));
        var ids = new HashSet<Guid>();
        foreach (var text in texts)
        {
            var stored = await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text), None);
            Assert.False(stored.Repeat);
            ids.UnionWith(stored.Processes);
        }
        Assert.Equal(26, equal);
        Assert.Equal(91, await storage.CountAsync("SELECT count(*) FROM snapshot"));
        Assert.Equal(texts.DistinctBy(Convert.ToHexString).Count(), await storage.CountAsync("SELECT count(*) FROM capture"));
        var track = await storage.Get<TrackQuery>().LoadAsync(Assert.Single(ids), SnapshotSource.Smaps, 0, None);
        Assert.Equal(Enumerable.Range(1, 91), track.Points.Select(p => p.Number));
    }

    [Theory]
    [InlineData("smaps.tar.gz")]
    [InlineData("pmap-x.log.gz")]
    [InlineData("status.tar.gz")]
    public async Task A_file_with_times_inside_is_recognised_on_a_repeat(string file)
    {
        await using var storage = await postgres.NewAsync();
        var first = await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", file), None);
        var rows = await storage.CountAsync("SELECT (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM side_figures)");
        var again = await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", file), None);
        Assert.False(first.Repeat);
        Assert.True(again.Repeat);
        Assert.Equal(first.CaptureId, again.CaptureId);
        Assert.Equal(first.Processes, again.Processes);
        Assert.Equal(91, rows);
        Assert.Equal(rows, await storage.CountAsync("SELECT (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM side_figures)"));
    }

    [Fact]
    public async Task The_same_file_shown_to_another_process_is_another_upload()
    {
        await using var storage = await postgres.NewAsync();
        var one = await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz", 1), None);
        var two = await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz", 2), None);
        Assert.False(two.Repeat);
        Assert.Equal(one.CaptureId, two.CaptureId);
        Assert.NotEqual(one.Processes, two.Processes);
        Assert.Equal(182, await storage.CountAsync("SELECT count(*) FROM snapshot"));
    }

    [Fact]
    public async Task A_told_time_makes_a_repeat_of_the_same_bytes_and_a_new_snapshot_of_another_time()
    {
        await using var storage = await postgres.NewAsync();
        var text = Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text;
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));
        var first = await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text) with { TakenAt = at }, None);
        var again = await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text) with { TakenAt = at.ToUniversalTime() }, None);
        var later = await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text) with { TakenAt = at.AddSeconds(1) }, None);
        Assert.True(again.Repeat);
        Assert.False(later.Repeat);
        var rows = await storage.Get<SnapshotQuery>().ListAsync(first.Processes[0], null, None);
        Assert.Equal([at, at.AddSeconds(1)], rows.Select(r => r.TakenAt));
        Assert.All(rows, r => Assert.Equal(TimeOrigin.Query, r.TimeOrigin));
    }

    [Fact]
    public async Task An_idempotency_key_makes_a_repeat_and_is_refused_with_another_body()
    {
        await using var storage = await postgres.NewAsync();
        var texts = Fixtures.Members("cases", "plateau", "smaps.tar.gz").Select(m => m.Text).ToList();
        var first = await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(texts[0]) with { IdempotencyKey = "a" }, None);
        var again = await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(texts[0]) with { IdempotencyKey = "a" }, None);
        var other = await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(texts[0]) with { IdempotencyKey = "b" }, None);
        var refusal = await Assert.ThrowsAsync<UploadRefusedException>(() => storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(texts[^1]) with { IdempotencyKey = "a" }, None));
        Assert.Equal(UploadRefusedException.KeyReused, refusal.Code);
        Assert.True(again.Repeat);
        Assert.Equal((first.CaptureId, first.Processes[0]), (again.CaptureId, again.Processes[0]));
        Assert.False(other.Repeat);
        Assert.Equal(2, await storage.CountAsync("SELECT count(*) FROM snapshot"));
    }

    [Fact]
    public async Task Sixteen_equal_uploads_at_once_are_stored_once()
    {
        await using var storage = await postgres.NewAsync();
        var stored = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("raw-mmap-leak", "smaps.tar.gz"), None))));
        Assert.Single(stored, s => !s.Repeat);
        Assert.Single(stored.Select(s => s.CaptureId).Distinct());
        Assert.Single(stored.SelectMany(s => s.Processes).Distinct());
        Assert.Equal(stored[0].Snapshots, await storage.CountAsync("SELECT count(*) FROM snapshot"));
        Assert.Equal(1, await storage.CountAsync("SELECT count(*) FROM upload"));
    }

    [Fact]
    public async Task Sixteen_different_snapshots_at_once_get_sixteen_numbers_without_a_gap()
    {
        await using var storage = await postgres.NewAsync();
        var texts = Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").Select(m => m.Text).Take(16).ToList();
        var stored = await Task.WhenAll(texts.Select(t => Task.Run(() => storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(t), None))));
        var rows = await storage.Get<SnapshotQuery>().ListAsync(Assert.Single(stored.SelectMany(s => s.Processes).Distinct()), null, None);
        Assert.Equal(Enumerable.Range(1, 16), rows.Select(r => r.Number).Order());
    }

    [Fact]
    public async Task An_upload_without_a_pid_in_the_query_or_the_file_is_refused_with_advice()
    {
        await using var storage = await postgres.NewAsync();
        var text = Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text;
        var refusal = await Assert.ThrowsAsync<UploadRefusedException>(() => storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(text, pid: null), None));
        Assert.Equal(UploadRefusedException.NoPid, refusal.Code);
        Assert.Contains("pid=", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pid_in_the_file_is_enough()
    {
        await using var storage = await postgres.NewAsync();
        var stored = await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", "pmap-x.log.gz", pid: null), None);
        var process = await storage.Get<ProcessQuery>().FindAsync(Projects.Default, stored.Processes[0], None);
        Assert.Equal(32304, process!.Pid); // capture.json
    }

    [Fact]
    public async Task The_stored_file_reads_back_byte_for_byte()
    {
        await using var storage = await postgres.NewAsync();
        foreach (var (bytes, name) in new[] { (Fixtures.Bytes("cases", "plateau", "smaps.tar.gz"), "smaps.tar.gz"), (Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text, "smaps") })
        {
            var stored = await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(bytes, name), None);
            await using var content = await storage.Get<CaptureQuery>().OpenAsync(Projects.Default, stored.CaptureId, None);
            using var read = new MemoryStream();
            await content!.CopyToAsync(read);
            Assert.Equal(name == "smaps" ? bytes : Fixtures.Unzipped("cases", "plateau", "smaps.tar.gz"), read.ToArray());
        }
    }

    [Fact]
    public async Task Texts_that_PostgreSQL_cannot_hold_do_not_stop_an_upload()
    {
        await using var storage = await postgres.NewAsync();
        var upload = Uploads.Bare(Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text) with
        {
            Host = "h\0\uD800ost", FileName = "\0", BootId = "b\0", IdempotencyKey = "k\0", Labels = new Dictionary<string, string> { ["ro\0le"] = "pre\uDC00fill\0" },
        };
        var stored = await storage.Get<CaptureStore>().StoreAsync(upload, None);
        var process = await storage.Get<ProcessQuery>().FindAsync(Projects.Default, stored.Processes[0], None);
        Assert.Equal("h\uFFFD\uFFFDost", process!.Host);
        Assert.Equal("pre\uFFFDfill\uFFFD", process.Labels["ro\uFFFDle"]);
    }
}
