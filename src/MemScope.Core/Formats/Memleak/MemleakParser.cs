using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Memleak;

/// <summary>
/// Reads the reports of bcc's <c>memleak</c>: every few seconds what is allocated and not freed, by stack. Each report is a state, not a change since the one before.
/// <code>
/// Attaching to pid 5193, Ctrl+C to quit.
/// [11:16:33] Top 2 stacks with outstanding allocations:
///         addr = 948cd0 size = 16                                   -a
///         addr = 948d10 size = 16
///         32 bytes in 2 allocations from stack
///                  main+0x6d [allocs]
///                  __libc_start_main+0xf0 [libc-2.21.so]
/// </code>
/// The libbpf tool prints the times without leading zeros and the largest stack first; bcc prints it last. Source: bcc, tools/memleak.py and libbpf-tools/memleak.c.
/// </summary>
internal sealed class MemleakParser
{
    private readonly StackTable _stacks;
    private readonly StackLines _stack = new();
    private readonly DiagnosticBag _diagnostics = new();
    private readonly List<HeapDump> _dumps = [];
    private List<HeapSite> _sites = [];
    private HeapSite? _site;
    private long _addressBytes, _addressCount, _timeNs;
    private int? _pid;
    private int _headLine, _top, _fullReports, _lostStacks;
    private bool _any, _addressesBehind;

