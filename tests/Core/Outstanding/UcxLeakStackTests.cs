using System.Globalization;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Tests.Traces;

namespace MemScope.Tests.Outstanding;

/// <summary>The founding case: who maps the chunks that stay, as each tracer saw it.</summary>
public sealed class UcxLeakStackTests
{
    private const ulong ChunkBytes = 151_552; // truth.json: chunk_bytes

    [Theory]
    [InlineData("bpftrace/ucx-leak.txt.gz")]
    [InlineData("bpftrace/ucx-leak-2.txt.gz")]
    [InlineData("bpftrace/ucx-leak.json.gz")]
    [InlineData("perf/ucx-leak.txt.gz")]
    [InlineData("strace/ucx-leak.txt.gz", true)]
    public void Every_chunk_stands_under_the_pool_beneath_an_munmap_and_was_there_at_the_end(string fixture, bool isOfAnotherRun = false)
    {
        var trace = Read(fixture);
        var memory = TraceReplay.Run(trace);
        var chunks = memory.Blocks.Where(b => b.Range.Length == ChunkBytes).ToList();

        Assert.NotEmpty(chunks);
        Assert.All(chunks.Select(b => b.Callchain).Distinct(), c => AssertIsChunks(trace, c));
        if (!isOfAnotherRun) Assert.Subset(LeftAtTheEnd(), chunks.Select(b => b.Range.Start).ToHashSet());
        // Of the others, which the program unmaps itself, one may be in use when the tracer stops.
        Assert.InRange(memory.Blocks.Count - chunks.Count, 0, 1);
    }

    [Fact]
    public void Perf_with_dwarf_stacks_could_not_keep_up_and_says_so() => Assert.Contains(Read("perf/ucx-leak-dwarf.txt.gz").Losses, l => l is { Kind: "missed-ends", Count: > 0 });

    [Fact]
    public void Gdb_shows_the_same_chain_as_strace()
    {
        var (gdb, strace) = (Read("gdb/ucx-leak.txt.gz"), Read("strace/ucx-leak.txt.gz"));
        var mapped = gdb.Events.Where(e => e.Call == MemoryCall.Mmap && e.Length == ChunkBytes).Select(e => e.Callchain).Distinct().ToList();
        Assert.NotEmpty(mapped);
        Assert.All(mapped, c => AssertIsChunks(gdb, c));

        // gdb reads inlined calls and every frame; strace's are among them in the same order.
        var seen = Functions(gdb, mapped[0]);
        var from = strace.Callchains[TraceReplay.Run(strace).Callchains[0].Callchain].Frames.Select(f => f.Function).Where(f => f is not null && seen.Contains(f)).ToList();
        Assert.Equal(["ucs_rcache_mp_chunk_alloc", "ucs_mpool_grow", "ucs_mpool_get_grow", "ucs_rcache_unmapped_callback", "ucm_event_dispatch", "ucm_munmap", "decode_step", "main"], from);
        Assert.Equal(from, seen.Where(from.Contains));
    }

    [Theory]
    [InlineData("bpftrace/ucx-leak.txt.gz")]
    [InlineData("bpftrace/ucx-leak-2.txt.gz")]
    public void Between_snapshots_that_hold_some_chunks_what_is_resident_grows_by_as_much_as_the_anonymous_memory(string fixture)
    {
        var trace = Read(fixture);
        var placed = new PlacedTrace(trace, TraceReplay.Run(trace), null);
        var memory = TracedMemory.At([placed], new TracedPart(), []);
        var all = memory.Blocks.Sum(b => (long)b.Range.Length);
        var some = Snapshots().Where(s => Held(s, memory) is > 0 and var held && held < all).ToList();

        var growth = GrowthByCallchain.Between(new MappedMoment(some[0], memory.Blocks), new MappedMoment(some[^1], memory.Blocks));

        var anonymous = (some[^1].SumBytes(Metric.Anonymous) - some[0].SumBytes(Metric.Anonymous))!.Value;
        Assert.Equal((anonymous, anonymous, 0, 0), (growth.RssBytes, growth.TracedBytes, growth.BeforeBytes, growth.NotSeenBytes));
        Assert.All(growth.Callchains.Keys, c => AssertIsChunks(trace, c.Callchain));
    }

    private static void AssertIsChunks(Trace trace, int callchain)
    {
        var functions = Functions(trace, callchain);
        var (pool, release, step) = (functions.IndexOf("ucs_rcache_mp_chunk_alloc"), functions.IndexOf("ucm_munmap"), functions.IndexOf("decode_step"));
        Assert.True(pool >= 0 && pool < release && release < step, string.Join(" < ", functions));
    }

    private static List<string?> Functions(Trace trace, int callchain) => [.. trace.Callchains[callchain].Frames.Select(f => f.Function)];

    private static HashSet<ulong> LeftAtTheEnd() => [.. System.Text.Encoding.UTF8.GetString(Fixtures.Unzipped("cases", "ucx-leak", "outstanding-at-end.tsv.gz")).Split('\n')
        .Where(l => l.StartsWith("ucs_rcache_mp_chunk_alloc\t", StringComparison.Ordinal) && l.EndsWith("\t151552", StringComparison.Ordinal))
        .Select(l => ulong.Parse(l.Split('\t')[1][2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))];

    private static IEnumerable<VmaTable> Snapshots() =>
        Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => Assert.Single(Reading.Of(m.Text).Parsed.Snapshots).Vmas);

    private static long Held(VmaTable vmas, TracedMemory memory)
    {
        long held = 0;
        for (var row = 0; row < vmas.Count; row++)
            foreach (var block in memory.Blocks) held += (long)vmas[row].Range.Overlap(block.Range);
        return held;
    }

    private static Trace Read(string fixture)
    {
        var bytes = TraceFixtures.Bytes(fixture);
        return Assert.Single(TraceFixtures.Read(InputFormats.All.First(f => f.Sniff(bytes.AsSpan(0, Math.Min(bytes.Length, 64 << 10)))), bytes).Traces);
    }
}
