using System.Text.Json;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats.Bpftrace;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

public sealed class BpftraceJsonTests
{
    private const string Leak = "bpftrace/raw-mmap-leak.json.gz";

    [Fact]
    public void Every_printed_call_becomes_an_event_with_the_stack_of_its_string()
    {
        var read = Reading.Of(TraceFixtures.Bytes(Leak)).Parsed;
        var trace = Assert.Single(read.Traces);
        var printed = TraceFixtures.Lines(Leak).Where(l => l.Contains("\"printf\"", StringComparison.Ordinal))
            .Select(l => JsonDocument.Parse(l).RootElement.GetProperty("data").GetString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToArray();

        Assert.Equal("bpftrace-json", read.Format);
        Assert.Equal(printed.Length, trace.Events.Count);
        foreach (var (text, e) in printed.Zip(trace.Events))
        {
            Assert.Equal(text[0].Split(' ')[0], e.Call.ToString().ToLowerInvariant());
            var frames = e.Callchain < 0 ? [] : trace.Callchains[e.Callchain].Frames.Select(f => FormattableString.Invariant($"        {f.Function}+{f.FunctionOffset}"));
            Assert.Equal(string.Join('\n', text.Skip(1)), string.Join('\n', frames));
        }
        Assert.Empty(read.Complaints());
        Assert.Equal("syscall < serve_request < main < __libc_start_call_main", trace.Functions(TraceReplay.Run(trace).Callchains[0].Callchain));
    }

    [Fact]
    public void An_mremap_printed_at_its_beginning_is_not_followed_and_said_so()
    {
        var trace = Assert.Single(Reading.Of(TraceFixtures.Bytes(Leak)).Parsed.Traces);

        Assert.Equal(trace.Events.Count(e => e.Call == MemoryCall.Mremap), trace.Losses.Single(l => l is { Kind: "results-not-recorded" }).Count);
        Assert.Contains(TraceReplay.Run(trace).Notes, n => n.Contains("mremap call", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_trace_says_so()
    {
        var read = Reading.Of(TraceFixtures.Bytes("bpftrace/plateau.json.gz")).Parsed;

        Assert.Empty(Assert.Single(read.Traces).Events);
        Assert.Contains(read.Diagnostics, d => d is { Id: "BPFTRACE001" });
    }

    [Fact]
    public void Escapes_losses_messages_and_cut_lines_are_read()
    {
        var capture = BpftraceFormat.Json.Parse("""
            {"type": "attached_probes", "data": {"probes": 4}}
            ERROR: Unknown error -1: couldn't set RLIMIT_MEMLOCK for bpftrace.
            {"type": "printf", "data": "TRACE-BEGIN 5 pid=77\n"}
            {"type": "printf", "data": "1 77 77 a\"\u00e4\\b mmap len=4096 ret=0x1000\n\n\t7f01 f\u003cint\u003e+1 (/bin/x)\n"}
            {"type": "printf", "data": "mmap 1 77 4096 0x2000\n"}
            {"type": "printf", "data": "\n\t7f02 g+1 (/bin/x)\n"}

            {"type": "lost_events", "data": {"events": 12}}
            {"type": "map", "data": {"@m": {"\n\tf+1\n": 3}}}
            {"type": "printf", "data": "1 77 77 a mmap len=4096 ret=0x3
            """u8.ToArray(), TraceFixtures.Options);

        var trace = Assert.Single(capture.Traces);
        Assert.Equal([0x1000UL, 0x2000UL], trace.Events.Select(e => e.Result));
        Assert.Equal("f<int>|g", string.Join('|', trace.Events.Select(e => trace.Functions(e.Callchain))));
        Assert.All(trace.Events, e => Assert.Equal(77, e.Pid));
        Assert.Equal((77, "a\"ä\\b"), (trace.Process.Pid, trace.Process.Comm));
        Assert.Equal("began-late cut-off lost-events", string.Join(' ', trace.Losses.Select(l => l.Kind).Order(StringComparer.Ordinal)));
        Assert.DoesNotContain(capture.Diagnostics, d => d.Severity != Severity.Info);
    }
}
