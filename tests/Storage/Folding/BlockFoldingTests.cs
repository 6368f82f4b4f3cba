using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using MemScope.Storage.Captures;
using MemScope.Storage.Folding;
using MemScope.Storage.Queries;
using MemScope.Storage.Tests.Captures;
using Npgsql;

namespace MemScope.Storage.Tests.Folding;

[Collection(PostgresTests.Name)]
public sealed class BlockFoldingTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly IReadOnlyList<Snapshot> History = Uploads.OfCase("steady-healthy", "smaps.tar.gz").Parsed.Snapshots;
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Single_blocks_become_blocks_of_sixty_and_every_snapshot_stays_as_it_was()
    {
        await using var storage = await postgres.NewAsync();
        var (process, sent) = await SendAsync(storage, Enumerable.Range(0, 130));
        await FoldAsync(storage, process);
        Assert.Equal([60, 60, 10], await SizesAsync(storage));
        await AssertHoldsAsync(storage, process, sent);
    }

    [Fact]
    public async Task A_late_snapshot_opens_its_block_again_and_lies_in_the_order_of_time()
    {
        await using var storage = await postgres.NewAsync();
        var (process, sent) = await SendAsync(storage, Enumerable.Range(0, 60).Where(s => s != 30));
        await FoldAsync(storage, process);
        Assert.Equal([59], await SizesAsync(storage));
        sent.Add(await SendAsync(storage, 30));
        sent.Add(await SendAsync(storage, 60));
        await FoldAsync(storage, process);
        Assert.Equal([60, 1], await SizesAsync(storage));
        await AssertHoldsAsync(storage, process, sent);
        var late = (await storage.Get<TrackQuery>().FindAsync(process, 60, None))!;
        Assert.Equal(Start.AddSeconds(30), late.TakenAt);
    }

    [Fact]
    public async Task Who_knows_the_snapshots_up_to_a_number_gets_the_later_ones_once_after_a_fold()
    {
        await using var storage = await postgres.NewAsync();
        var (process, _) = await SendAsync(storage, Enumerable.Range(10, 20));
        var known = (await storage.Get<TrackQuery>().LoadAsync(process, SnapshotSource.Smaps, 0, None)).LastNumber;
        foreach (var second in new[] { 40, 3, 41 }) await SendAsync(storage, second);
        await FoldAsync(storage, process);
        Assert.Equal([23], await SizesAsync(storage));
        var more = await storage.Get<TrackQuery>().LoadAsync(process, SnapshotSource.Smaps, known, None);
        Assert.Equal([3, 40, 41], more.Points.Select(p => (int)(p.TakenAt - Start).TotalSeconds));
    }

    [Fact]
    public async Task A_fold_whose_blocks_were_replaced_meanwhile_gives_up_and_loses_nothing()
    {
        await using var storage = await postgres.NewAsync();
        var (process, sent) = await SendAsync(storage, Enumerable.Range(0, 20));
        await using var source = NpgsqlDataSource.Create(storage.Get<NpgsqlDataSource>().ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // Another's transaction has just replaced one of the blocks and commits while the fold waits for its row.
        await using (var replace = new NpgsqlCommand("UPDATE snapshot_block SET data = data || '\\x00' WHERE first_number = 5", connection)) await replace.ExecuteNonQueryAsync();
        var fold = storage.Get<BlockFolding>().FoldAsync(process, DateTimeOffset.UnixEpoch, quiet: true, _ => Task.CompletedTask, None);
        while (await storage.CountAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == 0) await Task.Delay(20);
        await transaction.CommitAsync();
        Assert.Equal(0, await fold);
        await using (var restore = source.CreateCommand("UPDATE snapshot_block SET data = substring(data FROM 1 FOR length(data) - 1) WHERE first_number = 5")) await restore.ExecuteNonQueryAsync();
        Assert.Equal(20, await storage.CountAsync("SELECT count(*) FROM snapshot_block"));
        await AssertHoldsAsync(storage, process, sent);
    }

    [Fact]
    public async Task Two_nodes_do_not_fold_one_process_at_a_time()
    {
        await using var storage = await postgres.NewAsync();
        var (process, _) = await SendAsync(storage, Enumerable.Range(0, 4));
        await using var connection = await storage.Get<NpgsqlDataSource>().OpenConnectionAsync();
        var second = new TaskCompletionSource<int?>();
        var folds = await storage.Get<BlockFolding>().FoldAsync(process, DateTimeOffset.UnixEpoch, quiet: true, async _ =>
            second.SetResult(await storage.Get<BlockFolding>().FoldAsync(process, DateTimeOffset.UnixEpoch, quiet: true, _ => Task.CompletedTask, None)), None);
        Assert.Equal((1, null), (folds, await second.Task));
        Assert.Equal(0, await storage.Get<BlockFolding>().FoldAsync(process, DateTimeOffset.UnixEpoch, quiet: true, _ => Task.CompletedTask, None));
    }

    [Fact]
    public async Task A_damaged_block_stays_and_so_do_its_neighbours()
    {
        await using var storage = await postgres.NewAsync();
        var (process, _) = await SendAsync(storage, Enumerable.Range(0, 5));
        await using (var damage = storage.Get<NpgsqlDataSource>().CreateCommand("UPDATE snapshot_block SET data = substring(data FROM 1 FOR 20) WHERE first_number = 3")) await damage.ExecuteNonQueryAsync();
        await Assert.ThrowsAsync<InvalidDataException>(() => FoldAsync(storage, process));
        Assert.Equal([1, 1, 1, 1, 1], await SizesAsync(storage));
    }

    [Fact]
    public async Task Days_of_receipt_are_deleted_whole_and_a_folded_block_goes_with_its_day()
    {
        await using var storage = await postgres.NewAsync();
        var (process, first) = await SendAsync(storage, Enumerable.Range(0, 5));
        var second = new List<TrackPoint>();
        foreach (var s in Enumerable.Range(10, 5)) second.Add(await SendAsync(storage, s, Start.AddDays(1).AddHours(s)));
        await FoldAsync(storage, process);
        Assert.Equal([5, 5], await SizesAsync(storage));
        await storage.Get<Retention>().DeleteAsync(Start.AddDays(1).AddHours(12), None); // falls into the second day, which stays whole
        Assert.Equal(5, await storage.CountAsync("SELECT count(*) FROM snapshot"));
        await AssertHoldsAsync(storage, process, second);
        Assert.NotEmpty(first);
    }

    [Fact]
    public async Task The_server_folds_what_arrives_by_itself_and_what_it_finds_at_its_start()
    {
        await using var storage = await postgres.NewAsync();
        var (process, sent) = await SendAsync(storage, Enumerable.Range(0, 10));
        await storage.StartAsync();
        while (await storage.CountAsync("SELECT count(*) FROM snapshot_block") != 1) await Task.Delay(50);
        foreach (var second in Enumerable.Range(20, FoldPlan.FewestBlocks)) sent.Add(await SendAsync(storage, second));
        while (await storage.CountAsync("SELECT count(*) FROM snapshot_block") > FoldPlan.FewestBlocks) await Task.Delay(50);
        await AssertHoldsAsync(storage, process, sent);
    }

    private static Task<int?> FoldAsync(TestStorage storage, Guid process) =>
        storage.Get<BlockFolding>().FoldAsync(process, DateTimeOffset.UnixEpoch, quiet: true, _ => Task.CompletedTask, None);

    private static async Task<(Guid Process, List<TrackPoint> Sent)> SendAsync(TestStorage storage, IEnumerable<int> seconds)
    {
        var sent = new List<TrackPoint>();
        foreach (var second in seconds) sent.Add(await SendAsync(storage, second));
        return ((await storage.Get<ProcessQuery>().ListAsync(Projects.Default, null, null, 10, None)).Items[0].Id, sent);
    }

    /// <summary>Uploads a snapshot taken so many seconds after the start, and returns it.</summary>
    private static async Task<TrackPoint> SendAsync(TestStorage storage, int second, DateTimeOffset? received = null)
    {
        var table = History[second % History.Count].Vmas;
        var parsed = new ParsedCapture("smaps", "", [new Snapshot(SnapshotSource.Smaps, new ProcessHint(1), table)], [], [], []);
        var upload = new CaptureUpload
        {
            Host = "h1", Pid = 1, BootId = "b", StartTicks = 7, TakenAt = Start.AddSeconds(second), Sha256 = Uploads.Digest($"{second}"), DecodedBytes = 1, Content = new MemoryStream([1]), Parsed = parsed,
            ReceivedAt = received ?? Start,
        };
        await storage.Get<CaptureStore>().StoreAsync(upload, None);
        return new TrackPoint(0, upload.TakenAt.Value, table);
    }

    private static async Task<List<int>> SizesAsync(TestStorage storage)
    {
        await using var command = storage.Get<NpgsqlDataSource>().CreateCommand("SELECT snapshots FROM snapshot_block ORDER BY from_at, first_number");
        await using var reader = await command.ExecuteReaderAsync();
        var sizes = new List<int>();
        while (await reader.ReadAsync()) sizes.Add(reader.GetInt32(0));
        return sizes;
    }

    /// <summary>The track has exactly these snapshots, in time order, and each can be asked for by its number.</summary>
    private static async Task AssertHoldsAsync(TestStorage storage, Guid process, IEnumerable<TrackPoint> sent)
    {
        var query = storage.Get<TrackQuery>();
        var points = (await query.LoadAsync(process, SnapshotSource.Smaps, 0, None)).Points;
        Assert.Equal(sent.Select(p => p.TakenAt).Order(), points.Select(p => p.TakenAt));
        foreach (var (expected, point) in sent.OrderBy(p => p.TakenAt).Zip(points))
        {
            VmaTables.AssertEqual(expected.Vmas, point.Vmas);
            Assert.True(expected.Vmas.HoldsSameAs(point.Vmas));
            VmaTables.AssertEqual(expected.Vmas, (await query.FindAsync(process, point.Number, None))!.Vmas);
        }
        Assert.Equal(points.Count, points.Select(p => p.Number).Distinct().Count());
    }
}
