using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;

namespace MemScope.Storage.Tests.Captures;

[Collection(PostgresTests.Name)]
public sealed class ProcessRecognitionTests(PostgresFixture postgres)
{
    private const ulong Mega = 1 << 20;
    private static readonly CancellationToken None = CancellationToken.None;
    private int _uploads;

    [Fact]
    public async Task Equal_load_addresses_are_one_process_although_the_stack_grew()
    {
        await using var storage = await postgres.NewAsync();
        var first = await StoreAsync(storage, Program(1));
        var grown = await StoreAsync(storage, Program(1, stackBytes: 8 * Mega));
        Assert.Equal(first, grown);
    }

    [Fact]
    public async Task Other_load_addresses_begin_a_new_incarnation_and_the_old_one_is_found_again()
    {
        await using var storage = await postgres.NewAsync();
        var before = await StoreAsync(storage, Program(1));
        var after = await StoreAsync(storage, Program(2));
        Assert.NotEqual(before, after);
        Assert.Equal(before, await StoreAsync(storage, Program(1)));
        Assert.Equal(after, await StoreAsync(storage, Program(2)));
        Assert.Equal([0, 1], (await AllAsync(storage)).Select(p => p.ExecNumber).Order());
    }

    [Fact]
    public async Task An_exec_within_one_log_gives_two_processes()
    {
        await using var storage = await postgres.NewAsync();
        var at = Uploads.Received.AddHours(-1);
        var upload = Upload(Program(1) with { TakenAt = at }, Program(1) with { TakenAt = at.AddSeconds(1) }, Program(2) with { TakenAt = at.AddSeconds(2) });
        var stored = await storage.Get<CaptureStore>().StoreAsync(upload, None);
        Assert.Equal(2, stored.Processes.Count);
        var counts = await Task.WhenAll(stored.Processes.Select(async p => (await storage.Get<SnapshotQuery>().ListAsync(p, null, None)).Count));
        Assert.Equal([2, 1], counts);
    }

    [Fact]
    public async Task A_source_that_shows_fewer_addresses_joins_by_what_it_shows()
    {
        await using var storage = await postgres.NewAsync();
        var smaps = await StoreAsync(storage, Program(1));
        var pmap = new VmaTable.Builder();
        pmap.Add(1 * Mega, 2 * Mega, VmaPermissions.Read, 0, 0, 0, 0, "prog");
        pmap.Add(900 * Mega, 901 * Mega, VmaPermissions.Read, 0, 0, 0, 0, "[ stack ]");
        Assert.Equal(smaps, await StoreAsync(storage, new Snapshot(SnapshotSource.PmapExtended, ProcessHint.None, pmap.Build())));
    }

    [Fact]
    public async Task A_file_mapped_below_the_executable_is_not_an_exec()
    {
        await using var storage = await postgres.NewAsync();
        var before = await StoreAsync(storage, Program(1));
        var low = new VmaTable.Builder();
        low.Add(4096, 8192, VmaPermissions.Read, 0, 8, 1, 77, "/data/low");
        Assert.Equal(before, await StoreAsync(storage, Program(1, low)));
    }

    [Fact]
    public async Task A_trace_without_addresses_joins_the_newest_incarnation()
    {
        await using var storage = await postgres.NewAsync();
        await StoreAsync(storage, Program(1));
        var newest = await StoreAsync(storage, Program(2));
        var trace = new Trace("strace", ClockDomain.Wall, ProcessHint.None, [new TraceEvent { Callchain = -1, TimeNs = 5_000 }], [], []);
        var stored = await storage.Get<CaptureStore>().StoreAsync(Upload() with { Parsed = new ParsedCapture("strace", "", [], [], [trace], []) }, None);
        Assert.Equal(newest, Assert.Single(stored.Processes));
        var row = Assert.Single(await storage.Get<TraceQuery>().ListAsync(newest, None));
        Assert.Equal((1, DateTimeOffset.UnixEpoch.AddTicks(50)), (row.Events, row.From));
        Assert.Equal(trace.Events, (await storage.Get<TraceQuery>().LoadAsync(newest, row.Id, None))!.Events);
    }

