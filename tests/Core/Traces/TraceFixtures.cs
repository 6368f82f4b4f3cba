using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

/// <summary>The captures in tests/fixtures that the trace tests read.</summary>
internal static class TraceFixtures
{
    public static ParseOptions Options => new(Limits.Default);

    /// <summary>The decoded bytes of a fixture: <c>strace/raw-mmap-leak.txt.gz</c>.</summary>
    public static byte[] Bytes(string name) => name.EndsWith(".gz", StringComparison.Ordinal) ? Fixtures.Unzipped(name) : Fixtures.Bytes(name);

    /// <summary>Its lines.</summary>
    public static string[] Lines(string name) => Encoding.Latin1.GetString(Bytes(name)).Split('\n');

    /// <summary>A fixture read by a format.</summary>
    public static ParsedCapture Read(InputFormat format, string name) => format.Parse(Bytes(name), Options);

    /// <summary>A text read by a format.</summary>
    public static ParsedCapture Read(InputFormat format, byte[] text) => format.Parse(text, Options);

    /// <summary>Text written in a test, read by a format; it must give one trace.</summary>
    public static Trace Trace(InputFormat format, string text) => Assert.Single(format.Parse(Encoding.UTF8.GetBytes(text), Options).Traces);

    /// <summary>The functions of a callchain, leaf first: <c>syscall &lt; index_grow &lt; main</c>.</summary>
    public static string Functions(this Trace trace, int callchain) => string.Join(" < ", trace.Callchains[callchain].Frames.Select(f => f.Function ?? "??"));
}
