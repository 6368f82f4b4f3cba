using MemScope.Agent.Parsing;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Agent;

public sealed class ReadAheadStreamTests
{
    private const int BufferBytes = 10_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BufferBytes)]
    [InlineData(500_000)]
    public void Reads_of_any_size_give_the_bytes_in_order_whether_announced_or_not(int bytes)
    {
        var random = new Random(bytes);
        var content = new byte[bytes];
        random.NextBytes(content);
        for (var round = 0; round < 20; round++)
        {
            using var stream = new ReadAheadStream(new Faulty(content, random));
            var read = new List<byte>();
            for (var buffer = new byte[BufferBytes]; ; buffer = new byte[BufferBytes])
            {
                // Some of what was announced is read elsewhere, or in parts.
                if (random.Next(3) > 0) stream.Announce(buffer);
                var into = random.Next(3) switch { 0 => new byte[random.Next(1, BufferBytes)], 1 => buffer.AsSpan(0, random.Next(1, BufferBytes)), _ => buffer };
                var count = stream.Read(into);
                if (count == 0) break;
                read.AddRange(into[..count]);
            }
            Assert.Equal(content, read);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_error_comes_behind_the_bytes_before_it(bool announces)
    {
        var content = new byte[5 * BufferBytes];
        using var stream = new ReadAheadStream(new Faulty(content, null) { FailsAt = 3 * BufferBytes });
        var (buffer, count) = (new byte[BufferBytes], 0);
        var error = Assert.Throws<IOException>(ReadAll);
        Assert.Equal((3 * BufferBytes, "worn out"), (count, error.Message));

        void ReadAll()
        {
            for (var read = -1; read != 0; count += read)
            {
                if (announces) Assert.True(stream.Announce(buffer));
                read = stream.Read(buffer);
            }
        }
    }

    [Fact]
    public void Disposing_it_early_waits_for_the_thread_and_closes_the_source()
    {
        for (var round = 0; round < 200; round++)
        {
            var source = new Faulty(new byte[500_000], null);
            var stream = new ReadAheadStream(source);
            Assert.True(stream.Announce(new byte[BufferBytes]));
            if (round % 2 == 0) Assert.Equal(7, stream.Read(new byte[7]));
            stream.Dispose();
            Assert.True(source.IsClosed);
            Assert.False(source.WasReadClosed);
        }
    }

    [Fact]
    public void Only_a_large_file_is_read_ahead_and_gives_the_same_snapshots()
    {
        using var folder = new TemporaryFolder();
        var snapshot = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").First().Text;
        var (small, large) = (folder.PathOf("small"), folder.PathOf("large"));
        File.WriteAllBytes(small, snapshot);
        using (var file = File.Create(large))
            while (file.Length < 8 << 20) file.Write(snapshot);

        using var plain = ReadAheadStream.Open(small);
        Assert.IsType<FileStream>(plain);
        using var ahead = Assert.IsType<ReadAheadStream>(ReadAheadStream.Open(large));
        Assert.Equal(new FileInfo(large).Length, ahead.Expected);
        using var direct = File.OpenRead(large);
        Assert.Equal(Dump(direct), Dump(ahead));

        static string Dump(Stream file)
        {
            using var text = new StringWriter();
            ModelDump.Write(CaptureReader.Parse(file, "large", null, Limits.Default), text);
            return text.ToString();
        }
    }

    /// <summary>Bytes that come in pieces of random size, up to where reading fails.</summary>
    private sealed class Faulty(byte[] content, Random? random) : MemoryStream(content)
    {
        public long FailsAt { get; init; } = long.MaxValue;

        public bool IsClosed { get; private set; }

        public bool WasReadClosed { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            WasReadClosed |= IsClosed;
            if (Position >= FailsAt) throw new IOException("worn out");
            return base.Read(random is null ? buffer : buffer[..random.Next(1, buffer.Length + 1)]);
        }

        protected override void Dispose(bool disposing)
        {
            IsClosed = true;
            base.Dispose(disposing);
        }
    }
}
