using MemScope.Core.Formats.GoMemstats;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>
/// Reads heap profiles as text: a header, a row per stack, the mappings at the end (gperftools) or names and runtime.MemStats (Go). A file may hold several.
/// <code>
/// heap profile:   1352:  1350140 [  1352:  1350140] @ heapprofile
///     50:  1000000 [    50:  1000000] @ 0x55c1d1fe81a8 0x55c1d1fe820c 0x7fb3bbaa71f5 0x7fb3bbb278ec
///
/// MAPPED_LIBRARIES:
/// 55c1d1fe8000-55c1d1fe9000 r-xp 00001000 00:00 11657290    /tmp/leak
/// </code>
/// </summary>
internal sealed class LegacyHeapParser
{
    private readonly ParseOptions _options;
    private readonly DiagnosticBag _diagnostics = new();
    private readonly List<HeapProfile> _profiles = [];
    private readonly List<SideFigures> _figures = [];
    private readonly List<ulong> _addresses = [];
    private LegacyHeapHeader _header;
    private HeapRows? _rows;
    private MemstatsComments _memstats = new();
    private SampleScaling _live = new(0, Rounding.Carried), _allocated = new(0, Rounding.Carried);
    private HeapNumbers _sum;
    private int _line;
    private bool _inMappings, _isCut;

    private LegacyHeapParser(ParseOptions options) => _options = options;

    /// <summary>Reads a whole file.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new LegacyHeapParser(options);
        var lines = file.Lines(options.Limits.LineBytes);
        while (lines.Next())
        {
            if (lines.IsTooLong) parser._diagnostics.Add("HEAPTEXT003", Severity.Warning, lines.Number, "A line longer than the limit was skipped");
            else if (!parser.TryLine(lines.Line, lines.Number, lines.IsTerminated)) parser._diagnostics.Add("HEAPTEXT002", Severity.Warning, lines.Number, "Not understood and skipped", lines.Line);
        }
        return parser.Finish();
    }

    private bool TryLine(ReadOnlySpan<byte> line, int number, bool isTerminated)
    {
        if (line.Trim(" \t\r"u8).IsEmpty) return true;
        if (line.TrimStart(" "u8).StartsWith(LegacyHeapHeader.Mark)) return TryBegin(line, number);
        if (_rows is null) return false;
        if (MappedLibraries.IsHead(line)) return _inMappings = true;
        if (!isTerminated && !_inMappings && line[0] != '#')
        {
            // What the end of a file that was cut off leaves of a number is another number.
            _isCut = true;
            return false;
        }
        if (_inMappings) return _rows.Libraries.TryAdd(line, _options.Names);
        return line[0] == '#' ? _rows.Symbols.TryAdd(line, _options.Names) || _memstats.TryAdd(line) : TryRow(line, number);
    }

    private bool TryBegin(ReadOnlySpan<byte> line, int number)
    {
        if (!LegacyHeapHeader.TryRead(line, out var header)) return false;
        End();
        (_header, _rows, _line, _inMappings, _isCut, _sum) = (header, new HeapRows("heap-profile", _options), number, false, false, default);
        var rounding = header.IsDoubled ? Rounding.EachRow : Rounding.Carried;
        (_live, _allocated) = (new SampleScaling(header.SamplePeriodBytes ?? 0, rounding), new SampleScaling(header.SamplePeriodBytes ?? 0, rounding));
        if (header is { Type: "heap" or "heap_v2" or "heapz_v2", Rate: null })
            _diagnostics.Add("HEAPTEXT005", Severity.Warning, number, "The profile was sampled and does not say how often: its numbers are those of the samples, not of the heap");
        return true;
    }

    private bool TryRow(ReadOnlySpan<byte> line, int number)
    {
        var cursor = new ByteCursor(line);
        if (!HeapNumbers.TryRead(ref cursor, out var row)) return false;
        var isWhole = HeapNumbers.TryAddresses(ref cursor, _addresses);
        _rows!.Symbols.BeginRow();
        _sum = new HeapNumbers(Saturating.Add(_sum.Live, row.Live), Saturating.Add(_sum.LiveBytes, row.LiveBytes), Saturating.Add(_sum.Allocated, row.Allocated), Saturating.Add(_sum.AllocatedBytes, row.AllocatedBytes));
        var (live, liveBytes) = _live.Scale(row.Live, row.LiveBytes);
        var site = new HeapSite { Callchain = _rows.Stacks.Intern(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_addresses)), Live = liveBytes, LiveCount = live, Line = number };
        if (_header.HasAllocated)
        {
            var (allocated, allocatedBytes) = _allocated.Scale(row.Allocated, row.AllocatedBytes);
            site = site with { Allocated = allocatedBytes, AllocatedCount = allocated };
        }
        _rows.Add(site);
        return isWhole;
    }

    /// <summary>Finishes the profile that is being read.</summary>
    private void End()
    {
        if (_rows is null) return;
        if (_rows.Dropped == 0 && _sum != _header.Totals)
        {
            var text = $"The header says {Text(_header.Totals)}, the rows add up to {Text(_sum)}: rows are missing, or the heap changed while it was written";
            _diagnostics.Add("HEAPTEXT004", Severity.Warning, _line, text);
            // gperftools writes into a buffer of 1 MiB, rows with the most live bytes first, and leaves out what does not fit (heap-profiler.cc, kProfileBufferSize).
            _rows.Lose("missing-rows", 0, text + ".");
        }
        if (_isCut || (!_inMappings && !_header.IsDoubled)) _rows.Lose("cut-off", 0, "The file ends before the mappings that stand behind the rows.");
        _profiles.Add(_rows.Build(_header.Label, _header.SamplePeriodBytes, _line));
        if (_memstats.Figures() is { } figures) _figures.Add(figures);
        _memstats = new MemstatsComments();
    }

    private static string Text(HeapNumbers n) => $"{n.LiveBytes} live bytes in {n.Live} blocks and {n.AllocatedBytes} allocated in {n.Allocated}";

    private ParsedCapture Finish()
    {
        End();
        if (_profiles.Count == 0) _diagnostics.Add("HEAPTEXT001", Severity.Error, 0, "There is no line \"heap profile: …\" of a kind that is known.");
        return new ParsedCapture("heap-profile", _profiles.Count == 0 ? "" : _header.Type, [], _figures, [], _diagnostics.ToList()) { HeapProfiles = _profiles };
    }
}
