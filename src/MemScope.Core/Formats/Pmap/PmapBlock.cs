using System.Globalization;
using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pmap;

/// <summary>
/// Reads one pmap output: the process's line, titles, a row for each mapping, totals.
/// <code>
/// 22654:   /opt/memscope-corpus/bin/odd_maps
/// Address           Kbytes     RSS   Dirty Mode  Mapping
/// 000055c8f98cb000       4       4       4 r---- odd_maps
/// ---------------- ------- ------- -------
/// total kB           19544   11248    8740
/// </code>
/// pmap prints base names (unless -p), shows every mapping without a path as <c>[ anon ]</c> (the heap too), and replaces bytes outside ASCII by question marks.
/// </summary>
internal sealed class PmapBlock(ParseOptions options, DiagnosticBag diagnostics) : Block
{
    /// <summary>Bytes of a page where pages are smallest: addresses of mappings are multiples.</summary>
    private const int SmallestPage = 4096;

    /// <summary>What -X and -XX read of a name, its path included (procps, print_extended_maps).</summary>
    private const int NameBytesOfKeyLayouts = 127;

    private readonly VmaTable.Builder _vmas = new();
    private readonly long[] _numbers = new long[Metrics.Count];
    private readonly PmapTotals _totals = new(diagnostics);
    private PmapLayout? _layout;
    private string? _command;
    private bool _hasTitles;
    private AddressRange _previous;
    private string _previousName = "";
    private PmapRow.Cells _previousCells;

