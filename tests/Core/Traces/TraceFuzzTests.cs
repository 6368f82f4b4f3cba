using MemScope.Core;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Bpftrace;
using MemScope.Core.Formats.Gdb;
using MemScope.Core.Formats.Strace;

namespace MemScope.Tests.Traces;

/// <summary>Parsers never throw, whatever the bytes are, and what they return can always be replayed.</summary>
public sealed class TraceFuzzTests
{
    private const int SampleBytes = 8 << 10;

    public static TheoryData<string> Samples() => ["strace/raw-mmap-leak.txt.gz", "strace/malloc-leak-cpp.txt.gz", "bpftrace/raw-mmap-leak.txt.gz", "bpftrace/ucx-leak.txt.gz", "bpftrace/raw-mmap-leak.json.gz", "gdb/raw-mmap-leak.txt.gz"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Cut_at_every_byte_a_trace_keeps_what_stands_before_the_cut(string sample)
    {
        var text = Sample(sample);
        var whole = FormatOf(sample).Parse(text, TraceFixtures.Options).Traces[0];
        var frames = whole.Callchains.SelectMany(c => c.Frames).Concat(whole.Callchains.SelectMany(c => c.Frames).Select(f => f with { Inlined = false })).ToHashSet();

        for (var length = 0; length < text.Length; length++)
        {
            var cut = FormatOf(sample).Parse(text[..length], TraceFixtures.Options);
            if (cut.Traces.Count == 0) continue;
            var events = cut.Traces[0].Events;
            var lines = text.AsSpan(0, length).Count((byte)'\n');
            // All events whose line is whole, and none that was not in the file.
            Assert.Equal(whole.Events.Count(e => e.Line <= lines), events.Count(e => e.Line <= lines));
            Assert.True(events.Count <= whole.Events.Count);
            for (var i = 0; i < events.Count; i++)
                Assert.Equal((whole.Events[i].Call, whole.Events[i].Address, whole.Events[i].Length, whole.Events[i].Result), (events[i].Call, events[i].Address, events[i].Length, events[i].Result));
            // No frame that was not in the file either.
            Assert.Subset(frames, cut.Traces[0].Callchains.SelectMany(c => c.Frames).ToHashSet());
            TraceReplay.Run(cut.Traces[0]);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Damaged_traces_are_survived(string sample)
    {
        var text = Sample(sample);
        var random = new Random(20_240_601);
        for (var round = 0; round < 3000; round++)
        {
            var damaged = Damage(text, random);
            foreach (var format in (InputFormat[])[StraceFormat.Format, BpftraceFormat.Format, BpftraceFormat.Json, GdbFormat.Format])
            {
                format.Sniff(damaged);
                if (format != FormatOf(sample) && round % 16 != 0) continue;
                foreach (var trace in format.Parse(damaged, TraceFixtures.Options).Traces) TraceReplay.Run(trace);
            }
        }
    }

    [Fact]
    public void Lines_beyond_the_limit_are_skipped_and_reported()
    {
        foreach (var (format, limit) in ((InputFormat, int)[])[(StraceFormat.Format, Limits.Default.LineBytes), (BpftraceFormat.Format, Limits.Default.LineBytes), (BpftraceFormat.Json, Limits.Default.JsonLineBytes), (GdbFormat.Format, Limits.Default.LineBytes)])
        {
            var flood = new byte[limit + 2];
            Array.Fill(flood, (byte)'(');
            var capture = format.Parse(flood, TraceFixtures.Options);
            Assert.Contains(capture.Diagnostics, d => d.Text.Contains("was skipped", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Notices_that_never_end_a_line_cost_no_more_than_they_are_long()
    {
        var text = Enumerable.Repeat("xstrace: Process 1 attached\n"u8.ToArray(), 200_000).SelectMany(b => b).ToArray();
        var watch = System.Diagnostics.Stopwatch.StartNew();

        StraceFormat.Format.Parse(text, TraceFixtures.Options);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), watch.Elapsed.ToString());
    }

    private static byte[] Sample(string name)
    {
        var text = TraceFixtures.Bytes(name);
        return text[..Math.Min(text.Length, SampleBytes)];
    }

    private static InputFormat FormatOf(string sample) =>
        sample.StartsWith("strace", StringComparison.Ordinal) ? StraceFormat.Format : sample.StartsWith("gdb", StringComparison.Ordinal) ? GdbFormat.Format
        : sample.EndsWith(".json.gz", StringComparison.Ordinal) ? BpftraceFormat.Json : BpftraceFormat.Format;

    // Flips, cuts, repeats and mixes pieces, with the characters that the grammars turn on.
    private static byte[] Damage(byte[] text, Random random)
    {
        var signs = "()[]<>{}\"\\,=+-#@: \n\t\r0fx>|/*"u8;
        var start = random.Next(text.Length);
        var damaged = text.AsSpan(start, random.Next(Math.Min(600, text.Length - start))).ToArray().ToList();
        for (var n = random.Next(1, 12); n > 0 && damaged.Count > 0; n--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(5))
            {
                case 0: damaged[at] = (byte)random.Next(256); break;
                case 1: damaged.Insert(at, signs[random.Next(signs.Length)]); break;
                case 2: damaged.RemoveRange(at, Math.Min(random.Next(1, 40), damaged.Count - at)); break;
                case 3: damaged.InsertRange(at, text.AsSpan(random.Next(text.Length - 40), 40).ToArray()); break;
                default: damaged.InsertRange(at, "18446744073709551615"u8.ToArray()); break;
            }
        }
        return [.. damaged];
    }
}
