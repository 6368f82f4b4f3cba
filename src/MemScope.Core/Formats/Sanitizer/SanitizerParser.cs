using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Sanitizer;

/// <summary>
/// Reads the reports of LeakSanitizer in a log; the program's own output may stand before, between and behind them:
/// <code>
/// ==450==ERROR: LeakSanitizer: detected memory leaks
///
/// Direct leak of 30976 byte(s) in 484 object(s) allocated from:
///     #0 0x7fd12fcb94c8 in operator new(unsigned long) ../../../../src/libsanitizer/asan/asan_new_delete.cpp:95
///     #1 0x5570180b7bb9 in Handler::operator()(int) const /opt/memscope-corpus/src/malloc_leak.cpp:41
///
/// SUMMARY: AddressSanitizer: 3915332 byte(s) leaked in 1452 allocation(s).
/// </code>
/// </summary>
internal sealed class SanitizerParser
{
    private const int MostProcesses = 10_000;
    private readonly ParseOptions _options;
    private readonly DiagnosticBag _diagnostics = new();
    private readonly Dictionary<int, LeakReports> _processes = [];
    private LeakReports? _current;
    private bool _inSuppressions, _isFatal, _hidesLeaks;
    private long _suppressedBytes;
    private byte[] _plain = [];

    private SanitizerParser(ParseOptions options) => _options = options;

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options) => new SanitizerParser(options).Run(file);

    private ParsedCapture Run(CaptureText file)
    {
        var lines = file.Lines(_options.Limits.LineBytes);
        while (lines.Next())
        {
            if (lines.IsTooLong) _diagnostics.Add("SANITIZER002", Severity.Warning, lines.Number, $"a line longer than {_options.Limits.LineBytes} bytes was skipped");
            else Add(SanitizerLine.WithoutColours(lines.Line, ref _plain), lines.Number);
        }
        var profiles = _processes.Values.Select(p => p.Finish()).OfType<HeapProfile>().ToList();
        if (profiles.Count > 0) return new ParsedCapture("sanitizer", "", [], [], [], _diagnostics.ToList()) { HeapProfiles = profiles };
        _diagnostics.Add("SANITIZER001", Severity.Error, 0, Reason());
        return ParsedCapture.Nothing("sanitizer", [.. _diagnostics.ToList().OrderByDescending(d => d.Severity)]);
    }

    private string Reason()
    {
        if (_isFatal) return "LeakSanitizer gave up: it cannot look for leaks where the process is traced already (gdb, strace) or ptrace is forbidden (containers: --cap-add=SYS_PTRACE)";
        if (_hidesLeaks) return $"suppressions hid every leak, {_suppressedBytes} bytes";
        return _diagnostics.CountOf("SANITIZER006") > 0
            ? "the report is of another error than leaks: mend it where it says, then let the program end, for leaks are looked for at its end (halt_on_error=0 goes on behind an error)"
            : "the log holds no report of leaks: they are looked for when the program ends, where detect_leaks=1 is the default (Linux)";
    }

    private void Add(ReadOnlySpan<byte> line, int number)
    {
        if (SanitizerLine.IsReport(line, out var pid, out var text)) Begin(pid, text, number);
        else if (SanitizerLine.IsFatal(line)) _isFatal = true;
        else if (SanitizerLine.TryLeak(line[SanitizerLine.Leading(line)..], out var kind, out var bytes, out var objects)) (_current ??= Of(0, number))?.BeginLeak(kind, bytes, objects, number);
        else if (_current is { IsInLeak: true } && TryFrame(line, out var frame)) _current.AddFrame(frame);
        else AddOther(line, number);
    }

    private void AddOther(ReadOnlySpan<byte> line, int number)
    {
        _current?.EndLeak();
        if (SanitizerLine.TrySummary(line, out var bytes, out var allocations))
        {
            (_current ?? Of(0, number))?.End(bytes, allocations, number);
            _current = null;
        }
        else if (line.SequenceEqual("Suppressions used:"u8)) _inSuppressions = true;
        else if (_inSuppressions && SanitizerLine.TrySuppression(line, out _, out var hidden))
        {
            _hidesLeaks = true;
            _suppressedBytes += hidden;
            if (_current is not null) _current.SuppressedBytes += hidden;
        }
        else if (!line.StartsWith("  count"u8)) _inSuppressions = false;
    }

    private void Begin(int pid, ReadOnlySpan<byte> text, int line)
    {
        _current?.EndWithoutSummary();
        _current = null;
        if (!text.StartsWith("detected memory leaks"u8))
        {
            _diagnostics.Add("SANITIZER006", Severity.Info, line, "a report of another error than leaks is not read", text);
            return;
        }
        _current = Of(pid, line);
        _current?.Begin(line);
    }

    private LeakReports? Of(int pid, int line)
    {
        if (_processes.TryGetValue(pid, out var known)) return known;
        if (_processes.Count == MostProcesses)
        {
            _diagnostics.Add("SANITIZER007", Severity.Warning, line, $"there are reports of more than {MostProcesses} processes; this one is not read");
            return null;
        }
        var reports = new LeakReports(pid, _options, _diagnostics);
        _processes.Add(pid, reports);
        return reports;
    }

    /// <summary><c>    #12 0x…</c>.</summary>
    private static bool TryFrame(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> frame)
    {
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        var isFrame = cursor.TrySkip("#"u8) && cursor.TryDecimal(out _) && cursor.TrySkip(" "u8);
        frame = isFrame ? cursor.Rest : default;
        return isFrame;
    }
}
