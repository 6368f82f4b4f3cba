using System.Globalization;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats.Bpftrace;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

public sealed class BpftraceCorpusTests
{
    private const string Leak = "bpftrace/raw-mmap-leak.txt.gz";

    [Theory]
    [InlineData(Leak)]
    [InlineData("bpftrace/malloc-leak-cpp.txt.gz")]
    [InlineData("bpftrace/ucx-leak.txt.gz")]
    [InlineData("bpftrace/ucx-leak-2.txt.gz")]
    public void Every_printed_call_becomes_an_event_with_the_stack_below_it(string fixture)
    {
        var capture = TraceFixtures.Read(BpftraceFormat.Format, fixture);
        var trace = Assert.Single(capture.Traces);
        var lines = TraceFixtures.Lines(fixture);

        Assert.Equal(lines.Count(l => l.Length > 0 && char.IsAsciiDigit(l[0])), trace.Events.Count);
        foreach (var e in trace.Events)
        {
            var printed = lines.Skip(e.Line + 1).TakeWhile(l => l.StartsWith('\t'));
            var read = trace.Callchains[e.Callchain].Frames.Select(f => FormattableString.Invariant($"\t{f.Address:x} {f.Function}+{f.FunctionOffset} ({f.Module})"));
            Assert.Equal(string.Join('\n', printed), string.Join('\n', read));
        }
        Assert.Equal(ClockDomain.Monotonic, trace.Clock);
        Assert.DoesNotContain(capture.Diagnostics, d => d.Severity != Severity.Info);
    }

    [Fact]
    public void Outstanding_blobs_and_grown_bytes_are_the_sums_of_the_text()
    {
        var trace = Assert.Single(TraceFixtures.Read(BpftraceFormat.Format, Leak).Traces);
        var outstanding = TraceReplay.Run(trace);
        var calls = TraceFixtures.Lines(Leak).Where(l => l.Contains(" ret=0x7", StringComparison.Ordinal)).ToArray();

        // A frame-pointer stack drops the direct caller of syscall(): blob_store_append is seen as its caller serve_request.
        var blobs = calls.Count(c => c.Contains(" mmap addr=0x0 len=98304 ", StringComparison.Ordinal) && Stack(c).Contains("syscall+", StringComparison.Ordinal));
        var top = outstanding.Callchains[0];
        Assert.StartsWith("syscall < serve_request < main", trace.Functions(top.Callchain), StringComparison.Ordinal);
        Assert.Equal((blobs, blobs * 98304L), (top.OutstandingBlocks, top.OutstandingBytes));

        var grown = calls.Where(c => c.Contains(" mremap ", StringComparison.Ordinal)).Sum(c => Field(c, "new_len") - Field(c, "old_len"));
        var remapping = trace.Events.First(e => e.Call == MemoryCall.Mremap).Callchain;
        var guards = trace.Events.Where(e => e is { Call: MemoryCall.Mmap, Failed: false } && e.Callchain == remapping).Sum(e => (long)e.Length);
        Assert.Equal(grown + guards, outstanding.Callchains.Single(c => c.Callchain == remapping).MappedBytes);
        Assert.True(grown > 0);
        Assert.Equal(TraceFixtures.Lines(Leak).Count(l => l.Contains("ret=0xfffffffffffff", StringComparison.Ordinal)), outstanding.FailedCalls);
        Assert.True(outstanding.FailedCalls > 0);
    }

    [Theory]
    [InlineData("bpftrace/ucx-leak.txt.gz")]
    [InlineData("bpftrace/ucx-leak-2.txt.gz")]
    public void The_chunks_of_the_founding_case_are_all_outstanding(string fixture)
    {
        var trace = Assert.Single(TraceFixtures.Read(BpftraceFormat.Format, fixture).Traces);
        var outstanding = TraceReplay.Run(trace);

        Assert.All(trace.Events, e => Assert.Equal(151_552UL, e.Length));
        var total = TraceFixtures.Lines(fixture).Single(l => l.StartsWith("@total: ", StringComparison.Ordinal));
        Assert.Equal(long.Parse(total["@total: ".Length..], CultureInfo.InvariantCulture), outstanding.OutstandingBytes);
        var chain = Assert.Single(outstanding.Callchains);
        Assert.Contains("ucs_rcache_mp_chunk_alloc", trace.Functions(chain.Callchain), StringComparison.Ordinal);
        Assert.Contains("ucm_munmap", trace.Functions(chain.Callchain), StringComparison.Ordinal);
        Assert.Equal((32305, "ucx_leak"), (trace.Process.Pid, trace.Process.Comm));
        Assert.Contains(outstanding.Notes, n => n.Contains("no munmap at all", StringComparison.Ordinal));
    }