    [Fact]
    public async Task A_process_first_known_by_a_status_file_is_the_one_that_smaps_shows_later()
    {
        await using var storage = await postgres.NewAsync();
        var status = new SideFigures("status", new ProcessHint(Comm: "prog"), new Dictionary<string, long> { ["VmRSS"] = 4096 }, new Dictionary<string, long>());
        var first = await storage.Get<CaptureStore>().StoreAsync(Upload() with { Parsed = new ParsedCapture("status", "", [], [status], [], []) }, None);
        Assert.Equal(first.Processes[0], await StoreAsync(storage, Program(1)));
        Assert.Equal("prog", (await AllAsync(storage))[0].Comm);
    }

    [Fact]
    public async Task Boot_id_and_start_ticks_tell_processes_apart_whatever_their_addresses()
    {
        await using var storage = await postgres.NewAsync();
        var store = storage.Get<CaptureStore>();
        var one = await store.StoreAsync(Upload(Program(1)) with { BootId = "boot", StartTicks = 100 }, None);
        var same = await store.StoreAsync(Upload(Program(1)) with { BootId = "boot", StartTicks = 100 }, None);
        var restarted = await store.StoreAsync(Upload(Program(1)) with { BootId = "boot", StartTicks = 200 }, None);
        var rebooted = await store.StoreAsync(Upload(Program(1)) with { BootId = "other", StartTicks = 100 }, None);
        var executed = await store.StoreAsync(Upload(Program(2)) with { BootId = "boot", StartTicks = 100 }, None);
        Assert.Equal(one.Processes, same.Processes);
        Assert.Equal(4, new[] { one, restarted, rebooted, executed }.Select(s => s.Processes[0]).Distinct().Count());
    }

    [Fact]
    public async Task Several_pids_in_one_file_are_several_processes()
    {
        await using var storage = await postgres.NewAsync();
        var stored = await storage.Get<CaptureStore>().StoreAsync(
            Upload(Program(1) with { Process = new ProcessHint(Pid: 11) }, Program(2) with { Process = new ProcessHint(Pid: 12) }), None);
        Assert.Equal(2, stored.Processes.Count);
        Assert.Equal([11, 12], (await AllAsync(storage)).Select(p => p.Pid).Order());
    }

    [Fact]
    public async Task A_process_is_named_by_its_executable_until_a_comm_is_known()
    {
        await using var storage = await postgres.NewAsync();
        var id = await StoreAsync(storage, Program(1));
        Assert.Equal("prog", (await storage.Get<ProcessQuery>().FindAsync(Projects.Default, id, None))!.Comm);
        await StoreAsync(storage, Program(1) with { Process = new ProcessHint(Comm: "worker", CommandLine: "/bin/prog --serve") });
        var row = await storage.Get<ProcessQuery>().FindAsync(Projects.Default, id, None);
        Assert.Equal(("worker", "/bin/prog --serve"), (row!.Comm, row.CommandLine));
    }

    private async Task<Guid> StoreAsync(TestStorage storage, Snapshot snapshot) => Assert.Single((await storage.Get<CaptureStore>().StoreAsync(Upload(snapshot), None)).Processes);

    private CaptureUpload Upload(params Snapshot[] snapshots) => new()
    {
        Host = "h1", Pid = 1, Sha256 = Uploads.Digest($"upload {_uploads++}"), DecodedBytes = 1, Content = new MemoryStream([1]),
        Parsed = new ParsedCapture("smaps", "", snapshots, [], [], []), ReceivedAt = Uploads.Received.AddSeconds(_uploads),
    };

    private static async Task<IReadOnlyList<ProcessRow>> AllAsync(TestStorage storage) => (await storage.Get<ProcessQuery>().ListAsync(Projects.Default, null, null, 100, None)).Items;

    /// <summary>A program loaded where <paramref name="load"/> says.</summary>
    private static Snapshot Program(ulong load, VmaTable.Builder? rows = null, ulong stackBytes = Mega)
    {
        rows ??= new VmaTable.Builder();
        rows.Add(load * Mega, (load + 1) * Mega, VmaPermissions.Read | VmaPermissions.Execute, 0, 8, 1, 42, "/bin/prog");
        rows.Set(Metric.Rss, 100);
        rows.Add((900 + load) * Mega - stackBytes, (900 + load) * Mega, VmaPermissions.Read | VmaPermissions.Write, 0, 0, 0, 0, "[stack]");
        rows.Set(Metric.Rss, 8);
        rows.Add((950 + load) * Mega, (950 + load) * Mega + 8192, VmaPermissions.Read | VmaPermissions.Execute, 0, 0, 0, 0, "[vdso]");
        return new Snapshot(SnapshotSource.Smaps, ProcessHint.None, rows.Build());
    }
}
