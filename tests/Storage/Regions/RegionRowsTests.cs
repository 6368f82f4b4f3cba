using MemScope.Core.Analysis;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Notes;
using MemScope.Storage.Queries;
using MemScope.Storage.Regions;
using MemScope.Storage.Tests.Captures;
using MemScope.Storage.Verdicts;
using MemScope.Tests;
using Npgsql;

namespace MemScope.Storage.Tests.Regions;

/// <summary>Regions as rows for SQL.</summary>
[Collection(PostgresTests.Name)]
public sealed class RegionRowsTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("ucx-leak")]
    [InlineData("raw-mmap-leak")]
    [InlineData("steady-healthy")]
    public async Task Each_region_is_a_row_that_says_what_its_series_says(string name)
    {
        await using var storage = await postgres.NewAsync();
        var process = (await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase(name, "smaps.tar.gz"), None)).Processes[0];
        var track = await TrackAsync(storage, process);
        Assert.Equal([process], await storage.Get<RegionRows>().StaleAsync(10, None));

        Assert.Equal(new RegionRowsReport(track.Regions.Count, 0, 0), await storage.Get<RegionRows>().UpdateAsync(process, None));

        Assert.Empty(await storage.Get<RegionRows>().StaleAsync(10, None));
        Assert.Equal(track.Regions.Count, await storage.CountAsync("SELECT count(*) FROM region"));
        Assert.Equal(track.AliveAt(track.Points.Count - 1).Count, await storage.CountAsync("SELECT count(*) FROM region WHERE gone_at IS NULL"));
        Assert.Equal((long)TrackSeries.Total(track, Metric.Rss)[^1], await storage.CountAsync("SELECT sum(last_rss_bytes) FROM region WHERE gone_at IS NULL"));
        Assert.Equal(await storage.CountAsync("SELECT sum(vma_count) FROM snapshot"), await storage.CountAsync("SELECT sum(snapshots) FROM region"));
        // Of those that are there from first to last, life and window are the same.
        var fastest = GrowthRanking.Rank(track, 0, track.Points.Count - 1).First(g => g.Region.BornAt == 0 && g.Region.LastAt == track.Points.Count - 1).Region;
        Assert.Equal(1, await storage.CountAsync($"SELECT count(*) FROM (SELECT region_id FROM region WHERE gone_at IS NULL AND first_number = 1 ORDER BY rss_bytes_per_second DESC LIMIT 1) r WHERE region_id = '{fastest.Id}'"));
        Assert.Equal(Analyzer.Version, await storage.CountAsync("SELECT analyzer FROM track"));

        // Nothing has changed: nothing is written.
        Assert.Equal(new RegionRowsReport(0, 0, 0), await storage.Get<RegionRows>().UpdateAsync(process, None));
    }

    [Fact]
    public async Task Rows_of_regions_that_are_gone_are_not_written_again()
    {
        await using var storage = await postgres.NewAsync();
        var process = await StoreAsync(storage, 1, "1000-3000 4", "9000-a000 4", "c000-d000 8");
        await StoreAsync(storage, 2, "1000-3000 4", "c000-d000 8");
        Assert.Equal(3, (await storage.Get<RegionRows>().UpdateAsync(process, None))!.Written);
        await StoreAsync(storage, 3, "1000-3000 4", "c000-d000 8", "20000-21000 4");
        Assert.Equal(3, (await storage.Get<RegionRows>().UpdateAsync(process, None))!.Written); // two went on, one is new
        Assert.Equal(1, await storage.CountAsync("SELECT snapshots FROM region WHERE gone_at IS NOT NULL"));
        Assert.Equal(1, await storage.CountAsync("SELECT count(*) FROM region WHERE gone_at = (SELECT taken_at FROM snapshot WHERE number = 2)"));
    }

    [Fact]
    public async Task An_old_id_finds_its_region_after_any_number_of_late_snapshots()
    {
        await using var storage = await postgres.NewAsync();
        var ids = new List<Guid>();
        Guid process = default;
        // Each is earlier than those before: the region is born earlier each time and has another id.
        for (var second = 9; second > 0; second--)
        {
            process = await StoreAsync(storage, second, "1000-3000 4");
            await storage.Get<RegionRows>().UpdateAsync(process, None);
            ids.Add((await TrackAsync(storage, process)).Regions[0].Id);
        }
        Assert.Equal(9, ids.Distinct().Count());
        Assert.Equal(1, await storage.CountAsync("SELECT count(*) FROM region"));
        var track = await TrackAsync(storage, process);
        foreach (var id in ids) Assert.Equal(track.Regions[0], (await storage.Get<RegionQuery>().AskAsync(process, id, None)).In(track));
        Assert.Null((await storage.Get<RegionQuery>().AskAsync(process, Guid.NewGuid(), None)).In(track));
    }

    [Fact]
    public async Task An_old_id_finds_its_region_before_the_rows_are_written_too()
    {
        await using var storage = await postgres.NewAsync();
        var process = await StoreAsync(storage, 2, "1000-3000 4");
        await storage.Get<RegionRows>().UpdateAsync(process, None);
        var before = (await TrackAsync(storage, process)).Regions[0].Id;
        await StoreAsync(storage, 1, "1000-3000 4");
        var track = await TrackAsync(storage, process);
        Assert.NotEqual(before, track.Regions[0].Id);
        Assert.Equal(track.Regions[0], (await storage.Get<RegionQuery>().AskAsync(process, before, None)).In(track));
    }

    [Fact]
    public async Task Rows_of_regions_of_which_no_snapshot_is_left_go()
    {
        await using var storage = await postgres.NewAsync();
        const int yesterday = -86_400;
        var process = await StoreAsync(storage, yesterday, "1000-3000 4", "9000-a000 4");
        await StoreAsync(storage, 2, "1000-3000 4");
        await StoreAsync(storage, 3, "1000-3000 4");
        await storage.Get<RegionRows>().UpdateAsync(process, None);
        Assert.Equal(2, await storage.CountAsync("SELECT count(*) FROM region"));
        await storage.Get<Retention>().DeleteAsync(Noon, None);
        Assert.Equal([process], await storage.Get<RegionRows>().StaleAsync(10, None));
        await storage.Get<RegionRows>().UpdateAsync(process, None);
        Assert.Equal(1, await storage.CountAsync("SELECT count(*) FROM region"));
    }

    [Fact]
    public async Task What_another_version_of_the_analysis_wrote_is_computed_again()
    {
        await using var storage = await postgres.NewAsync();
        var process = (await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz"), None)).Processes[0];
        var rows = storage.Get<RegionRows>();
        await rows.UpdateAsync(process, None);
        var (sums, regions) = (await storage.CountAsync("SELECT sum(rss_heap_bytes + lazy_free_bytes + 3 * rss_file_text_bytes) FROM snapshot"), await storage.CountAsync("SELECT count(*) FROM region WHERE category = 'heap'"));
        await using (var command = storage.Get<NpgsqlDataSource>().CreateCommand("UPDATE snapshot SET rss_heap_bytes = 7, lazy_free_bytes = NULL; UPDATE region SET category = 'jit'; UPDATE track SET analyzer = analyzer - 1"))
            await command.ExecuteNonQueryAsync();

        Assert.Equal([process], await rows.StaleAsync(10, None));
        var report = (await rows.UpdateAsync(process, None))!;

        Assert.Equal((await storage.CountAsync("SELECT count(*) FROM region"), await storage.CountAsync("SELECT count(*) FROM snapshot")), (report.Written, report.Sums));
        Assert.Equal((sums, regions), (await storage.CountAsync("SELECT sum(rss_heap_bytes + lazy_free_bytes + 3 * rss_file_text_bytes) FROM snapshot"), await storage.CountAsync("SELECT count(*) FROM region WHERE category = 'heap'")));
        Assert.Empty(await rows.StaleAsync(10, None));
        Assert.Equal(1, await rows.ForgetAsync(null, None));
        Assert.Equal(new RegionRowsReport(0, 0, 0), await rows.UpdateAsync(process, None)); // computed again, and the same
    }

    [Fact]
    public async Task Uploads_are_followed_in_the_background()
    {
        await using var storage = await postgres.NewAsync();
        await storage.StartAsync();
        await StoreAsync(storage, 1, "1000-3000 4");
        while (await storage.CountAsync("SELECT count(*) FROM region") == 0) await Task.Delay(50);
        Assert.Equal(1, await storage.CountAsync("SELECT count(*) FROM track t JOIN process_state s USING (process_id) WHERE t.analyzed_seq = s.change_seq"));
    }

    [Fact]
    public async Task The_queries_of_the_documentation_answer()
    {
        await using var storage = await postgres.NewAsync();
        var process = (await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("raw-mmap-leak", "smaps.tar.gz"), None)).Processes[0];
        await storage.Get<RegionRows>().UpdateAsync(process, None);
        await storage.Get<NoteStore>().AddAsync(process, new NoteDraft(Noon, "n"), None);
        var verdict = new VerdictRow(process, new VerdictBasis((await storage.Get<ProcessQuery>().FindAsync(Projects.Default, process, None))!.ChangeSeq, "v", ""), "leak", "s", Noon);
        await storage.Get<VerdictStore>().StoreAsync(verdict, [new FindingRow("G01", "likely", "leak", null, "t", "s", 1.5)], None);
        var queries = (await File.ReadAllTextAsync(Path.Combine(Fixtures.RepositoryRoot, "docs", "sql.md"))).Split("```sql\n").Skip(1).Select(block => block.Split("```")[0]).ToList();
        Assert.True(queries.Count >= 4);
        foreach (var query in queries)
        {
            await using var command = storage.Get<NpgsqlDataSource>().CreateCommand(query);
            await using var reader = await command.ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync(), query);
        }
    }

    /// <summary>Stores a snapshot of lines such as <c>1000-3000 4</c>: addresses, Rss in KiB.</summary>
    private static async Task<Guid> StoreAsync(TestStorage storage, int second, params string[] lines)
    {
        var text = string.Concat(lines.Select(l => l.Split(' ')).Select(l => $"{l[0].Split('-')[0]}-{l[0].Split('-')[1]} rw-p 00000000 00:00 0 \nRss: {l[1]} kB\n"));
        var upload = Uploads.Bare(System.Text.Encoding.ASCII.GetBytes(text)) with { TakenAt = Noon.AddSeconds(second), ReceivedAt = Noon.AddSeconds(second) };
        return (await storage.Get<CaptureStore>().StoreAsync(upload, None)).Processes[0];
    }

    private static async Task<Track> TrackAsync(TestStorage storage, Guid process) =>
        Track.Build(process, SnapshotSource.Smaps, (await storage.Get<TrackQuery>().LoadAsync(process, SnapshotSource.Smaps, 0, None)).Points);
}
