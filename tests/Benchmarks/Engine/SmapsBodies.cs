using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MemScope.Benchmarks.Engine;

/// <summary>
/// Gzipped smaps of several processes, each request another content, at next to no cost per request: the last mapping stands uncompressed at the end of the deflate data
/// (a stored block, RFC 1951 section 3.2.4), where the digits of its Rss are written anew, and so is the checksum.
/// </summary>
internal sealed class SmapsBodies
{
    private const string Tail = "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\nSize:                  4 kB\nRss:            00000000 kB\nVmFlags: ex \n";
    private const int DigitsFromEnd = 8 + 4 + 13; // "00000000 kB\nVmFlags: ex \n"
    private readonly Template[][] _templates;

    /// <summary>Bodies of <paramref name="processes"/> processes, <paramref name="snapshots"/> different ones of each, a few of whose numbers are different in each request.</summary>
    public SmapsBodies(int processes, int snapshots, int mappings)
    {
        _templates = new Template[processes][];
        for (var p = 0; p < processes; p++)
        {
            var process = new SyntheticProcess(seed: p + 1, mappings - 1);
            _templates[p] = new Template[snapshots];
            for (var s = 0; s < snapshots; s++, process.Advance()) _templates[p][s] = Template.Of(SyntheticSmaps.Text(process));
        }
    }

    /// <summary>How many processes.</summary>
    public int Processes => _templates.Length;

    /// <summary>Mean bytes of a body.</summary>
    public double MeanBytes => _templates.SelectMany(t => t).Average(t => t.Bytes.Length);

    /// <summary>Mean bytes of the text in a body.</summary>
    public double MeanTextBytes => _templates.SelectMany(t => t).Average(t => (double)t.TextBytes);

    /// <summary>The body of a process' n-th snapshot, written to <paramref name="body"/>: how many bytes.</summary>
    public int Write(int process, int number, byte[] body)
    {
        var template = _templates[process][number % _templates[process].Length];
        template.Bytes.CopyTo(body, 0);
        var end = template.Bytes.Length - 8;
        Span<byte> digits = body.AsSpan(end - DigitsFromEnd, 8);
        for (var (i, left) = (7, number); i >= 0; i--, left /= 10) digits[i] = (byte)('0' + (left % 10));
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(end), Checksum(template.ChecksumBeforeTail, body.AsSpan(end - Tail.Length, Tail.Length)));
        return template.Bytes.Length;
    }

    /// <summary>CRC-32 continued over <paramref name="bytes"/>, bit by bit: they are few.</summary>
    private static uint Checksum(uint before, ReadOnlySpan<byte> bytes)
    {
        var crc = ~before;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }
        return ~crc;
    }

    private sealed record Template(byte[] Bytes, uint ChecksumBeforeTail, int TextBytes)
    {
        public static Template Of(byte[] text)
        {
            var body = new MemoryStream();
            body.Write([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
            using (var deflate = new DeflateStream(body, CompressionLevel.Optimal, leaveOpen: true)) // zlib's level 6
            {
                deflate.Write(text);
                deflate.Flush(); // ends at a byte, and the stream is not closed: what Dispose writes is cut off again
                var length = (int)body.Length;
                deflate.Dispose();
                body.SetLength(length);
                body.Position = length;
            }
            var tail = Encoding.ASCII.GetBytes(Tail);
            Span<byte> stored = [1, (byte)tail.Length, (byte)(tail.Length >> 8), (byte)~tail.Length, (byte)(~tail.Length >> 8)];
            body.Write(stored);
            body.Write(tail);
            Span<byte> trailer = stackalloc byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)(text.Length + tail.Length));
            body.Write(trailer);
            return new Template(body.ToArray(), Checksum(0, text), text.Length + tail.Length);
        }
    }
}