    private MemleakParser(ParseOptions options) => _stacks = new StackTable(MemleakFrame.Read, options) { Finish = MemleakFrame.InlinedFirst };

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new MemleakParser(options);
        var lines = file.Lines(options.Limits.LineBytes);
        while (lines.Next())
        {
            if (lines.IsTooLong) parser._diagnostics.Add("MEMLEAK003", Severity.Warning, lines.Number, "A line longer than the limit was skipped", lines.Line);
            else if (!lines.IsTerminated && lines.Line is [.., not ((byte)']' or (byte)':')]) parser._diagnostics.Add("MEMLEAK006", Severity.Warning, lines.Number, "The file ends in the middle of a line");
            else parser.ReadLine(lines.Line, lines.Number);
        }
        return parser.Finish();
    }

    /// <summary>Whether a line is the head of a report: <c>[11:16:33] Top 2 stacks with outstanding allocations:</c>.</summary>
    public static bool IsHead(ReadOnlySpan<byte> line, out long timeNs, out int top)
    {
        (timeNs, top) = (0, 0);
        var cursor = new ByteCursor(line);
        return cursor.TrySkip((byte)'[') && TimeOfDay.TryRead(ref cursor, out timeNs) && cursor.TrySkip("] Top "u8) && cursor.TryInt(out top) && cursor.Rest.StartsWith(" stacks with outstanding allocations:"u8);
    }

    private void ReadLine(ReadOnlySpan<byte> line, int number)
    {
        var text = line.Trim(" \t"u8);
        if (text.IsEmpty)
        {
            EndSite();
        }
        else if (IsHead(text, out var timeNs, out var top))
        {
            EndReport();
            _timeNs = TimeOfDay.After(_any ? _timeNs : null, timeNs);
            (_any, _headLine, _top) = (true, number, top);
        }
        else if (TrySite(text, out var bytes, out var count))
        {
            EndSite();
            Begin(number);
            _site = new HeapSite { Live = bytes, LiveCount = count, Callchain = -1, Line = number };
        }
        else if (TryAddress(text, out var size))
        {
            Begin(number);
            _addressBytes += size;
            _addressCount++;
            _addressesBehind |= _site is not null;
        }
        else if (_site is not null && ByteCursor.IsBlank(line[0]) | IsFrame(line))
        {
            if (text.SequenceEqual("stack information lost"u8)) _lostStacks++;
            _stack.Add(line);
        }
        else if (!TryTool(text))
        {
            EndSite();
            _diagnostics.Add("MEMLEAK002", Severity.Warning, number, "Not understood and skipped", line);
        }
    }

    // "000055b2a1c3d1a9: main @ …" of blazesym begins at the line's beginning.
    private static bool IsFrame(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        return cursor.TryHex(out _) && cursor.TrySkip(": "u8);
    }

    // "80 bytes in 5 allocations from stack"
    private static bool TrySite(ReadOnlySpan<byte> text, out long bytes, out long count)
    {
        (bytes, count) = (0, 0);
        var cursor = new ByteCursor(text);
        if (!cursor.TryDecimal(out var size) || !cursor.TrySkip(" bytes in "u8) || !cursor.TryDecimal(out var blocks) || !cursor.Rest.StartsWith(" allocations from stack"u8)) return false;
        // A counter below zero is printed as one near 2^64: bytes were freed of which the allocation was not seen.
        (bytes, count) = (unchecked((long)size), unchecked((long)blocks));
        return true;
    }

    // "addr = 948cd0 size = 16"
    private static bool TryAddress(ReadOnlySpan<byte> text, out long size)
    {
        size = 0;
        var cursor = new ByteCursor(text);
        if (!cursor.TrySkip("addr = "u8)) return false;
        cursor.TrySkip("0x"u8);
        if (!cursor.TryHex(out _) || !cursor.TrySkip(" size = "u8) || !cursor.TryDecimal(out var number)) return false;
        size = (long)Math.Min(number, long.MaxValue >> 16);
        return true;
    }

    // "Attaching to pid 5193, Ctrl+C to quit.", "Attaching to kernel allocators, …", "Executing './allocs' and tracing the resulting process."
    private bool TryTool(ReadOnlySpan<byte> text)
    {
        var cursor = new ByteCursor(text);
        if (cursor.TrySkip("Attaching to pid "u8))
        {
            if (cursor.TryInt(out var pid)) _pid = pid;
            return true;
        }
        return text.StartsWith("Attaching to kernel allocators"u8) || text.StartsWith("Executing '"u8) || text.StartsWith("Tracing outstanding memory allocs"u8);
    }

    // A file that begins inside a report: what is there is kept, without a time.
    private void Begin(int number)
    {
        if (_headLine == 0) _headLine = number;
    }

    private void EndSite()
    {
        if (_site is { } site) _sites.Add(site with { Callchain = _stacks.Intern(_stack.Bytes) });
        _site = null;
        _stack.Clear();
    }

    private void EndReport()
    {
        EndSite();
        if (_headLine == 0) return;
        if (_top > 0 && _sites.Count >= _top) _fullReports++;
        // bcc lists with -a every block, also of stacks that are not among the largest.
        var all = _addressCount > 0 && !_addressesBehind;
        _dumps.Add(new HeapDump(_sites)
        {
            Time = _any ? _timeNs : null,
            LiveBytes = all ? _addressBytes : _sites.SumOfKnown(s => s.Live) ?? 0,
            LiveCount = all ? _addressCount : _sites.SumOfKnown(s => s.LiveCount) ?? 0,
            Line = _headLine,
        });
        _sites = [];
        (_headLine, _addressBytes, _addressCount, _addressesBehind) = (0, 0, 0, false);
    }

    private ParsedCapture Finish()
    {
        EndReport();
        if (_dumps.Count == 0)
        {
            _diagnostics.Add("MEMLEAK001", Severity.Warning, 0, "No report was found: memleak prints one every 5 seconds, and when it is told to end, none.");
            return ParsedCapture.Nothing("memleak", [.. _diagnostics.ToList()]);
        }
        if (_fullReports > 0) _diagnostics.Add("MEMLEAK004", Severity.Info, 0, $"{_fullReports} of {_dumps.Count} reports hold as many stacks as memleak was asked for: smaller ones are not in them. Run memleak with -T 1000.");
        List<TraceLoss> losses = [];
        var missing = _dumps[^1].Sites.Count(s => s.Callchain < 0);
        if (missing > 0) losses.Add(new TraceLoss("missing-stacks", missing, $"{missing} of the {_dumps[^1].Sites.Count} entries of the last report came without a stack."));
        if (_lostStacks > 0) _diagnostics.Add("MEMLEAK005", Severity.Warning, 0, $"memleak lost the stacks of {_lostStacks} entries.");
        return ParsedCapture.Of("memleak", "", new HeapProfile("memleak", new ProcessHint(_pid), _stacks.Callchains, _dumps) { Unit = WeightUnit.Bytes, Clock = _any ? ClockDomain.WallTimeOfDay : ClockDomain.None, Losses = losses }, _diagnostics.ToList());
    }
}
