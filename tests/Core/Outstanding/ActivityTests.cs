using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Tests.Traces;
using static MemScope.Tests.Outstanding.Replayed;

namespace MemScope.Tests.Outstanding;

/// <summary>What callchains, threads and modules did, how fast, and how long their blocks lived.</summary>
public sealed class ActivityTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Rates_are_over_the_time_from_the_first_event_to_the_last()
    {
        var memory = TraceReplay.Run(TraceOf(At(100, Mmap(100, 4, 1)), At(102, Mmap(200, 8, 1)), At(104, Munmap(200, 4))));

        var chain = memory.CallchainActivity.Single(c => c.Callchain == 1).Activity;
        Assert.Equal((0.5, 12 * 4096 / 4.0, 8 * 4096 / 4.0), (chain.CallsPerSecond, chain.MappedBytesPerSecond, chain.OutstandingBytesPerSecond));
        Assert.Null(TraceReplay.Run(TraceOf(At(100, Mmap(100, 4, 1)))).Total.CallsPerSecond);
    }

    [Fact]
    public void A_callchain_that_only_unmaps_has_unmapped_and_its_blocks_count_for_those_who_mapped_them()
    {
        var memory = TraceReplay.Run(TraceOf(At(1, Mmap(100, 4, 1)), At(3, Mmap(200, 4, 1)), At(8, Munmap(100, 4) with { Tid = 5 }), At(9, Munmap(900, 1))));

        var (mapper, unmapper) = (memory.CallchainActivity.Single(c => c.Callchain == 1).Activity, memory.CallchainActivity.Single(c => c.Callchain == 9).Activity);
        Assert.Equal((4 * 4096L, 0L, 1L, 3 * Second), (mapper.FreedBytes, mapper.UnmappedBytes, mapper.Lifetimes.Count, mapper.OldestMappedAtNs));
        Assert.Equal(7 * Second, mapper.Lifetimes.LongestNs);
        Assert.Equal((0L, 0L, 5 * 4096L, 2L), (unmapper.MappedBytes, unmapper.MappingCalls, unmapper.UnmappedBytes, unmapper.Calls));
        Assert.Equal([(1, 8 * 4096L), (5, 0L)], memory.ThreadActivity.Select(t => (t.Tid, t.Activity.MappedBytes)));
    }

    [Fact]
    public void Memory_given_back_by_madvise_is_counted_and_stays_outstanding()
    {
        var memory = Run(Mmap(100, 8, 1), Madvise(100, 4, 4), Madvise(100, 4, 8), Madvise(100, 4, 9), Madvise(100, 8, 14));

        Assert.Equal((8 * 4096L, 12 * 4096L), (memory.OutstandingBytes, memory.Total.GivenBackBytes));
        Assert.Equal(12 * 4096L, memory.CallchainActivity.Single(c => c.Callchain == 3).Activity.GivenBackBytes);
    }

    [Fact]
    public void Lifetimes_are_exact_while_they_are_few_and_close_when_they_are_many()
    {
        var random = new Random(5);
        foreach (var count in (int[])[1, 2, 100, 128, 129, 5000])
        {
            var all = Enumerable.Range(0, count).Select(_ => (long)Math.Exp(random.NextDouble() * 40)).ToArray();
            var (whole, half, otherHalf) = (new Lifetimes(), new Lifetimes(), new Lifetimes());
            for (var i = 0; i < count; i++)
            {
                whole.Add(all[i]);
                (i % 3 == 0 ? half : otherHalf).Add(all[i]);
            }
            half.Add(otherHalf);

            Array.Sort(all);
            foreach (var lifetimes in (Lifetimes[])[whole, half])
            {
                Assert.Equal((count, all[^1]), (lifetimes.Count, lifetimes.LongestNs));
                foreach (var (share, found) in ((double, long?)[])[(0.5, lifetimes.MedianNs), (0.95, lifetimes.P95Ns), (0.1, lifetimes.Quantile(0.1))])
                {
                    var exact = all[(int)Math.Ceiling(share * count) - 1];
                    Assert.InRange(found!.Value, count <= Lifetimes.MostExact ? exact : exact * 0.968 - 1, count <= Lifetimes.MostExact ? exact : exact * 1.032 + 1);
                }
            }
        }
        Assert.Null(new Lifetimes().MedianNs);
    }

    [Fact]
    public void The_greatest_and_the_least_lives_have_a_bucket()
    {
        var lifetimes = new Lifetimes();
        for (var i = 0; i < 200; i++) lifetimes.Add(i % 2 == 0 ? long.MaxValue : -7);

        Assert.Equal((0L, long.MaxValue), (lifetimes.MedianNs, lifetimes.LongestNs));
        Assert.InRange(lifetimes.P95Ns!.Value, long.MaxValue / 100 * 96, long.MaxValue);
    }

    [Fact]
    public void Blocks_that_end_with_their_process_lived_no_time_that_says_anything()
    {
        var memory = TraceReplay.Run(TraceOf(At(1, Fork(2)), At(2, Mmap(100, 4, 1) with { Pid = 2 }), At(3, Mmap(200, 2, 2)), At(9, new TraceEvent { Call = MemoryCall.Exit, Pid = 2 }), At(10, new TraceEvent { Call = MemoryCall.Exit, Pid = 1 })));

        Assert.Equal([(200UL, 202UL, 2)], memory.Places());
        Assert.Equal((4 * 4096L, 0L), (memory.Total.FreedBytes, memory.Total.Lifetimes.Count));
        Assert.Contains(memory.Notes, n => n.StartsWith("The process ended in the trace", StringComparison.Ordinal));
    }

    [Fact]
    public void The_scratch_buffers_of_a_program_live_short_and_are_counted_for_the_program_s_module()
    {
        var trace = Assert.Single(Reading.Of(TraceFixtures.Bytes("strace/raw-mmap-leak.txt.gz")).Parsed.Traces);
        var memory = TraceReplay.Run(trace);

        // The lives of the program's scratch buffers, taken from the text: mmap, then munmap of the same address.
        var mapped = new Dictionary<ulong, TraceEvent>();
        var lives = new List<long>();
        foreach (var e in trace.Events.Where(e => !e.Failed && e.Callchain >= 0 && trace.Functions(e.Callchain).Contains("scratch_pass", StringComparison.Ordinal)))
        {
            if (e.Call == MemoryCall.Mmap) mapped[e.Result] = e;
            else if (mapped.Remove(e.Address, out var began)) lives.Add(e.TimeNs - began.TimeNs);
        }
        var scratch = memory.CallchainActivity.Single(c => c.Callchain >= 0 && c.Activity.MappedBytes > 0 && trace.Functions(c.Callchain).Contains("scratch_pass", StringComparison.Ordinal)).Activity;
        Assert.Equal((lives.Count, lives.Max(), mapped.Values.Sum(e => (long)e.Length)), (scratch.Lifetimes.Count, scratch.Lifetimes.LongestNs, scratch.OutstandingBytes));

        var modules = memory.ByModule(chain => CallingModule.Of(trace.Callchains[chain]));
        Assert.Equal(["/opt/memscope-corpus/bin/raw_mmap_leak"], modules.Select(m => m.Module));
        Assert.Equal(memory.OutstandingBytes, modules[0].Activity.OutstandingBytes);
    }

    [Theory]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6", true)]
    [InlineData("/lib64/libc-2.31.so", true)]
    [InlineData("ld-linux-x86-64.so.2", true)]
    [InlineData("[vdso]", true)]
    [InlineData("/lib/libpthread-2.31.so", true)]
    [InlineData("/usr/lib/libcuda.so.1", false)]
    [InlineData("/usr/lib/libc++.so.1", false)]
    [InlineData("/opt/ld-tool", false)]
    [InlineData("/usr/bin/ldap", false)]
    public void The_c_library_and_the_loader_only_pass_calls_on(string module, bool isWrapper) => Assert.Equal(isWrapper, CallingModule.IsWrapper(module));

    [Fact]
    public void A_callchain_counts_for_its_innermost_module_that_is_no_wrapper()
    {
        Callchain Chain(params string?[] modules) => new([.. modules.Select(m => new RawFrame { Module = m })]);

        Assert.Equal("/usr/lib/libucs.so.0", CallingModule.Of(Chain(null, "/lib/libc.so.6", "/usr/lib/libucs.so.0", "/opt/app")));
        Assert.Equal("/lib/libc.so.6", CallingModule.Of(Chain("/lib/libc.so.6", null)));
        Assert.Null(CallingModule.Of(Chain(null, null)));
        Assert.Equal("b", CallingModule.Of(Chain("x", "y"), i => i == 0 ? "libc.so.6" : "b"));
    }

    [Fact]
    public void The_traced_process_is_the_named_one_or_the_busiest()
    {
        var trace = TraceOf(Mmap(1, 1, 1) with { Pid = 5 }, Mmap(2, 1, 1) with { Pid = 7 }, Mmap(3, 1, 1) with { Pid = 7 });

        Assert.Equal(5, TracedProcess.Of(trace with { Process = new ProcessHint(5) }));
        Assert.Equal(7, TracedProcess.Of(trace with { Process = ProcessHint.None }));
        // A pid of another namespace.
        Assert.Equal(7, TracedProcess.Of(trace with { Process = new ProcessHint(99) }));
        Assert.Equal(5, TracedProcess.Of(trace with { Process = ProcessHint.None, Events = [.. trace.Events.Take(2)] }));
        Assert.Equal(0, TracedProcess.Of(TraceOf() with { Process = ProcessHint.None }));
    }

    [Fact]
    public void A_fixed_mapping_that_must_not_replace_replaces_nothing_and_huge_pages_are_mapped_whole()
    {
        var memory = Run(Mmap(100, 4, 1) with { HasResult = false, Address = 100 * Page, Flags = 0x100032 });
        Assert.Empty(memory.Blocks);
        Assert.True(memory.IsLowerBound);
        Assert.Contains(Run(Mmap(100, 4, 1), Mmap(102, 4, 2, flags: 0x100032)).Notes, n => n.Contains("took for mapped", StringComparison.Ordinal));

        Assert.Equal([(512UL, 1024UL, 1)], Run(Mmap(512, 1, 1, flags: 0x40022)).Places());
        Assert.Equal([(262144UL, 524288UL, 1)], Run(Mmap(262144, 1, 1, flags: 0x40022 | (30UL << 26))).Places());
    }

    private static TraceEvent Madvise(ulong at, ulong pages, ulong advice) =>
        new() { Call = MemoryCall.Madvise, Pid = 1, Tid = 1, HasResult = true, Address = at * Page, Length = pages * Page, Protection = advice, Callchain = 3 };

    private static TraceEvent At(long seconds, TraceEvent e) => e with { TimeNs = seconds * Second };
}
