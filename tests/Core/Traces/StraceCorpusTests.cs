using System.Globalization;
using System.Text.RegularExpressions;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats.Strace;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

/// <summary>Figures are summed from the text of the capture, never typed.</summary>
public sealed partial class StraceCorpusTests
{
    private const string Leak = "strace/raw-mmap-leak.txt.gz";

    [Theory]
    [InlineData(Leak)]
    [InlineData("strace/malloc-leak-cpp.txt.gz")]
    [InlineData("strace/ucx-leak.txt.gz")]
    public void Every_call_becomes_an_event_with_its_stack(string fixture)
    {
        var capture = TraceFixtures.Read(StraceFormat.Format, fixture);
        var trace = Assert.Single(capture.Traces);

        var calls = TraceFixtures.Lines(fixture).Where(l => l.Contains(" = ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(calls.Length, trace.Events.Count);
        Assert.All(trace.Events, e => Assert.True(e.Callchain >= 0 && e.HasResult));
        Assert.Equal(calls.Count(c => c.Contains(" = -1 ", StringComparison.Ordinal)), trace.Events.Count(e => e.Failed));
        Assert.Empty(capture.Diagnostics);
        Assert.Equal(ClockDomain.Wall, trace.Clock);
        Assert.Equal("began-late", Assert.Single(trace.Losses).Kind);
    }

    [Fact]
    public void Times_are_nanoseconds_since_1970_and_the_process_is_the_one_thread()
    {
        var trace = Assert.Single(TraceFixtures.Read(StraceFormat.Format, Leak).Traces);

        Assert.Equal(1795189479_515410_000, trace.Events[0].TimeNs);
        Assert.Equal(3358, trace.Process.Pid);
        Assert.All(trace.Events, e => Assert.Equal((3358, 3358), (e.Pid, e.Tid)));
    }

    [Fact]
    public void The_stacks_are_the_frames_of_the_text()
    {
        var trace = Assert.Single(TraceFixtures.Read(StraceFormat.Format, Leak).Traces);
        var lines = TraceFixtures.Lines(Leak);

        foreach (var e in trace.Events)
        {
            var printed = lines.Skip(e.Line).TakeWhile(l => l.StartsWith(" > ", StringComparison.Ordinal)).ToArray();
            var read = trace.Callchains[e.Callchain].Frames.Select(f => FormattableString.Invariant($" > {f.Module}({f.Function}+0x{f.FunctionOffset:x}) [0x{f.Address:x}]"));
            Assert.Equal(string.Join("\n", printed), string.Join("\n", read));
        }
        Assert.All(trace.Callchains.SelectMany(c => c.Frames), f => Assert.Equal(FrameAddressKind.InModule, f.AddressKind));
    }

    [Fact]
    public void Equal_stacks_are_one_callchain()
    {
        var trace = Assert.Single(TraceFixtures.Read(StraceFormat.Format, "strace/ucx-leak.txt.gz").Traces);

        var distinct = trace.Callchains.Select(c => string.Join('\n', c.Frames)).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(distinct.Count, trace.Callchains.Count);
        Assert.True(trace.Callchains.Count < 20, $"{trace.Callchains.Count} callchains");
    }

    [Fact]
    public void Names_with_blanks_and_parentheses_are_read_whole()
    {
        var trace = Assert.Single(TraceFixtures.Read(StraceFormat.Format, "strace/malloc-leak-cpp.txt.gz").Traces);

        var functions = trace.Callchains.SelectMany(c => c.Frames).ToLookup(f => f.Function, f => f.Module, StringComparer.Ordinal);
        Assert.Equal("/opt/memscope-corpus/bin/malloc_leak", functions["Handler::operator()(int) const"].First());
        Assert.Equal("/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30", functions["operator new(unsigned long)"].First());
        Assert.Contains(functions, f => f.Key!.StartsWith("svc::SessionTable<std::__cxx11::basic_string<char,", StringComparison.Ordinal) && f.Key.EndsWith("unsigned long)", StringComparison.Ordinal));
    }

    [Fact]
    public void Most_of_what_is_outstanding_was_mapped_by_blob_store_append()
    {
        var trace = Assert.Single(TraceFixtures.Read(StraceFormat.Format, Leak).Traces);
        var outstanding = TraceReplay.Run(trace);

        var blobs = Calls().Where(c => c is { Name: "mmap", Failed: false, Numbers: [0, 98304, ..] } && c.Stack.Contains("blob_store_append", StringComparison.Ordinal)).ToArray();
        var top = outstanding.Callchains[0];
        Assert.Contains("blob_store_append", trace.Functions(top.Callchain));
        Assert.Equal(blobs.Length, top.OutstandingBlocks);
        Assert.Equal(blobs.Length * 98304L, top.OutstandingBytes);
        Assert.Equal(blobs.Length, top.Calls);
    }

    [Fact]
    public void An_mremap_is_charged_the_grown_bytes_only()
    {
        var trace = Assert.Single(TraceFixtures.Read(StraceFormat.Format, Leak).Traces);
        var outstanding = TraceReplay.Run(trace);

        var grown = Calls().Where(c => c is { Name: "mremap", Failed: false }).Sum(c => c.Numbers[2] - c.Numbers[1]);
        Assert.Equal(1_048_576, grown);
        var remapping = trace.Events.Where(e => e.Call == MemoryCall.Mremap).Select(e => e.Callchain).Distinct();
        var total = outstanding.Callchains.Single(c => c.Callchain == Assert.Single(remapping));
        Assert.Contains("index_grow", trace.Functions(total.Callchain));
        Assert.Equal((grown, grown), (total.OutstandingBytes, total.MappedBytes));
    }

    [Fact]
    public void What_is_mapped_and_unmapped_again_is_not_outstanding()
    {
        var trace = Assert.Single(TraceFixtures.Read(StraceFormat.Format, Leak).Traces);
        var outstanding = TraceReplay.Run(trace);

        var scratch = outstanding.Callchains.Where(c => trace.Functions(c.Callchain).Contains("scratch_pass", StringComparison.Ordinal)).ToArray();
        var calls = Calls().Where(c => c.Stack.Contains("scratch_pass", StringComparison.Ordinal)).ToLookup(c => c.Name, c => c.Numbers[1], StringComparer.Ordinal);
        Assert.Equal(calls["mmap"].Sum(), scratch.Sum(c => c.MappedBytes));
        Assert.Equal(calls["mmap"].Sum() - calls["munmap"].Sum(), scratch.Sum(c => c.OutstandingBytes));
        Assert.True(scratch.Sum(c => c.OutstandingBlocks) <= 1, "The trace may end inside one pass.");
        Assert.Equal(outstanding.OutstandingBytes, outstanding.Callchains.Sum(c => c.OutstandingBytes));
        Assert.Equal(outstanding.OutstandingBytes, outstanding.Blocks.Sum(b => (long)b.Range.Length));
        Assert.Equal(Calls().Count(c => c.Failed), outstanding.FailedCalls);
    }

    private sealed record Call(string Name, long[] Numbers, bool Failed, string Stack);

    private static IEnumerable<Call> Calls()
    {
        var lines = TraceFixtures.Lines(Leak);
        for (var i = 0; i < lines.Length; i++)
        {
            if (CallLine().Match(lines[i]) is not { Success: true } match) continue;
            var numbers = match.Groups["args"].Value.Split(", ").Select(a => long.TryParse(a, CultureInfo.InvariantCulture, out var n) ? n : 0).ToArray();
            var stack = string.Join('\n', lines.Skip(i + 1).TakeWhile(l => l.StartsWith(" > ", StringComparison.Ordinal)));
            yield return new Call(match.Groups["name"].Value, numbers, match.Groups["result"].ValueSpan is "-1", stack);
        }
    }

    [GeneratedRegex(@"^3358  [\d.]+ (?<name>\w+)\((?<args>.*)\) += (?<result>\S+)", RegexOptions.None, 1000)]
    private static partial Regex CallLine();
}
