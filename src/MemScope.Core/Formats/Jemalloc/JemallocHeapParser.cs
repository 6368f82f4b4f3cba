using System.Runtime.InteropServices;
using MemScope.Core.Formats.LegacyHeap;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Jemalloc;

/// <summary>
/// Reads jemalloc's heap profiles (src/prof_data.c): the rate, totals by thread, then a block per stack, innermost address first, and the process's maps. <c>t*</c> is the sum over the
/// threads; a thread's name stands only in the totals.
/// <code>
/// heap_v2/4096
///   t*: 318: 360784 [318: 360784]
///   t2: 33: 4846 [33: 4846] small blocks
/// @ 0x7f0767aa2630 0x7f0767aa2d21 0x7f0767a95f24 0x7f0767a22045 0x5637ab4451a8 0x5637ab445252
///   t*: 33: 4846 [33: 4846]
///   t2: 33: 4846 [33: 4846]
///
/// MAPPED_LIBRARIES:
/// 5637ab445000-5637ab446000 r-xp 00001000 fe:00 11657274                   /tmp/threads
/// </code>
/// </summary>
internal sealed class JemallocHeapParser
{
    private const string Slug = "jemalloc-heap";
    private readonly ParseOptions _options;
    private readonly DiagnosticBag _diagnostics = new();
    private readonly HeapRows _rows;
    private readonly List<ulong> _addresses = [];
    private readonly Dictionary<ulong, string> _threadNames = [];
    private readonly JemallocSite _site = new();
    private SampleScaling _live = new(0, Rounding.Carried), _allocated = new(0, Rounding.Carried);
    private long _rate;
    private bool _hasAllocated, _inMappings, _isCut;

    private JemallocHeapParser(ParseOptions options) => (_options, _rows) = (options, new HeapRows(Slug, options));

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new JemallocHeapParser(options);
        var lines = file.Lines(options.Limits.LineBytes);
        if (!lines.Next() || !parser.TryHead(lines.Line))
            return ParsedCapture.Nothing(Slug, new ParseDiagnostic("JEHEAP001", Severity.Error, 1, "The file does not begin with heap_v2/ and the mean bytes between samples"));
        while (lines.Next())
        {
            if (lines.IsTooLong) parser._diagnostics.Add("JEHEAP003", Severity.Warning, lines.Number, "A line longer than the limit was skipped");
            else if (!lines.IsTerminated && !parser._inMappings) parser._isCut = true;
            else if (!parser.TryLine(lines.Line, lines.Number)) parser._diagnostics.Add("JEHEAP002", Severity.Warning, lines.Number, "Not understood and skipped", lines.Line);
        }
        return parser.Finish();
    }

    private bool TryHead(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        if (!cursor.TrySkip("heap_v2/"u8) || !cursor.TryDecimal(out var rate) || rate > long.MaxValue) return false;
        _rate = (long)rate;
        (_live, _allocated) = (new SampleScaling(_rate, Rounding.Carried), new SampleScaling(_rate, Rounding.Carried));
        return true;
    }

    private bool TryLine(ReadOnlySpan<byte> line, int number)
    {
        if (line.Trim(" \t\r"u8).IsEmpty) return true;
        if (_inMappings) return _rows.Libraries.TryAdd(line, _options.Names);
        if (MappedLibraries.IsHead(line)) return _inMappings = true;
        return line[0] == '@' ? TryStack(line, number) : TryThread(line);
    }

    private bool TryStack(ReadOnlySpan<byte> line, int number)
    {
        Flush();
        var cursor = new ByteCursor(line);
        var isWhole = HeapNumbers.TryAddresses(ref cursor, _addresses);
        _site.Begin(_rows.Stacks.Intern(CollectionsMarshal.AsSpan(_addresses)), number);
        return isWhole;
    }

    private bool TryThread(ReadOnlySpan<byte> line)
    {
        var cursor = new ByteCursor(line);
        cursor.SkipBlanks();
        if (!cursor.TrySkip((byte)'t')) return false;
        var isSum = cursor.TrySkip((byte)'*');
        ulong thread = 0;
        if ((!isSum && !cursor.TryDecimal(out thread)) || !cursor.TrySkip((byte)':') || !HeapNumbers.TryRead(ref cursor, out var numbers)) return false;
        if (!_site.IsOpen && isSum) _hasAllocated = numbers.Allocated != 0;
        else if (!_site.IsOpen && cursor.TrySkip((byte)' ') && !cursor.IsAtEnd) _threadNames.TryAdd(thread, _options.Names.Get(cursor.Rest));
        else if (_site.IsOpen && isSum) _site.Sum = numbers;
        else if (_site.IsOpen && _threadNames.TryGetValue(thread, out var name)) _site.Threads.Add((name, numbers));
        return true;
    }

    /// <summary>Writes the rows of the block that is being read.</summary>
    private void Flush()
    {
        if (_site.IsOpen && _site.Sum is { } sum)
        {
            var live = _live.Scale(sum.Live, sum.LiveBytes);
            var allocated = _hasAllocated ? _allocated.Scale(sum.Allocated, sum.AllocatedBytes) : ((long, long)?)null;
            _site.Write(live, allocated, _rows);
        }
        _site.End();
    }

    private ParsedCapture Finish()
    {
        // A block at the end of a file that was cut off may lack its last number.
        if (!_isCut || _site.Sum is not null) Flush();
        if (_isCut || !_inMappings) _rows.Lose("cut-off", 0, "The file ends before the mappings that stand behind the stacks.");
        return ParsedCapture.Of(Slug, "heap_v2", _rows.Build(null, _rate > 1 ? _rate : null, 1), _diagnostics.ToList());
    }
}
