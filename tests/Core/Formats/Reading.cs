using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Short ways to read text and fixtures with the real reader.</summary>
internal static class Reading
{
    public static ParsedCapture Of(string text, string? name = null) => Of(Encoding.UTF8.GetBytes(text), name).Parsed;

    public static CaptureContents Of(byte[] file, string? name = null, Limits? limits = null) => CaptureReader.Read(new MemoryStream(file), name, null, limits ?? Limits.Default);

    public static CaptureContents OfCase(string name, string file) => Of(Fixtures.Bytes("cases", name, file), file);

    public static CaptureRefusedException Refused(byte[] file, string? name = null, Limits? limits = null) =>
        Assert.Throws<CaptureRefusedException>(() => Of(file, name, limits));

    /// <summary>Sum of the numbers behind a key of smaps in bytes, counted from the text alone.</summary>
    public static long SumOfKey(byte[] smaps, string key) =>
        Encoding.Latin1.GetString(smaps).Split('\n').Where(l => l.StartsWith(key + ":", StringComparison.Ordinal))
            .Sum(l => long.Parse(l[(key.Length + 1)..^2], System.Globalization.NumberStyles.AllowLeadingWhite | System.Globalization.NumberStyles.AllowTrailingWhite,
                System.Globalization.CultureInfo.InvariantCulture)) * 1024;

    /// <summary>Every diagnostic that is more than information.</summary>
    public static IEnumerable<ParseDiagnostic> Complaints(this ParsedCapture parsed) => parsed.Diagnostics.Where(d => d.Severity != Severity.Info);
}
