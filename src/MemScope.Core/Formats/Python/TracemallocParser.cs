using System.Runtime.InteropServices;
using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Python;

/// <summary>
/// Reads printed statistics of tracemalloc, in the shapes of <see cref="TracemallocLine"/>. A difference gives two moments: what is printed, and that less the change.
/// A traceback prints the oldest frame first, as Python does since 3.7.
/// </summary>
internal sealed class TracemallocParser
{
    private readonly DiagnosticBag _diagnostics = new();
    private readonly ParseOptions _options;
    private readonly StackTable _stacks;
    private readonly List<HeapDump> _dumps = [];
    private readonly List<byte[]> _frames = [];
    private readonly List<byte> _stack = [];
    private List<HeapSite> _sites = [], _before = [];
    private HeapSite? _block;
    private TimeLine? _time;
    private long? _total;
    private int _times, _line;
    private bool _isDiff;

    private TracemallocParser(ParseOptions options) => (_options, _stacks) = (options, new StackTable(ReadFrame, options));

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new TracemallocParser(options);
        var lines = file.Lines(options.Limits.LineBytes);
        while (lines.Next())
        {
            if (lines.Line.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            if (lines.IsTooLong) parser._diagnostics.Add("PYTHON002", Severity.Warning, lines.Number, $"a line longer than {options.Limits.LineBytes} bytes was skipped");
            else parser.Take(lines.Line, lines.Number);
        }
        parser.EndDump();
        var notes = parser._diagnostics.ToList();
        if (parser._dumps.Count == 0) return ParsedCapture.Nothing("tracemalloc", [.. notes]);
        return ParsedCapture.Of("tracemalloc", "", new HeapProfile("tracemalloc", ProcessHint.None, parser._stacks.Callchains, parser._dumps) { Unit = WeightUnit.Bytes }, notes);
    }

    private void Take(ReadOnlySpan<byte> line, int number)
    {
        if (!TracemallocLine.TryParse(line, out var read))
        {
            TakeOther(line, number);
            return;
        }
        if (read.Kind is TracemallocKind.Frame)
        {
            if (_block is not null && _frames.Count < _options.Limits.CallchainFrames) _frames.Add([.. read.Place, (byte)':', .. System.Text.Encoding.ASCII.GetBytes(FormattableString.Invariant($"{read.Count}")), (byte)'\n']);
            return;
        }
        EndBlock();
        if (_sites.Count == 0) _line = number;
        var site = new HeapSite { Callchain = -1, Live = Math.Max(0, read.Size), LiveCount = read.Count, Line = number };
        if (read.Kind is TracemallocKind.Blocks) _block = site;
        else if (read.Kind is TracemallocKind.Place) Add(site with { Callchain = _stacks.Intern(read.Place) }, read);
        else if (read.Kind is TracemallocKind.Rest) Add(site with { Kind = "other" }, read);
        else _total = read.Size;
    }

    private void Add(HeapSite site, TracemallocLine read)
    {
        _sites.Add(site);
        _isDiff |= read.SizeChange is not null;
        // The rounded numbers may leave a few bytes less than nothing.
        _before.Add(site with { Live = Math.Max(0, read.Size - (read.SizeChange ?? 0)), LiveCount = read.Count is { } count ? Math.Max(0, count - (read.CountChange ?? 0)) : null });
    }

    private void TakeOther(ReadOnlySpan<byte> line, int number)
    {
        if (TimeLine.Parse(line) is { } time)
        {
            EndDump();
            _time = time with { Index = _times++, Line = number };
        }
        else if (line.StartsWith("[ Top "u8) || line.StartsWith("Top "u8))
        {
            EndDump();
        }
        else if (!line.StartsWith("    "u8))
        {
            // A line of source stands below a frame or a place, four blanks in.
            _diagnostics.Add("PYTHON001", Severity.Info, number, "a line was not understood and passed over", line);
        }
    }

    private void EndBlock()
    {
        if (_block is not { } block) return;
        _stack.Clear();
        for (var i = _frames.Count - 1; i >= 0; i--) _stack.AddRange(_frames[i]);
        Add(block with { Callchain = _stacks.Intern(CollectionsMarshal.AsSpan(_stack)) }, default);
        _frames.Clear();
        _block = null;
    }

    private void EndDump()
    {
        EndBlock();
        if (_sites.Count == 0) return;
        var after = new HeapDump(_sites) { Line = _line, LiveBytes = _total ?? Sum(_sites), LiveCount = Blocks(_sites), TakenAt = _time?.At, TimeOrigin = TimeOrigin.InFile, Label = _isDiff ? "after" : null };
        if (_isDiff) _dumps.Add(new HeapDump(_before) { Line = _line, LiveBytes = Sum(_before), LiveCount = Blocks(_before), Label = "before" });
        _dumps.Add(after);
        (_sites, _before, _total, _isDiff, _time) = ([], [], null, false, null);
    }

    private static long Sum(List<HeapSite> sites) => sites.SumOf(s => s.Live ?? 0);

    private static long? Blocks(List<HeapSite> sites) => sites.TrueForAll(s => s.LiveCount is not null) ? sites.SumOf(s => s.LiveCount ?? 0) : null;

    private static RawFrame? ReadFrame(ReadOnlySpan<byte> line, NameTable names)
    {
        var (file, number) = SourceLine.Read(line, names);
        // Statistics by file print line 0.
        return file is null ? null : new RawFrame { File = file, Line = number is 0 ? null : number };
    }
}
