using System.Text;
using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Tests;

namespace MemScope.Storage.Tests.Captures;

/// <summary>Frames become places in files when they arrive, by the mappings that are known then.</summary>
[Collection(PostgresTests.Name)]
public sealed class PlacedStacksTests(PostgresFixture postgres)
{
    private const int Pid = 3358; // of the program in raw-mmap-leak
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_trace_is_placed_by_the_snapshots_that_were_stored_before_and_needs_none_afterwards()
    {
        await using var storage = await postgres.NewAsync();
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(Maps(), "maps", Pid), None);

        var trace = await StoreTraceAsync(storage, "bpftrace/raw-mmap-leak.txt.gz");

        var program = Frames(trace).Where(f => f.Module == "/opt/memscope-corpus/bin/raw_mmap_leak").ToList();
        Assert.False(Normalization.IsNeeded(trace.Callchains));
        Assert.All(program, f => Assert.Equal(FrameAddressKind.FileOffset, f.AddressKind));
        // What strace printed of the same program: offsets into the file.
        var strace = Uploads.Of(Fixtures.Bytes("strace", "raw-mmap-leak.txt.gz"), "strace.txt.gz", Pid).Parsed.Traces.SelectMany(Frames).Where(f => f.Module == program[0].Module).Select(f => f.Address).ToHashSet();
        Assert.NotEmpty(program);
        Assert.All(program, f => Assert.Contains(f.Address, strace));
    }

    [Fact]
    public async Task A_trace_that_comes_before_any_snapshot_stays_as_it_was_printed()
    {
        await using var storage = await postgres.NewAsync();

        Assert.True(Normalization.IsNeeded((await StoreTraceAsync(storage, "bpftrace/raw-mmap-leak.txt.gz")).Callchains));
    }

    [Fact]
    public async Task Gdb_prints_the_mappings_or_they_were_stored()
    {
        await using var storage = await postgres.NewAsync();
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(Maps(), "maps", Pid), None);

        var trace = await StoreTraceAsync(storage, "gdb/raw-mmap-leak.txt.gz");

        Assert.Contains(Frames(trace), f => f is { AddressKind: FrameAddressKind.FileOffset, Function: "index_grow" });
        Assert.DoesNotContain(Frames(trace), f => f.AddressKind == FrameAddressKind.Absolute);
    }

    [Fact]
    public async Task Of_several_snapshots_the_nearest_in_time_says_what_an_address_meant()
    {
        await using var storage = await postgres.NewAsync();
        foreach (var (minute, path) in new[] { (0, "/lib/before.so"), (10, "/lib/then.so"), (20, "/lib/after.so"), (30, "/lib/last.so") })
            await storage.Get<CaptureStore>().StoreAsync(Upload($"7f0000001000-7f0000003000 r-xp 00001000 fe:00 {minute + 1} {path}\n") with { TakenAt = Uploads.Received.AddMinutes(minute) }, None);

        foreach (var (minute, path) in new[] { (-60, "/lib/before.so"), (8, "/lib/then.so"), (16, "/lib/after.so"), (600, "/lib/last.so") })
        {
            var trace = await StoreTraceAsync(storage, Upload($"Attaching 9 probes...\n{1000 + minute} 7 7 app mmap addr=0x0 len=32768 prot=0x3 flags=0x22 fd=-1 ret=0x7f9d018c0000\n\n\t7f0000001010 f+16 ([unknown])\n\n") with { TraceStart = Uploads.Received.AddMinutes(minute) });
            Assert.Equal((path, 0x1010ul), (Assert.Single(Frames(trace)).Module, Frames(trace).Single().Address));
        }
    }

    [Fact]
    public async Task A_heap_profile_is_placed_as_well()
    {
        await using var storage = await postgres.NewAsync();
        await storage.Get<CaptureStore>().StoreAsync(Upload("7f0000001000-7f0000003000 r-xp 00001000 fe:00 1 /lib/a.so\n"), None);
        var text = Encoding.ASCII.GetBytes("heap profile:     12:   510586 [    17:  1010586] @ heapprofile\n     5:   500000 [    10:  1000000] @ 0x7f0000001010 0x7f0000002020\n");

        var process = Assert.Single((await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(text, "a.heap", 7), None)).Processes);

        var row = Assert.Single(await storage.Get<HeapProfileQuery>().ListAsync(process, None));
        var profile = await storage.Get<HeapProfileQuery>().LoadAsync(process, row.Id, None);
        Assert.Equal([("/lib/a.so", 0x1010ul), ("/lib/a.so", 0x2020ul)], profile!.Callchains.Single().Frames.Select(f => (f.Module, f.Address)));
    }

    [Fact]
    public async Task Build_ids_that_come_alone_are_those_of_the_process_that_the_sender_names()
    {
        await using var storage = await postgres.NewAsync();
        var text = Fixtures.Bytes("perf", "buildids.txt");
        var printed = Encoding.ASCII.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', 2)).ToDictionary(l => l[1], l => l[0], StringComparer.Ordinal);

        var process = Assert.Single((await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(text, "buildids.txt", Pid), None)).Processes);

        Assert.Equal(printed.OrderBy(p => p.Key, StringComparer.Ordinal), (await storage.Get<CodeMapQuery>().BuildIdsAsync(process, None)).OrderBy(p => p.Key, StringComparer.Ordinal));
        var refused = await Assert.ThrowsAsync<UploadRefusedException>(() => storage.Get<CaptureStore>().StoreAsync(Uploads.Of([.. text, .. "0123456789abcdef0123456789abcdef01234567 /a\n"u8], "buildids.txt", null), None));
        Assert.Contains("pid=", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_lists_of_build_ids_the_later_holds()
    {
        await using var storage = await postgres.NewAsync();
        Guid process = default;
        foreach (var (digit, minute) in new[] { ('a', 0), ('b', 1) })
            process = (await storage.Get<CaptureStore>().StoreAsync(Upload($"{new string(digit, 40)} /bin/app\n{new string('c', 40)} /lib/only-{digit}.so\n") with { ReceivedAt = Uploads.Received.AddMinutes(minute) }, None)).Processes[0];

        var ids = await storage.Get<CodeMapQuery>().BuildIdsAsync(process, None);

        Assert.Equal([("/bin/app", new string('b', 40)), ("/lib/only-a.so", new string('c', 40)), ("/lib/only-b.so", new string('c', 40))], ids.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => (i.Key, i.Value)));
    }

    [Fact]
    public async Task Names_of_a_jit_are_kept_and_the_first_map_after_a_trace_is_its_own()
    {
        await using var storage = await postgres.NewAsync();
        var text = Fixtures.Bytes("perf-map", "perf-2966.map");
        var process = (await storage.Get<CaptureStore>().StoreAsync(Uploads.Of(text, "perf-2966.map", null), None)).Processes[0];
        await storage.Get<CaptureStore>().StoreAsync(Uploads.Of([.. text, .. "7f0000001000 10 later\n"u8], "perf-2966.map", null) with { ReceivedAt = Uploads.Received.AddHours(1) }, None);
        var query = storage.Get<CodeMapQuery>();

        var first = await query.FindJitNamesAsync(process, Uploads.Received.AddMinutes(-1), None);
        var second = await query.FindJitNamesAsync(process, Uploads.Received.AddMinutes(1), None);

        Assert.Equal(second, await query.FindJitNamesAsync(process, Uploads.Received.AddDays(1), None));
        Assert.Equal(second, await query.FindJitNamesAsync(process, null, None));
        var map = await query.LoadJitNamesAsync(process, first!.Value, None);
        Assert.Equal(Uploads.Of(text, "perf-2966.map", null).Parsed.PerfMaps.Single().Entries, map!.Entries);
        Assert.Equal("later", (await query.LoadJitNamesAsync(process, second!.Value, None))!.Entries[^1].Name);
        Assert.Null(await query.FindJitNamesAsync(Guid.NewGuid(), null, None));
    }

    private static byte[] Maps() => Fixtures.Members("cases", "raw-mmap-leak", "maps.tar.gz").First().Text;

    private static CaptureUpload Upload(string text) => Uploads.Of(Encoding.ASCII.GetBytes(text), "", 7);

    private static Task<Trace> StoreTraceAsync(TestStorage storage, string fixture) => StoreTraceAsync(storage, Uploads.Of(Fixtures.Bytes(fixture), Path.GetFileName(fixture), Pid));

    private static async Task<Trace> StoreTraceAsync(TestStorage storage, CaptureUpload upload)
    {
        var stored = await storage.Get<CaptureStore>().StoreAsync(upload, None);
        var row = (await storage.Get<TraceQuery>().ListAsync(stored.Processes[0], None)).First(t => t.CaptureId == stored.CaptureId);
        return (await storage.Get<TraceQuery>().LoadAsync(row.ProcessId, row.Id, None))!;
    }

    private static IEnumerable<RawFrame> Frames(Trace trace) => trace.Callchains.SelectMany(c => c.Frames);
}
