using System.Globalization;
using System.Text;
using MemScope.Tests;

namespace MemScope.Benchmarks.Ratios;

/// <summary>A large perf script made of a real one, over and over: each round later than the one before, its memory at other addresses. Names and everything else stay as perf printed them.</summary>
internal static class PerfText
{
    // Traces repeat their stacks: 150,000 events had 4,000 of them where it was measured.
    private const int FrameVariants = 8;
    private const int AddressDigits = 12;
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdef");
    private const ulong RoundBytes = 64 << 20, VariantBytes = 16;
    private const decimal RoundSeconds = 10;

    /// <summary>Writes rounds of a fixture until the file has so many bytes.</summary>
    public static void Write(string path, string fixture, long bytes)
    {
        var lines = Encoding.Latin1.GetString(Fixtures.Unzipped("perf", fixture)).Split('\n').Where(l => !l.Contains("PERF_RECORD_", StringComparison.Ordinal)).ToArray();
        using var file = new StreamWriter(path, append: false, Encoding.Latin1, 1 << 20) { NewLine = "\n" };
        for (var round = 0; file.BaseStream.Position < bytes; round++)
            foreach (var line in lines.AsSpan(0, lines.Length - 1)) file.WriteLine(line.Length == 0 ? line : line[0] == '\t' ? Frame(line, round % FrameVariants) : Header(line, round));
    }

    // "\t          1019b3 __mmap+0x13 (/usr/lib/libc.so.6)"
    private static string Frame(string line, int variant)
    {
        if (variant == 0) return line;
        var start = line.AsSpan().IndexOfAnyExcept('\t', ' ');
        var end = line.IndexOf(' ', start);
        var shifted = ulong.Parse(line.AsSpan(start, end - start), NumberStyles.HexNumber, CultureInfo.InvariantCulture) + ((ulong)variant * VariantBytes);
        return line[..start] + shifted.ToString("x", CultureInfo.InvariantCulture) + line[end..];
    }

    // "raw_mmap_leak  3358 [001]  3482.658742:  syscalls:sys_enter_munmap: addr: 0x7f9d016c8000, len: 0x00010000"
    private static string Header(string line, int round)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        var start = line.LastIndexOf(' ', colon) + 1;
        var text = new StringBuilder(line.Length + 4).Append(line, 0, start);
        text.Append((decimal.Parse(line.AsSpan(start, colon - start), CultureInfo.InvariantCulture) + (round * RoundSeconds)).ToString("f6", CultureInfo.InvariantCulture));
        for (var at = colon; at < line.Length;)
        {
            var hex = line.IndexOf("0x", at, StringComparison.Ordinal);
            if (hex < 0) hex = line.Length;
            text.Append(line, at, hex - at);
            at = hex;
            if (hex == line.Length) break;
            var digits = line.AsSpan(hex + 2).IndexOfAnyExcept(HexDigits);
            if (digits < 0) digits = line.Length - hex - 2;
            var value = ulong.Parse(line.AsSpan(hex + 2, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            text.Append("0x").Append(digits == AddressDigits ? (value + ((ulong)round * RoundBytes)).ToString("x", CultureInfo.InvariantCulture) : line.AsSpan(hex + 2, digits));
            at = hex + 2 + digits;
        }
        return text.ToString();
    }
}
