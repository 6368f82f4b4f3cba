using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Storage.Tests.Blocks;
using MemScope.Storage.Traces;
using MemScope.Tests;

namespace MemScope.Storage.Tests.Traces;

public sealed class TraceCodecTests
{
    [Fact]
    public void Any_trace_reads_back_in_every_field()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var trace = Random(seed);
            AssertEqual(trace, TraceCodec.Decode(TraceCodec.Encode(trace)));
        }
    }

    [Theory]
    [InlineData("strace")]
    [InlineData("bpftrace")]
    [InlineData("gdb")]
    public void Real_traces_read_back(string tool)
    {
        var traces = Directory.EnumerateFiles(Fixtures.PathOf(tool), "*.gz").SelectMany(Parse).ToList();
        Assert.Contains(traces, t => t.Events.Count > 0 && t.Callchains.Count > 0);
        foreach (var trace in traces) AssertEqual(trace, TraceCodec.Decode(TraceCodec.Encode(trace)));
    }

    [Fact]
    public void Damage_is_refused_or_read_but_never_takes_more_memory_than_allowed()
    {
        const long Budget = 4 << 20;
        for (var seed = 1; seed < 8; seed++)
            Damage.Check(TraceCodec.Encode(Random(seed)), 300, 4 * Budget, b => TraceCodec.Decode(b, Budget));
    }

    [Fact]
    public void A_trace_cut_at_any_byte_is_refused()
    {
        var packed = TraceCodec.Encode(Random(3));
        for (var length = 0; length < packed.Length - 8; length++) // behind lie the end mark of deflate and zlib's checksum
            Assert.Throws<InvalidDataException>(() => TraceCodec.Decode(packed.AsSpan(0, length)));
    }

    private static IReadOnlyList<Trace> Parse(string path)
    {
        using var file = File.OpenRead(path);
        try { return CaptureReader.Read(file, Path.GetFileName(path), null, Limits.Default).Parsed.Traces; }
        catch (CaptureRefusedException) { return []; }
    }

    private static void AssertEqual(Trace expected, Trace actual)
    {
        Assert.Equal((expected.Tool, expected.Clock, expected.Process), (actual.Tool, actual.Clock, actual.Process));
        Assert.Equal(expected.Events, actual.Events);
        Assert.Equal(expected.Losses, actual.Losses);
        Assert.Equal(expected.Callchains.Select(c => c.Frames.ToArray()), actual.Callchains.Select(c => c.Frames.ToArray()));
    }

    private static Trace Random(int seed)
    {
        var random = new Random(seed);
        string? Text() => random.Next(3) switch { 0 => null, 1 => "", _ => $"näme {random.Next(5)}" };
        ulong Number() => random.Next(6) switch { 0 => ulong.MaxValue, 1 => 0, _ => (ulong)random.NextInt64() };
        var frames = Enumerable.Range(0, random.Next(1, 12)).Select(_ => new RawFrame
        {
            Address = Number(), AddressKind = (FrameAddressKind)random.Next(3), Module = Text(), Function = Text(), FunctionOffset = random.Next(2) == 0 ? null : Number(),
            File = Text(), Line = random.Next(2) == 0 ? null : random.Next(-1, int.MaxValue), Inlined = random.Next(2) == 0, BuildId = Text(),
        }).ToArray();
        var callchains = Enumerable.Range(0, random.Next(6)).Select(_ => new Callchain([.. Enumerable.Range(0, random.Next(9)).Select(_ => frames[random.Next(frames.Length)])])).ToArray();
        var events = Enumerable.Range(0, random.Next(40)).Select(_ => new TraceEvent
        {
            Call = (MemoryCall)random.Next((int)MemoryCall.Other + 1), HasResult = random.Next(2) == 0, Failed = random.Next(2) == 0,
            TimeNs = random.NextInt64(long.MinValue, long.MaxValue), Pid = random.Next(int.MinValue, int.MaxValue), Tid = random.Next(), Address = Number(), Length = Number(),
            OldLength = Number(), Protection = Number(), Flags = Number(), Result = Number(), Callchain = random.Next(-1, callchains.Length), Line = random.Next(),
        }).ToArray();
        var hint = new ProcessHint(random.Next(2) == 0 ? null : random.Next(), Text(), Text(), random.Next(2) == 0 ? null : Number());
        return new Trace("strace", (ClockDomain)random.Next(4), hint, events, callchains, [.. Enumerable.Range(0, random.Next(3)).Select(i => new TraceLoss($"loss{i}", random.NextInt64(), "text"))]);
    }
}
