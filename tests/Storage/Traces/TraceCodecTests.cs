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
    [InlineData("perf")]
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
    public void A_trace_that_was_stored_before_traces_kept_modules_is_still_read()
    {
        var trace = Random(5) with { Modules = [] };
        var packed = TraceCodec.Encode(trace);
        // The content of the first version is that of this one without the count of modules, which is the last byte.
        using var inflate = new System.IO.Compression.ZLibStream(new MemoryStream(packed[1..]), System.IO.Compression.CompressionMode.Decompress);
        var content = new MemoryStream();
        inflate.CopyTo(content);
        using var old = new MemoryStream();
        old.WriteByte(1);
        using (var deflate = new System.IO.Compression.ZLibStream(old, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(content.ToArray().AsSpan()[..^1]);

        AssertEqual(trace, TraceCodec.Decode(old.ToArray()));
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
        Assert.Equal(expected.Modules, actual.Modules);
    }

    private static Trace Random(int seed)
    {
        var random = new Random(seed);
        string? Text() => RandomStacks.Text(random);
        ulong Number() => RandomStacks.Number(random);
        var callchains = RandomStacks.Callchains(random);
        var events = Enumerable.Range(0, random.Next(40)).Select(_ => new TraceEvent
        {
            Call = (MemoryCall)random.Next((int)MemoryCall.Other + 1), HasResult = random.Next(2) == 0, Failed = random.Next(2) == 0,
            TimeNs = random.NextInt64(long.MinValue, long.MaxValue), Pid = random.Next(int.MinValue, int.MaxValue), Tid = random.Next(), Address = Number(), Length = Number(),
            OldLength = Number(), Protection = Number(), Flags = Number(), Result = Number(), Callchain = random.Next(-1, callchains.Length), Line = random.Next(),
        }).ToArray();
        var hint = new ProcessHint(random.Next(2) == 0 ? null : random.Next(), Text(), Text(), random.Next(2) == 0 ? null : Number());
        return new Trace("strace", (ClockDomain)random.Next((int)ClockDomain.AllocatedBytes + 1), hint, events, callchains, RandomStacks.Losses(random)) { Modules = RandomStacks.Modules(random) };
    }
}
