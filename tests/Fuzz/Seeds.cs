using System.IO.Compression;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Containers;

namespace MemScope.Tests;

/// <summary>The beginnings of the real captures under tests/fixtures, by format.</summary>
internal static class Seeds
{
    /// <summary>Seeds are no longer than this: damage is found near the beginning, and many small inputs find more than few large ones.</summary>
    public const int SeedBytes = 4 << 10;

    private const int EnoughSeeds = 24;

    /// <summary>Slugs of all formats, each with its seeds.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<byte[]>> ByFormat => All.Value;

    private static readonly Lazy<Dictionary<string, IReadOnlyList<byte[]>>> All = new(Collect);

    private static Dictionary<string, IReadOnlyList<byte[]>> Collect()
    {
        var seeds = InputFormats.All.ToDictionary(f => f.Slug, _ => new List<byte[]>(), StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Fixtures.PathOf(), "*", SearchOption.AllDirectories).Where(IsCapture).Order(StringComparer.Ordinal))
        {
            var head = Head(file);
            if (InputFormats.Sniff(head) is not { } format || seeds[format.Slug].Count >= EnoughSeeds) continue;
            seeds[format.Slug].Add(head[..Math.Min(head.Length, SeedBytes)]);
            // Later parts of a file hold other things than its beginning.
            if (head.Length > 3 * SeedBytes) seeds[format.Slug].Add(AtLine(head, head.Length - SeedBytes));
        }
        return seeds.ToDictionary(s => s.Key, s => (IReadOnlyList<byte[]>)s.Value, StringComparer.Ordinal);
    }

    private static byte[] AtLine(byte[] text, int at)
    {
        var newline = text.AsSpan(at).IndexOf((byte)'\n');
        return text[(at + Math.Max(newline + 1, 0))..];
    }

    private static byte[] Head(string file)
    {
        using var content = File.OpenRead(file);
        using var plain = Unpacked(file, content);
        var head = new byte[InputFormats.HeadBytes];
        return head[..plain.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }

    private static Stream Unpacked(string file, FileStream content) => Path.GetExtension(file) switch
    {
        ".gz" when !file.EndsWith(".tar.gz", StringComparison.Ordinal) => new GZipStream(content, CompressionMode.Decompress),
        ".zst" when ZstdDecoder.Recognises([0x28, 0xb5, 0x2f, 0xfd]) => new ZstdDecoder(content, new DecodeBudget(Limits.Default)),
        _ => content,
    };

    private static bool IsCapture(string file) =>
        !file.EndsWith(".dump.txt", StringComparison.Ordinal) && !file.Contains("/zstd/", StringComparison.Ordinal) && Path.GetExtension(file) is not (".sh" or ".c" or ".cpp" or ".go" or ".java" or ".py" or ".md");
}
