using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Memcheck;

/// <summary>
/// Reads memcheck's text. The lines of several processes (--trace-children=yes) and of the program may stand between each other:
/// <code>
/// ==10654== HEAP SUMMARY:
/// ==10654==     in use at exit: 1,006,170 bytes in 15 blocks
/// ==10654==   total heap usage: 16 allocs, 1 frees, 1,071,706 bytes allocated
/// ==10654==
/// ==10654== 6,170 bytes in 5 blocks are definitely lost in loss record 1 of 2
/// ==10654==    at 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
/// ==10654==    by 0x109170: leaky (leak.c:12)
/// ==10654==
/// ==10654== LEAK SUMMARY:
/// ==10654==    definitely lost: 1,006,170 bytes in 15 blocks
/// ==10654==         suppressed: 0 bytes in 0 blocks
/// </code>
/// </summary>
internal sealed class MemcheckParser
{
    private const int MostProcesses = 10_000;
    private readonly ParseOptions _options;
    private readonly DiagnosticBag _diagnostics = new();
    private readonly Dictionary<int, Reading> _processes = [];
    private string? _otherTool;

    private MemcheckParser(ParseOptions options) => _options = options;

    /// <summary>What is being read of one process.</summary>
    private sealed class Reading(LeakCheck check)
    {
        public LeakCheck Check { get; } = check;
        public List<int> Frames { get; } = [];
        public LeakRecord? Leak { get; set; }
        public int LeakLine { get; set; }
        public byte[]? Head { get; set; }
    }

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options) => new MemcheckParser(options).Run(file);

    private ParsedCapture Run(CaptureText file)
    {
        var lines = file.Lines(_options.Limits.LineBytes);
        while (lines.Next())
        {
            if (lines.IsTooLong) _diagnostics.Add("MEMCHECK002", Severity.Warning, lines.Number, $"a line longer than {_options.Limits.LineBytes} bytes was skipped");
            else if (ValgrindLine.TryRead(lines.Line, out var line)) Add(line, lines.Number);
        }
        foreach (var process in _processes.Values)
        {
            EndLeak(process);
            if (process.Check.IsOpen) EndOfFile(process.Check, lines.Number);
        }
        var profiles = _processes.Values.Select(p => p.Check.Finish()).OfType<HeapProfile>().ToList();
        if (profiles.Count > 0) return new ParsedCapture("memcheck", "", [], [], [], _diagnostics.ToList()) { HeapProfiles = profiles };
        var reason = _otherTool is null
            ? "the log holds no leak check: memcheck prints it when the program ends, with --leak-check=full also the stacks"
            : $"the log is that of {_otherTool}, which prints no memory use in it: send the file that it wrote beside it (massif.out.PID, dhat.out.PID), or run memcheck";
        _diagnostics.Add("MEMCHECK001", Severity.Error, 0, reason);
        return ParsedCapture.Nothing("memcheck", [.. _diagnostics.ToList().OrderByDescending(d => d.Severity)]);
    }

    private void EndOfFile(LeakCheck check, int line)
    {
        // --leak-check=no ends behind HEAP SUMMARY, and a program that freed all its blocks gets no LEAK SUMMARY.
        if (check is { InUse: null or { Bytes: > 0 }, HasSummary: false }) _diagnostics.Add("MEMCHECK006", Severity.Warning, line, "the log ends before LEAK SUMMARY: leaks may be missing");
        check.End(line);
    }

    private void Add(ValgrindLine line, int number)
    {
        if (!_processes.TryGetValue(line.Pid, out var process))
        {
            if (_processes.Count == MostProcesses)
            {
                _diagnostics.Add("MEMCHECK007", Severity.Warning, number, $"there are more than {MostProcesses} processes; this one is not read");
                return;
            }
            process = new Reading(new LeakCheck("memcheck", _options, _diagnostics) { Process = new ProcessHint(line.Pid) });
            _processes.Add(line.Pid, process);
        }
        process.Check.ElapsedNs = line.ElapsedNs ?? process.Check.ElapsedNs;
        if (IsFrame(line.Text)) AddFrame(process, line.Text, number);
        else AddText(process, line.Text, number);
    }

    private static bool IsFrame(ReadOnlySpan<byte> text) => text.StartsWith("   at 0x"u8) || text.StartsWith("   by 0x"u8);

    private void AddFrame(Reading process, ReadOnlySpan<byte> text, int line)
    {
        if (process.Leak is not null) process.Frames.Add(process.Check.Frames.Of(text[6..]));
        else if (process.Head is { Length: > 0 } head)
        {
            _diagnostics.Add("MEMCHECK003", Severity.Info, line, "an error that is no leak is not read", head);
            process.Head = null;
        }
    }

    private void AddText(Reading process, ReadOnlySpan<byte> text, int line)
    {
        EndLeak(process);
        process.Head = null;
        if (text.IsEmpty) return;
        if (LeakRecord.TryRead(text, out var leak)) (process.Leak, process.LeakLine) = (leak, line);
        else if (text[0] == ' ') AddSum(process.Check, text.TrimStart((byte)' '), line);
        else if (text.StartsWith("Command: "u8)) process.Check.Process = process.Check.Process with { CommandLine = _options.Names.Get(text[9..]) };
        else if (text.SequenceEqual("HEAP SUMMARY:"u8)) Begin(process.Check, line);
        else if (!IsBanner(text)) process.Head = text.ToArray();
    }

    private static void Begin(LeakCheck check, int line)
    {
        check.End(line);
        check.Line = line;
    }

    private bool IsBanner(ReadOnlySpan<byte> text)
    {
        foreach (var tool in (ReadOnlySpan<string>)["Massif", "DHAT", "Helgrind", "DRD", "Callgrind", "Cachegrind"])
            if (text.Length > tool.Length && System.Text.Ascii.Equals(text[..tool.Length], tool) && text[tool.Length] is (byte)',' or (byte)' ') _otherTool = tool;
        return text.StartsWith("Copyright"u8) || text.StartsWith("Using Valgrind"u8) || text.StartsWith("Parent PID"u8) || text.EndsWith("SUMMARY:"u8);
    }

    /// <summary><c>definitely lost: 1,234 bytes in 1 blocks</c>, <c>in use at exit: …</c>, <c>total heap usage: 16 allocs, 1 frees, 1,071,706 bytes allocated</c>.</summary>
    private static void AddSum(LeakCheck check, ReadOnlySpan<byte> text, int line)
    {
        var colon = text.IndexOf(": "u8);
        if (colon < 0) return;
        var cursor = new ByteCursor(text[(colon + 2)..]);
        if (!LeakRecord.TryCount(ref cursor, out var first)) return;
        var label = text[..colon];
        if (label.SequenceEqual("total heap usage"u8))
        {
            if (cursor.TrySkip(" allocs, "u8) && LeakRecord.TryCount(ref cursor, out _) && cursor.TrySkip(" frees, "u8) && LeakRecord.TryCount(ref cursor, out var bytes)) check.Allocated = (bytes, first);
            return;
        }
        if (!cursor.TrySkip(" bytes in "u8) || !LeakRecord.TryCount(ref cursor, out var blocks)) return;
        if (label.SequenceEqual("in use at exit"u8)) check.InUse = (first, blocks);
        else if (LeakKinds.Of(label) is { } kind)
        {
            if (check.Line == 0) check.Line = line;
            check.Sum(kind, first, blocks);
            if (check.HasSummary) check.End(line);
        }
    }

    private static void EndLeak(Reading process)
    {
        if (process.Leak is not { } leak) return;
        process.Check.Add(leak, CollectionsMarshal.AsSpan(process.Frames), process.LeakLine);
        process.Leak = null;
        process.Frames.Clear();
    }
}
