using System.Security.Cryptography;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Storage.Captures;
using MemScope.Tests;

namespace MemScope.Storage.Tests.Captures;

/// <summary>Uploads made of real files as the web part makes them.</summary>
internal static class Uploads
{
    public static readonly DateTimeOffset Received = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A file of tests/fixtures/cases, sent for the host <c>h1</c>.</summary>
    public static CaptureUpload OfCase(string name, string file, int? pid = 1) => Of(File.ReadAllBytes(Fixtures.Case(name, file)), file, pid);

    /// <summary>A file's bytes.</summary>
    public static CaptureUpload Of(byte[] bytes, string fileName, int? pid = 1)
    {
        var contents = CaptureReader.Read(new MemoryStream(bytes), fileName, null, Limits.Default);
        return new CaptureUpload
        {
            Host = "h1", Pid = pid, FileName = fileName, Sha256 = contents.Sha256OfDecoded, DecodedBytes = contents.DecodedBytes, Content = new MemoryStream(bytes),
            Parsed = contents.Parsed, ReceivedAt = Received,
        };
    }

    /// <summary>A text that is piped from /proc: no name, no time.</summary>
    public static CaptureUpload Bare(byte[] text, int? pid = 1) => Of(text, "", pid);

    public static byte[] Digest(string text) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
}
