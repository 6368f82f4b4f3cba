using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// Reads the build ids that <c>perf buildid-list</c> prints. They name the modules of a trace by their content, and are of use beside it:
/// <code>
/// 93ac61ec5a8eb1396f9fbd350e3169a558528a40 /usr/lib/x86_64-linux-gnu/libc.so.6
/// e025128345ce65b719dab776555f2b64ee0204a1 [vdso]
/// </code>
/// </summary>
internal static class PerfBuildIds
{
    private const int LeastDigits = 16, MostDigits = 64;

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var lines = file.Lines(options.Limits.LineBytes);
        var diagnostics = new DiagnosticBag();
        var modules = new List<MappedModule>();
        while (lines.Next())
        {
            if (!lines.IsTooLong && TryLine(lines.Line, out var digits)) modules.Add(new MappedModule(default, 0, options.Names.Get(lines.Line[(digits + 1)..]), options.Names.Get(lines.Line[..digits])));
            else if (!lines.Line.IsEmpty) diagnostics.Add("PERFBUILDIDS001", Severity.Warning, lines.Number, "Not understood and skipped", lines.Line);
        }
        if (modules.Count > 0) diagnostics.Add("PERFBUILDIDS002", Severity.Info, 0, $"Build ids of {modules.Count} modules. They name the modules of the process that the upload's pid says, or of the traces in the same archive.");
        return new ParsedCapture("perf-buildids", "", [], [], [], diagnostics.ToList()) { Modules = modules };
    }

    /// <summary>Whether a line is a build id and a path.</summary>
    public static bool TryLine(ReadOnlySpan<byte> line, out int digits)
    {
        digits = line.IndexOf((byte)' ');
        if (digits is < LeastDigits or > MostDigits || digits % 2 != 0 || line.Length < digits + 2 || line[digits + 1] is not ((byte)'/' or (byte)'[')) return false;
        foreach (var digit in line[..digits]) if (ByteCursor.HexDigit(digit) < 0) return false;
        return true;
    }
}
