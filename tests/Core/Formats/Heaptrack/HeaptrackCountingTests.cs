using System.Globalization;
using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Heaptrack;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>What is counted in one pass, against the plain way that needs all events.</summary>
public sealed class HeaptrackCountingTests
{
    private static readonly System.Buffers.SearchValues<byte> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdef"u8);

    [Fact]
    public void Each_stack_has_at_the_peak_what_a_second_pass_finds()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var sizes = Enumerable.Range(0, random.Next(1, 12)).Select(_ => (Size: random.Next(1, 100), Trace: random.Next(1, 5))).Distinct().ToArray();
            var live = new List<int>();
            var events = new List<(bool Free, int Info)>();
            for (var i = random.Next(300); i >= 0; i--)
            {
                if (live.Count > 0 && random.Next(3) == 0)
                {
                    var at = random.Next(live.Count);
                    events.Add((true, live[at]));
                    live.RemoveAt(at);
                }
                else
                {
                    live.Add(random.Next(sizes.Length));
                    events.Add((false, live[^1]));
                }
            }
            var profile = Parse(Text(sizes, events)).HeapProfiles[0];
            var (peak, peaks) = SecondPass(sizes, events);

            Assert.Equal(peak, profile.PeakBytes);
            var sites = profile.Dumps[0].Sites.ToDictionary(s => profile.Callchains[s.Callchain].Frames[0].Function!, s => s.Peak!.Value);
            Assert.Equal(peaks.Where(p => p.Value > 0).OrderBy(p => p.Key), sites.Where(s => s.Value > 0).Select(s => KeyValuePair.Create(int.Parse(s.Key[1..], CultureInfo.InvariantCulture), s.Value)).OrderBy(p => p.Key));
        }
    }

    private static string Text((int Size, int Trace)[] sizes, List<(bool Free, int Info)> events)
    {
        var text = new StringBuilder("v 10400 3\n");
        for (var t = 1; t <= 4; t++) text.Append(CultureInfo.InvariantCulture, $"s 2 f{t}\ni {t} 0 {t}\nt {t} 0\n");
        foreach (var (size, trace) in sizes) text.Append(CultureInfo.InvariantCulture, $"a {size:x} {trace:x}\n");
        foreach (var (free, info) in events) text.Append(CultureInfo.InvariantCulture, $"{(free ? '-' : '+')} {info:x}\n");
        return text.ToString();
    }

    private static (long Peak, Dictionary<int, long> AtPeak) SecondPass((int Size, int Trace)[] sizes, List<(bool Free, int Info)> events)
    {
        var (peak, last, sum) = (0L, -1, 0L);
        for (var i = 0; i < events.Count; i++)
        {
            sum += events[i].Free ? -sizes[events[i].Info].Size : sizes[events[i].Info].Size;
            if (sum > peak) (peak, last) = (sum, i);
        }
        var at = new Dictionary<int, long>();
        foreach (var (free, info) in events[..(last + 1)]) at[sizes[info].Trace] = at.GetValueOrDefault(sizes[info].Trace) + (free ? -sizes[info].Size : sizes[info].Size);
        return (peak, at);
    }

    [Fact]
    public void Numbers_are_read_from_eight_bytes_at_once_as_digit_by_digit()
    {
        var random = new Random(5);
        var text = new byte[8];
        for (var round = 0; round < 300_000; round++)
        {
            random.NextBytes(text);
            var digits = random.Next(1, 8);
            // Mostly digits, now and then any byte, so that each border of each kind of byte is met.
            for (var i = 0; i < digits; i++)
                if (random.Next(10) != 0) text[i] = (byte)"0123456789abcdef/:`g@GA~"[random.Next(random.Next(3) == 0 ? 24 : 16)];
            var plain = text.AsSpan(0, digits);
            var valid = !plain.ContainsAnyExcept(HexDigits);
            Assert.Equal(valid, HeaptrackLedger.TryHex(BitConverter.ToUInt64(text), digits, out var number));
            if (valid) Assert.Equal(uint.Parse(Encoding.ASCII.GetString(plain), NumberStyles.HexNumber, CultureInfo.InvariantCulture), number);
        }
    }

    /// <summary>Nearly all lines are taken several at a time; what stops that must not be lost or counted twice.</summary>
    [Fact]
    public void Lines_between_the_events_stop_and_start_the_fast_way_without_a_loss()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (text, allocated, broken) = (new StringBuilder("v 10400 3\n"), 0L, 0);
            for (var i = 0; i < 300; i++) text.Append("a 1 0\n");
            for (var i = 0; i < 2_000; i++)
            {
                switch (random.Next(40))
                {
                    case 0: text.Append("c 1\n"); break;
                    case 1: text.Append("+ 12c\n"); broken++; break;
                    case 2: text.Append("+  1\n"); broken++; break;
                    case 3: text.Append("* 1\n"); broken++; break;
                    case 4: text.Append('\n'); break;
                    case 5: text.Append("+ 0000000000000001\n"); allocated++; break;
                    case 6: text.Append("# ").Append('x', random.Next(200)).Append('\n'); break;
                    default: text.Append(CultureInfo.InvariantCulture, $"+ {random.Next(300):x}\n"); allocated++; break;
                }
            }
            var parsed = Parse(text.ToString());
            Assert.Equal(allocated, parsed.HeapProfiles[0].Dumps[0].AllocatedCount);
            Assert.Equal(broken, parsed.Diagnostics.Where(d => d.Id == "HEAPTRACK003").Sum(d => d.Count));
        }
    }

    [Fact]
    public void The_table_of_live_blocks_does_what_a_dictionary_does()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var table = new PointerTable();
            var plain = new Dictionary<ulong, int>();
            // Few addresses, so that runs of neighbours form and holes open in them.
            var addresses = Enumerable.Range(0, 700).Select(_ => seed % 2 == 0 ? (ulong)random.NextInt64() : 0x5555_0000_0000 + ((ulong)random.Next(800) * 16)).ToArray();
            for (var step = 0; step < 20_000; step++)
            {
                var address = addresses[random.Next(addresses.Length)];
                if (random.Next(2) == 0)
                {
                    Assert.True(table.TryAdd(address, step, out var replaced));
                    Assert.Equal(plain.ContainsKey(address), replaced);
                    plain[address] = step;
                }
                else
                {
                    Assert.Equal(plain.Remove(address, out var expected), table.TryTake(address, out var taken));
                    if (taken >= 0) Assert.Equal(expected, taken);
                }
                Assert.Equal(plain.Count, table.Count);
            }
        }
    }

    /// <summary>Addresses that differ only by what the hash multiplies away to a few low bits: all belong into one slot.</summary>
    [Fact]
    public void Addresses_that_were_chosen_to_collide_do_not_take_quadratic_time()
    {
        const ulong inverse = 0xf1de_83e1_9937_733d;
        Assert.Equal(1UL, unchecked(inverse * 0x9e37_79b9_7f4a_7c15));
        var table = new PointerTable();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var held = 0;
        for (var i = 1UL; i <= 200_000; i++) held += table.TryAdd(unchecked(i * inverse), 1, out _) ? 1 : 0;
        Assert.Equal(held, table.Count);
        for (var i = 1UL; i <= 200_000; i++) table.TryTake(unchecked(i * inverse), out _);
        Assert.Equal(0, table.Count);
        Assert.InRange(held, 1_000, 5_000);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 15);
    }

    [Fact]
    public void Two_million_live_blocks_cost_less_than_100_MiB_with_all_that_growing_throws_away()
    {
        const int blocks = 2_000_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var table = new PointerTable();
        for (var i = 0; i < blocks; i++) Assert.True(table.TryAdd(0x7f00_0000_0000 + ((ulong)i * 48), i, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 100 << 20);
        for (var i = 0; i < blocks; i++)
        {
            Assert.True(table.TryTake(0x7f00_0000_0000 + ((ulong)i * 48), out var value));
            Assert.Equal(i, value);
        }
        Assert.Equal(0, table.Count);
    }

    [Theory]
    [InlineData("interpreted")]
    [InlineData("raw")]
    public void What_is_allocated_does_not_grow_with_the_events(string kind)
    {
        var few = AllocatedBytes(kind, 100_000);
        var many = AllocatedBytes(kind, 2_000_000);
        Assert.InRange(many - few, long.MinValue, 256 << 10);
    }

    [Fact]
    public void A_long_course_is_thinned_and_keeps_its_extremes()
    {
        var text = new StringBuilder("v 10400 3\na 1 0\na 2710 0\n+ 0\n");
        for (var i = 1; i <= 200_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"c {i * 10:x}\nR {(i == 77_777 ? 9999 : 100):x}\n");
            if (i is 123_456) text.Append("+ 1\n");
            if (i is 123_457) text.Append("- 1\n");
        }
        var parsed = Parse(text.ToString());
        var course = parsed.HeapProfiles[0].Timeline;
        Assert.InRange(course.Count, 2_000, 16 << 10);
        Assert.Equal(course.Select(p => p.Time).Order(), course.Select(p => p.Time));
        Assert.Equal(10_001, course.Max(p => p.LiveBytes));
        Assert.Equal(1_234_570_000_000, course.MaxBy(p => p.LiveBytes).Time);
        Assert.Equal(9999 * 4096, course.Max(p => p.ResidentBytes));
        Assert.Equal(2_000_000_000_000, course[^1].Time);
        Assert.InRange(course.Zip(course.Skip(1)).Max(p => p.Second.Time - p.First.Time), 0, 5_000_000_000);
        Assert.Single(parsed.Diagnostics, d => d.Id == "HEAPTRACK010");
    }

    [Fact]
    public void Every_beginning_of_a_file_is_read_without_an_exception()
    {
        foreach (var file in new[] { "leak.txt", "leak.raw.txt" })
        {
            var whole = Fixtures.Bytes("heaptrack", file);
            for (var length = 0; length < whole.Length; length++)
            {
                var parsed = HeaptrackFormat.Format.Parse(whole[..length], new ParseOptions(Limits.Default));
                foreach (var profile in parsed.HeapProfiles) Assert.InRange(profile.LiveBytes!.Value, 0, 1_144_410);
            }
        }
    }

    private static ParsedCapture Parse(string text) => Reading.Of(text);

    private static long AllocatedBytes(string kind, int events)
    {
        Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read();
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Read()
        {
            var head = kind == "raw" ? "v 10400 3\nx 1 a\nt 1 0\n" : "v 10400 3\ns 1 f\ni 1 0 1\nt 1 0\na 10 1\n";
            var round = kind == "raw" ? "+ 10 1 a0\n+ 10 1 b0\n- a0\n- b0\n" : "+ 0\n- 0\n+ 0\n- 0\n";
            var parsed = HeaptrackFormat.Format.Parse(new CaptureText(new Repeating(Encoding.ASCII.GetBytes(head), Encoding.ASCII.GetBytes(round), events / 4), Limits.Default), new ParseOptions(Limits.Default));
            Assert.Equal(events / 2, parsed.HeapProfiles[0].Dumps[0].AllocatedCount);
        }
    }

    /// <summary>A beginning, then the same bytes again and again.</summary>
    private sealed class Repeating(byte[] head, byte[] round, int rounds) : Stream
    {
        private byte[] _current = head;
        private int _at, _rounds;

        public override int Read(Span<byte> buffer)
        {
            if (_at == _current.Length)
            {
                if (_rounds++ == rounds) return 0;
                (_current, _at) = (round, 0);
            }
            var count = Math.Min(buffer.Length, _current.Length - _at);
            _current.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
