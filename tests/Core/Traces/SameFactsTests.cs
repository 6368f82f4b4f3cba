using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

/// <summary>What tracers of different making say of one program agrees.</summary>
public sealed class SameFactsTests
{
    /// <summary>UCX grows inside munmap. Frame pointers lose the caller of libc's wrapper, so that ucm_orig_mmap_syscall is in none of these.</summary>
    [Fact]
    public void Bpftrace_as_text_and_json_and_perf_name_the_same_chain_of_the_founding_case()
    {
        string[] chains = [.. new[] { "bpftrace/ucx-leak.txt.gz", "bpftrace/ucx-leak-2.txt.gz", "bpftrace/ucx-leak.json.gz", "perf/ucx-leak.txt.gz" }.Select(LeakChain)];

        Assert.All(chains, c => Assert.Equal(chains[0], c));
        Assert.StartsWith("ucs_rcache_mp_chunk_alloc < ucs_mpool_grow", chains[0], StringComparison.Ordinal);
        Assert.EndsWith("ucm_munmap < decode_step < main", chains[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("strace/raw-mmap-leak.txt.gz")]
    [InlineData("bpftrace/raw-mmap-leak.txt.gz")]
    [InlineData("bpftrace/raw-mmap-leak.json.gz")]
    [InlineData("perf/raw-mmap-leak.txt.gz")]
    [InlineData("perf/raw-mmap-leak-dwarf.txt.gz")]
    [InlineData("gdb/raw-mmap-leak.txt.gz")]
    public void Every_tracer_sees_serve_request_above_the_blobs_that_leak(string fixture)
    {
        var trace = Assert.Single(Reading.Of(TraceFixtures.Bytes(fixture)).Parsed.Traces);
        var blobs = trace.Events.Where(e => e is { Call: MemoryCall.Mmap, Length: 98304, Callchain: >= 0 } && trace.Callchains[e.Callchain].Frames[0].Function is "syscall").ToArray();

        Assert.NotEmpty(blobs);
        Assert.All(blobs, b => Assert.Contains(trace.Callchains[b.Callchain].Frames, f => f.Function is "serve_request"));
        // The nearest frame of the program that they all have; the ones beneath it only those see that need no frame pointer.
        Assert.All(blobs, b => Assert.Contains(trace.Callchains[b.Callchain].Frames.First(f => f.Function is not ("syscall" or "raw_map" or "blob_store_append")).Function, new[] { "serve_request" }));
    }

    private static string LeakChain(string fixture)
    {
        var trace = Assert.Single(Reading.Of(TraceFixtures.Bytes(fixture)).Parsed.Traces);
        // The chunks of UCX's memory pool: the only mappings of their length.
        var chain = trace.Events.Where(e => e is { Call: MemoryCall.Mmap, Length: 151552, Callchain: >= 0 }).Select(e => e.Callchain).Distinct().Select(c => trace.Callchains[c].Frames).First();
        return string.Join(" < ", chain.Where(f => f.Function is not ("syscall" or "__libc_start_call_main")).Select(f => f.Function));
    }
}
