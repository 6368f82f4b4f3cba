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

    /// <summary>Stored by the program of their time: version 1 kept no modules, version 2 no names of threads, no times of mappings and no begin mark.</summary>
    [Theory]
    [InlineData("trace-v1-raw-mmap-leak-gdb.bin", 1, "gdb/raw-mmap-leak.txt.gz", false)]
    [InlineData("trace-v2-raw-mmap-leak-perf.bin", 2, "perf/raw-mmap-leak.txt.gz", true)]
    public void A_trace_that_an_older_version_stored_is_still_read(string stored, byte version, string text, bool hasModules)
    {
        var packed = Fixtures.Bytes("blocks", stored);
        var expected = Assert.Single(Parse(Fixtures.PathOf(text)));

        Assert.Equal(version, packed[0]);
        AssertEqual(expected with { Modules = hasModules ? expected.Modules : [], ThreadNames = new Dictionary<int, string>(), BeganNs = null }, TraceCodec.Decode(packed));
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
        Assert.Equal(expected.BeganNs, actual.BeganNs);
        Assert.Equal(expected.ThreadNames.OrderBy(n => n.Key), actual.ThreadNames.OrderBy(n => n.Key));
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
        return new Trace("strace", (ClockDomain)random.Next((int)ClockDomain.AllocatedBytes + 1), hint, events, callchains, RandomStacks.Losses(random))
        {
            BeganNs = RandomStacks.Signed(random), Modules = RandomStacks.Modules(random), ThreadNames = Enumerable.Range(0, random.Next(4)).ToDictionary(i => i * random.Next(-1000, 1000) * 2 + i, _ => Text() ?? ""),
        };
    }
}