    /// <inheritdoc/>
    public override void End(Frame frame)
    {
        if (_vmas.Count == 0)
        {
            diagnostics.Add("PMAP005", Severity.Info, frame.FirstLine, $"pmap printed no mapping of process {frame.Pid?.ToString(CultureInfo.InvariantCulture) ?? "?"}: it is a kernel thread, has ended, or may not be read");
            return;
        }
        _totals.EndBlock(_layout!, frame.LastLine, isExpected: _hasTitles || _command is not null);
        frame.Snapshot = new Snapshot(_layout!.Source, new ProcessHint(frame.Pid, CommandLine: _command), _vmas.Build()) { ByteOffset = frame.Start };
    }

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<byte> line, int number)
    {
        if (_command is null && _vmas.Count == 0 && LineShape.IsPmapHead(line, out _)) TakeHead(line);
        else if (LineShape.IsRule(line)) _totals.BeginTotals();
        else if (_totals.IsNext || (LineShape.EndsInSize(line) && !LineShape.IsPmapRow(line))) _totals.Read(line, _layout);
        else if (LineShape.IsPmapRow(line) || (_hasTitles && LineShape.BeginsWithAddress(line))) TakeRow(line, number);
        else TakeTitles(line, number);
    }

    private void TakeHead(ReadOnlySpan<byte> line)
    {
        var command = line[(line.IndexOf((byte)':') + 1)..].TrimStart(" \t"u8);
        _command = NameTable.Decode(command[..Math.Min(command.Length, options.Limits.NameBytes)]);
    }

    private void TakeTitles(ReadOnlySpan<byte> line, int number)
    {
        if (_vmas.Count > 0)
        {
            diagnostics.Add("PMAP001", Severity.Warning, number, "not understood", line);
            return;
        }
        _hasTitles = true;
        _layout = PmapLayout.FromTitles(line, number, diagnostics);
        if (_layout is { HasPermissions: false })
            diagnostics.Add("PMAP010", Severity.Warning, number, "permissions are not among the columns: every mapping counts as one without access, and kinds of memory cannot be told");
    }

    private void TakeRow(ReadOnlySpan<byte> line, int number)
    {
        _layout ??= PmapLayout.FromRow(line);
        if (_layout is not { HasSize: true })
        {
            diagnostics.Add("PMAP006", Severity.Error, number, "the columns of this pmap are not known or hold no size: run pmap without -q, and with -c name Size among the columns", line);
            return;
        }
        if (!PmapRow.TryParse(line, _layout, _numbers, out var row))
        {
            diagnostics.Add("PMAP001", Severity.Warning, number, "not understood", line);
            return;
        }
        Add(row, number);
    }

    private void Add(PmapRow row, int line)
    {
        var cells = row.Values;
        var size = (ulong)Math.Max(0, _numbers[(int)Metric.Size]) * 1024;
        _totals.Count(_numbers);
        var name = PmapName.Read(row.Mapping, ref cells.Inode);
        if (name.Length > options.Limits.NameBytes)
        {
            diagnostics.Add("PMAP007", Severity.Warning, line, $"a name of {name.Length} bytes was cut to {options.Limits.NameBytes}");
            name = name[..options.Limits.NameBytes];
        }
        if (name.Length == NameBytesOfKeyLayouts && _layout!.Source is SnapshotSource.PmapFields or SnapshotSource.PmapAllFields)
            diagnostics.Add("PMAP013", Severity.Info, line, $"pmap cuts names at {NameBytesOfKeyLayouts} bytes here, and this one has as many", name);
        var text = options.Names.Get(name);
        if (cells.Start % SmallestPage != 0)
        {
            TakeBrokenRow(cells.Start, text, line);
            return;
        }
        var range = AddressRange.OfLength(cells.Start, size);
        if (_vmas.RemoveCoveredBy(range) > 0) ReportRepeat(range, text, line);
        else if (range.Overlap(_previous) > 0) diagnostics.Add("PMAP004", Severity.Warning, line, $"{range} overlaps the mapping before it, {_previous}");
        (_previous, _previousName, _previousCells) = (range, text, cells);
        Add(range, cells, text);
        foreach (var column in _layout!.Columns)
            if (column.IsNumber && _numbers[(int)column.Metric] >= 0) _vmas.Set(column.Metric, _numbers[(int)column.Metric]);
        if (!row.Flags.IsEmpty) _vmas.SetFlags(options.Names.Get(row.Flags));
    }

    private void Add(AddressRange range, PmapRow.Cells cells, string name) =>
        _vmas.Add(range.Start, range.End, cells.Permissions, cells.Offset, cells.DeviceMajor, cells.DeviceMinor, cells.Inode, name);

    /// <summary>
    /// An address is printed twice when the kernel printed the mapping twice, or when its line of maps was over 1023 bytes: pmap reads such a line in pieces and takes each for a line.
    /// The numbers are the same, and the last piece holds the name.
    /// </summary>
    private void ReportRepeat(AddressRange range, string name, int line)
    {
        if (range == _previous && name != _previousName)
        {
            _totals.IgnoreSizes();
            diagnostics.Add("PMAP011", Severity.Info, line, $"pmap printed {range} in pieces, for its name is too long for it; the last piece counts");
        }
        else diagnostics.Add("PMAP009", Severity.Warning, line, $"the process changed while it was read and {range} was printed again; the later numbers count");
    }

    /// <summary>
    /// The second piece of a line over 1023 bytes may begin with letters that are a hexadecimal number: then that is its "address". The layouts that print a row for each piece had the
    /// mapping in the row above, and the name is here; -x has one row for both, and its mapping is lost.
    /// </summary>
    private void TakeBrokenRow(ulong start, string name, int line)
    {
        _totals.IgnoreSizes();
        var hasFirst = _layout!.Source is SnapshotSource.Pmap && _vmas.Count > 0;
        if (hasFirst)
        {
            _vmas.RemoveCoveredBy(_previous);
            Add(_previous, _previousCells, name);
            _vmas.Set(Metric.Size, (long)(_previous.Length / 1024));
            _previousName = name;
            diagnostics.Add("PMAP011", Severity.Info, line, $"pmap printed {_previous} in pieces, for its name is too long for it; the last piece counts");
        }
        else
        {
            var resident = _numbers[(int)Metric.Rss];
            diagnostics.Add("PMAP012", Severity.Warning, line, $"{start:x} is no address but part of a name that is too long for pmap: the mapping{(resident > 0 ? $", with {resident} kB resident," : "")} is lost. smaps has it");
        }
    }
}