    [Fact]
    public void Maps_at_the_end_are_named_and_not_read_as_events()
    {
        var capture = TraceFixtures.Read(BpftraceFormat.Format, "bpftrace/ucx-leak.txt.gz");

        var note = Assert.Single(capture.Diagnostics, d => d is { Id: "BPFTRACE003" });
        Assert.Contains("1 @munmap_stacks, 1 @munmaps, 1 @stacks, 1 @total", note.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bpftrace/glibc-fragmentation.txt.gz", 4767)]
    [InlineData("bpftrace/ucx-hook-none.txt.gz", 14773)]
    public void An_empty_trace_says_so(string fixture, int pid)
    {
        var capture = TraceFixtures.Read(BpftraceFormat.Format, fixture);

        var trace = Assert.Single(capture.Traces);
        Assert.Empty(trace.Events);
        Assert.Equal(pid, trace.Process.Pid);
        var said = Assert.Single(capture.Diagnostics, d => d is { Id: "BPFTRACE001" });
        Assert.Equal(Severity.Warning, said.Severity);
        Assert.StartsWith("No event was recorded", said.Text, StringComparison.Ordinal);
        Assert.Empty(TraceReplay.Run(trace).Blocks);
    }

    [Fact]
    public void Events_whose_stack_was_lost_are_kept_and_counted()
    {
        const string fixture = "bpftrace/lost-stacks.txt.gz";
        var trace = Assert.Single(TraceFixtures.Read(BpftraceFormat.Format, fixture).Traces);

        var lines = TraceFixtures.Lines(fixture);
        var lost = lines.Where((l, i) => l.Contains(" mmap ", StringComparison.Ordinal) && !lines[i + 2].StartsWith('\t')).Count();
        Assert.True(lost > 0);
        Assert.Equal(lost, trace.Losses.Single(l => l is { Kind: "missing-stacks" }).Count);
        Assert.Equal(lost, trace.Events.Count(e => e.Callchain < 0));
        Assert.Equal(lost * 151_552L, TraceReplay.Run(trace).Callchains.Single(c => c.Callchain == -1).OutstandingBytes);
    }

    [Fact]
    public void The_tool_s_messages_become_diagnostics_and_losses()
    {
        var stacks = TraceFixtures.Read(BpftraceFormat.Format, "tool-messages/bpftrace/lost-stacks.err.txt");
        Assert.Contains(stacks.Diagnostics, d => d is { Id: "BPFTRACE005" });
        var probe = TraceFixtures.Read(BpftraceFormat.Format, [.. TraceFixtures.Bytes("bpftrace/lost-probe.txt.gz"), .. TraceFixtures.Bytes("tool-messages/bpftrace/lost-probe.err.txt")]);
        Assert.Contains(Assert.Single(probe.Traces).Losses, l => l is { Kind: "lost-events" } && l.Text.Contains("sys_exit_mmap", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tool-messages/bpftrace/no-kprobes.txt")]
    [InlineData("tool-messages/bpftrace/no-such-tracepoint.txt")]
    [InlineData("tool-messages/bpftrace/no-tracefs.txt")]
    [InlineData("tool-messages/bpftrace/not-root.txt")]
    public void A_run_that_failed_says_what_the_tool_said(string fixture)
    {
        var capture = TraceFixtures.Read(BpftraceFormat.Format, fixture);

        Assert.Contains(capture.Diagnostics, d => d is { Id: "BPFTRACE006", Severity: Severity.Error });
        Assert.True(BpftraceFormat.Format.Sniff(TraceFixtures.Bytes(fixture)));
    }

    private static string Stack(string call)
    {
        var lines = TraceFixtures.Lines(Leak);
        return string.Join('\n', lines.Skip(Array.IndexOf(lines, call) + 2).TakeWhile(l => l.StartsWith('\t')));
    }

    private static long Field(string line, string key) =>
        long.Parse(line.Split(' ').Single(w => w.StartsWith(key + "=", StringComparison.Ordinal))[(key.Length + 1)..], CultureInfo.InvariantCulture);
}
