using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats.Gdb;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

public sealed class GdbCorpusTests
{
    private const string Leak = "gdb/raw-mmap-leak.txt.gz";

    [Theory]
    [InlineData(Leak, 3358)]
    [InlineData("gdb/ucx-leak.txt.gz", 18307)]
    public void Every_hit_becomes_an_event_with_all_its_frames(string fixture, int pid)
    {
        var trace = Assert.Single(TraceFixtures.Read(GdbFormat.Format, fixture).Traces);
        var lines = TraceFixtures.Lines(fixture);

        Assert.Equal(lines.Count(l => l.StartsWith("=== hit ", StringComparison.Ordinal)), trace.Events.Count);
        foreach (var e in trace.Events)
        {
            var printed = lines.Skip(e.Line).TakeWhile(l => l.StartsWith('#')).ToArray();
            var frames = trace.Callchains[e.Callchain].Frames;
            Assert.Equal(printed.Length, frames.Count);
            for (var i = 0; i < printed.Length; i++)
            {
                Assert.Contains($"{frames[i].Function} (", printed[i], StringComparison.Ordinal);
                Assert.EndsWith($" at {frames[i].File}:{frames[i].Line}", printed[i], StringComparison.Ordinal);
                Assert.Equal(printed[i].Contains(" 0x", StringComparison.Ordinal) && printed[i].Contains(" in ", StringComparison.Ordinal), frames[i].AddressKind == FrameAddressKind.Absolute);
            }
        }
        Assert.Equal(pid, trace.Process.Pid);
        Assert.All(trace.Events, e => Assert.Equal(pid, e.Pid));
    }

    [Fact]
    public void Fourteen_hits_have_four_call_sites_and_the_inlined_frame()
    {
        var trace = Assert.Single(TraceFixtures.Read(GdbFormat.Format, Leak).Traces);

        Assert.Equal(14, trace.Events.Count);
        var chains = trace.Callchains.Select((_, i) => trace.Functions(i)).ToArray();
        Assert.Contains("syscall < raw_map < blob_store_append < serve_request < main", chains, StringComparer.Ordinal);
        Assert.Equal(3, chains.Length);
        var blob = trace.Callchains.Single(c => c.Frames[2] is { Function: "blob_store_append" });
        Assert.Equal([false, true, false, false, false], blob.Frames.Select(f => f.Inlined));
        Assert.Equal(FrameAddressKind.None, blob.Frames[2].AddressKind);
        Assert.Equal(18, blob.Frames[2].Line);
    }

    [Fact]
    public void The_length_that_is_printed_for_mremap_is_the_old_one()
    {
        var trace = Assert.Single(TraceFixtures.Read(GdbFormat.Format, Leak).Traces);

        var remaps = trace.Events.Where(e => e.Call == MemoryCall.Mremap).ToArray();
        Assert.Equal(TraceFixtures.Lines(Leak).Count(l => l.Contains(" nr=25 ", StringComparison.Ordinal)), remaps.Length);
        Assert.All(remaps, e => Assert.Equal((0UL, true), (e.Length, e.OldLength > 6_000_000)));
    }

    [Fact]
    public void Without_results_nothing_is_outstanding_but_all_is_counted()
    {
        var trace = Assert.Single(TraceFixtures.Read(GdbFormat.Format, Leak).Traces);
        var outstanding = TraceReplay.Run(trace);

        Assert.Equal(trace.Events.Count, trace.Losses.Single(l => l is { Kind: "results-not-recorded" }).Count);
        Assert.Empty(outstanding.Blocks);
        Assert.Equal(0, outstanding.OutstandingBytes);
        Assert.Equal(trace.Events.Where(e => e.Call == MemoryCall.Mmap).Sum(e => (long)e.Length), outstanding.MappedBytes);
        Assert.Equal(trace.Events.Count, outstanding.Callchains.Sum(c => c.Calls));
        Assert.Contains(outstanding.Notes, n => n.Contains("result not recorded", StringComparison.Ordinal));
        Assert.Equal(ClockDomain.None, trace.Clock);
    }

    [Fact]
    public void A_debugger_that_may_not_attach_says_so()
    {
        var capture = TraceFixtures.Read(GdbFormat.Format, "tool-messages/gdb/not-root.txt");

        Assert.Contains(capture.Diagnostics, d => d is { Id: "GDB005", Severity: Severity.Error });
        Assert.Empty(capture.Traces);
    }
}
