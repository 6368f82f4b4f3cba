using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Nvidia;

/// <summary>
/// Reads <c>nvidia-smi --query-gpu</c> and <c>--query-compute-apps</c> with <c>--format=csv</c>, also with <c>nounits</c> and repeated (<c>-l</c>):
/// <code>
/// timestamp, uuid, memory.used [MiB], memory.total [MiB]
/// 2026/11/20 15:03:24.123, GPU-12345678-aaaa-bbbb-cccc-0123456789ab, 22437 MiB, 24564 MiB
/// pid, process_name, used_gpu_memory [MiB]
/// 44378, tritonserver, 1836 MiB
/// </code>
/// Without its header (<c>noheader</c>) nothing says which number is which.
/// </summary>
internal sealed class NvidiaCsvParser
{
    /// <summary>More figures are counted only: 8 GPUs every second for three hours are 86,400.</summary>
    private const int MostFigures = 100_000;

    private static readonly string[] GpuNames = ["uuid", "gpu_uuid", "index", "pci.bus_id", "gpu_bus_id", "name", "gpu_name"];

    private readonly DiagnosticBag _diagnostics = new();
    private readonly ParseOptions _options;
    private readonly List<SideFigures> _figures = [];
    private readonly List<Range> _cells = [];
    private NvidiaColumns? _columns;
    private TimeLine? _time;
    private int _times, _pid, _process, _timestamp, _label;

    private NvidiaCsvParser(ParseOptions options) => _options = options;

    /// <summary>Reads a file to its end.</summary>
    public static ParsedCapture Parse(CaptureText file, ParseOptions options)
    {
        var parser = new NvidiaCsvParser(options);
        var lines = file.Lines(options.Limits.LineBytes);
        while (lines.Next())
        {
            if (lines.Line.IsEmpty) continue;
            if (lines.IsTooLong) parser._diagnostics.Add("NVIDIA004", Severity.Warning, lines.Number, $"a line longer than {options.Limits.LineBytes} bytes was skipped");
            else parser.Take(lines.Line, lines.Number);
        }
        return ParsedCapture.Of("nvidia-smi", "", parser._figures, parser._diagnostics.ToList());
    }

    private void Take(ReadOnlySpan<byte> line, int number)
    {
        if (NvidiaColumns.TryParse(line, _options.Names) is { } columns) Begin(columns);
        else if (TimeLine.Parse(line) is { } time && line.IndexOf(", "u8) < 0) _time = time with { Index = _times++, Line = number };
        else if (_columns is null) _diagnostics.Add("NVIDIA001", Severity.Error, number, "there is no header, so nothing says what the columns are; record without noheader", line);
        else if (!TakeRow(line, number)) _diagnostics.Add("NVIDIA003", Severity.Warning, number, "a row does not have the header's columns and was skipped", line);
    }

    private void Begin(NvidiaColumns columns)
    {
        _columns = columns;
        (_pid, _process, _timestamp) = (columns.IndexOf("pid"), columns.IndexOf("process_name"), columns.IndexOf("timestamp"));
        if (_process < 0) _process = columns.IndexOf("name") is >= 0 and var name && _pid >= 0 ? name : -1;
        _label = -1;
        foreach (var candidate in GpuNames)
            if (_label < 0 && columns.IndexOf(candidate) is >= 0 and var at && at != _process) _label = at;
    }

    private bool TakeRow(ReadOnlySpan<byte> line, int number)
    {
        _cells.Clear();
        foreach (var range in line.Split(", "u8)) _cells.Add(range);
        // Only a process's name may hold the separator.
        var extra = _cells.Count - _columns!.All.Count;
        if (extra < 0 || (extra > 0 && _process < 0)) return false;
        var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < _columns.All.Count; i++)
        {
            var (name, unit) = _columns.All[i];
            if (i == _pid || i == _process || i == _timestamp) continue;
            var cell = Cell(line, i, extra);
            if (unit > 0)
            {
                if (NvidiaColumns.Bytes(cell, unit) is { } size) bytes.TryAdd(name, size);
            }
            else if (name.StartsWith("utilization.", StringComparison.Ordinal) && Percent(cell) is { } percent)
            {
                counts.TryAdd(name, percent);
            }
        }
        if (bytes.Count == 0 && counts.Count == 0)
        {
            _diagnostics.Add("NVIDIA005", Severity.Info, number, "a row has no number of memory: the driver does not tell it here", line);
            return true;
        }
        var (at, origin) = TimeOf(line, extra, number);
        if (_figures.Count >= MostFigures) _diagnostics.Add("NVIDIA006", Severity.Warning, number, $"figures beyond the first {MostFigures} were left out");
        else _figures.Add(new SideFigures("nvidia-smi", ProcessOf(line, extra), bytes, counts) { Label = _label < 0 ? null : _options.Names.Get(Cell(line, _label, extra)), TakenAt = at, TimeOrigin = origin });
        return true;
    }

    /// <summary>The cell of a column; the process's name takes the commas that are over.</summary>
    private ReadOnlySpan<byte> Cell(ReadOnlySpan<byte> line, int column, int extra)
    {
        if (extra == 0 || column < _process) return line[_cells[column]];
        if (column > _process) return line[_cells[column + extra]];
        return line[_cells[column].Start.._cells[column + extra].End];
    }

    private ProcessHint ProcessOf(ReadOnlySpan<byte> line, int extra)
    {
        if (_pid < 0) return ProcessHint.None;
        var cursor = new ByteCursor(Cell(line, _pid, extra));
        int? pid = cursor.TryInt(out var number) && cursor.IsAtEnd ? number : null;
        return new ProcessHint(pid, null, _process < 0 ? null : _options.Names.Get(Cell(line, _process, extra)));
    }

    /// <summary><c>2026/11/20 15:03:24.123</c>, in the time of the machine that printed it.</summary>
    private (DateTimeOffset? At, TimeOrigin Origin) TimeOf(ReadOnlySpan<byte> line, int extra, int number)
    {
        const int most = 40;
        if (_timestamp < 0) return (_time?.At, TimeOrigin.InFile);
        var cell = Cell(line, _timestamp, extra);
        if (cell.Length > most) return (null, TimeOrigin.InFile);
        Span<byte> text = stackalloc byte[most];
        cell.Replace(text, (byte)'/', (byte)'-');
        var cursor = new ByteCursor(text[..cell.Length]);
        if (!TimeText.TryRead(ref cursor, out var at, out var zoneKnown)) return (null, TimeOrigin.InFile);
        if (!zoneKnown && _diagnostics.CountOf("NVIDIA002") == 0) _diagnostics.Add("NVIDIA002", Severity.Info, number, "times are those of the machine, without a zone, and were read as UTC");
        return (at, TimeOrigin.InFile);
    }

    private static long? Percent(ReadOnlySpan<byte> cell)
    {
        var cursor = new ByteCursor(cell);
        return cursor.TryInt(out var number) && (cursor.IsAtEnd || cursor.Rest.SequenceEqual(" %"u8)) ? number : null;
    }
}
