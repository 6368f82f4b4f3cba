using System.Text;
using MemScope.Core.Formats.Containers;
using MemScope.Core.Formats.Text;

namespace MemScope.Tests;

public sealed class LineStreamTests
{
    private const int Limit = 1000;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public void A_stream_gives_the_lines_of_the_text_whatever_the_size_of_its_reads(int readBytes)
    {
        var random = new Random(readBytes);
        for (var round = 0; round < 200; round++)
        {
            var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => new string('x', Length(random)) + (random.Next(9) == 0 ? "" : "\n"))));
            Assert.Equal(Lines(new LineStream(text, Limit)), Lines(new LineStream(new Dripping(text, readBytes), Limit)));
        }
    }

    [Theory]
    [InlineData(Limit)]
    [InlineData(500_000)]
    public void A_source_that_reads_ahead_gives_the_same_lines(int limit)
    {
        var random = new Random(limit);
        var announcements = 0;
        for (var round = 0; round < 30; round++)
        {
            var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(_ => new string((char)random.Next('a', 'z'), random.Next(3) == 0 ? Length(random) : random.Next(20_000)) + "\n")));
            var source = new Announced(text, random);
            Assert.Equal(Lines(new LineStream(text, limit)), Lines(new LineStream(source, limit)));
            announcements += source.Count;
        }
        Assert.InRange(announcements, 10, int.MaxValue); // else this test looks at the wrong thing
    }

    [Fact]
    public void A_line_over_the_limit_is_cut_and_the_next_one_is_whole()
    {
        var text = Encoding.ASCII.GetBytes("a\n" + new string('b', 600_000) + "\nc\n");
        foreach (var lines in (LineStream[])[new(text, Limit), new(new MemoryStream(text), Limit)])
            Assert.Equal([("a", 1, 0, false), (new string('b', Limit), 2, 2, true), ("c", 3, 600_003, false)], Lines(lines).Select(l => (l.Text, l.Number, (int)l.Offset, l.TooLong)));
    }

    [Theory]
    [InlineData("a\r\nb\r\n", "a", "b")]
    [InlineData("a\nb\r\n", "a", "b\r")]
    public void The_first_line_tells_whether_a_carriage_return_ends_lines(string text, string first, string second) =>
        Assert.Equal([first, second], Lines(new LineStream(Encoding.ASCII.GetBytes(text), Limit)).Select(l => l.Text));

    // Lengths around the limit and beyond the buffer, too.
    private static int Length(Random random) => random.Next(6) switch { 0 => Limit + random.Next(-2, 3), 1 => random.Next(600_000), _ => random.Next(50) };

    private static List<(string Text, int Number, long Offset, bool Terminated, bool TooLong)> Lines(LineStream lines)
    {
        var list = new List<(string, int, long, bool, bool)>();
        while (lines.Next()) list.Add((Encoding.ASCII.GetString(lines.Line), lines.Number, lines.Offset, lines.IsTerminated, lines.IsTooLong));
        return list;
    }

    /// <summary>Gives a few bytes at a time, as a socket does.</summary>
    private sealed class Dripping(byte[] text, int readBytes) : MemoryStream(text)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, readBytes));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, readBytes)]);
    }

    /// <summary>Takes most announcements, and spoils the memory until it is read into, as a thread may that fills it.</summary>
    private sealed class Announced(byte[] text, Random random) : ReadStream
    {
        private readonly MemoryStream _text = new(text);
        private Memory<byte> _next;

        /// <summary>How many were taken.</summary>
        public int Count { get; private set; }

        public override bool Announce(Memory<byte> next)
        {
            if (random.Next(8) == 0) return false;
            Count++;
            next.Span.Fill((byte)'\n');
            _next = next;
            return true;
        }

        public override int Read(Span<byte> buffer)
        {
            if (!_next.IsEmpty) Assert.True(buffer.Length == _next.Length && buffer.Overlaps(_next.Span, out var offset) && offset == 0);
            _next = default;
            return _text.Read(buffer[..(random.Next(4) == 0 ? random.Next(1, buffer.Length + 1) : buffer.Length)]);
        }
    }
}
