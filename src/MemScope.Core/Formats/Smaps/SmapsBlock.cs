using System.Runtime.CompilerServices;
using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Smaps;

/// <summary>
/// Reads one block of smaps or maps: a line of <see cref="MapsLine"/> for each mapping and, in smaps, its numbers below it:
/// <code>
/// 7fc51b200000-7fc51ba00000 rw-p 00000000 00:00 0
/// Size:               8192 kB
/// Rss:                8192 kB
/// THPeligible:           1
/// VmFlags: rd wr mr mw me ac
/// </code>
/// Keys are matched by name, for their order changed between kernels and some copies are shuffled. What <see cref="SmapsLayout"/> recognises is read whole mappings at a time, with the same
/// result.
/// </summary>
/// <param name="memory">What the blocks of the file before it taught.</param>
/// <param name="options">Caps and names.</param>
/// <param name="diagnostics">Told what was skipped or looks wrong.</param>
internal sealed class SmapsBlock(SmapsMemory memory, ParseOptions options, DiagnosticBag diagnostics) : Block
{
    /// <summary>More than the lines of any mapping that is read at once.</summary>
    private const int MappingBytes = 4096, MostName = 1024;

    private readonly VmaTable.Builder _vmas = new(memory.Rows + (memory.Rows / 8));
    private readonly SmapsKeys _keys = new();
    private readonly List<Other> _others = [];
    private readonly SmapsChecks _checks = new(diagnostics);
    private bool _hasKeys;

    /// <summary>The layout whose numbers the builder's row holds, or null.</summary>
    private SmapsLayout? _rowOwner;

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<byte> line, int number)
    {
        if (KeyLine.TryParseSmaps(line, out var key)) Take(key, line, number);
        else if (MapsLine.TryParse(line, out var mapping))
        {
            Begin(mapping, number);
            memory.Learning.Restart();
        }
    }

    /// <inheritdoc/>
    public override void TakeAhead(LineStream lines, Frame frame)
    {
        // Where lines end in CR LF, or may be shorter than is looked at here, each is read by itself.
        if (lines.IsCrLf || frame.HasCr || options.Limits.LineBytes < MappingBytes || lines.AheadAtLeast(1) is not [(>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f'), ..]) return;
        if (memory.Learning.IsUsable && MapsLine.TryParseColumns(lines.AheadAtLeast(MappingBytes), MostName, out _, out _)) memory.TakeOver();
        while (memory.Layout.IsUsable && TakeMappings(lines.AheadAtLeast(MappingBytes), lines.NextOffset, lines.Number, frame) is > 0 and var taken) lines.Pass(taken, frame.LastLine - lines.Number);
    }

    /// <summary>Reads mappings as long as they have the layout that is known: how many bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int TakeMappings(ReadOnlySpan<byte> text, long offset, int number, Frame frame)
    {
        var (layout, names) = (memory.Layout, memory.Names);
        var mostName = Math.Min(MostName, options.Limits.NameBytes);
        var lines = layout.Lines + 1;
        var mostBytes = Math.Min(text.Length, frame.Start + options.Limits.SnapshotBytes - offset);
        var lastLine = Math.Min(frame.FirstLine - 1L + options.Limits.SnapshotLines, int.MaxValue) - lines;
        var last = frame.Last;
        var (taken, rows) = (0, 0);
        while (number <= lastLine)
        {
            var rest = text[taken..];
            if (!MapsLine.TryParseColumns(rest, mostName, out var mapping, out var length) || mapping.IsRollup || (mapping.Start < last.Start && mapping.End <= last.End)) break;
            var keys = layout.Match(rest[length..], out var flags);
            if (keys == 0 || taken + length + keys > mostBytes) break;
            last = new AddressRange(mapping.Start, mapping.End);
            Begin(mapping, last, number + 1, names.Get(mapping.Name), keepsRow: _rowOwner == layout);
            if (_rowOwner == layout) layout.CopyChangesTo(_vmas);
            else layout.CopyTo(_vmas);
            _rowOwner = layout;
            _checks.CountKeys(lines - 1);
            if (layout.HasFlags) _vmas.SetFlags(names.Get(flags));
            taken += length + keys;
            number += lines;
            rows++;
        }
        if (rows == 0) return 0;
        _hasKeys = true;
        frame.Last = last;
        frame.Rows += rows;
        frame.Keys += rows * (lines - 1);
        (frame.LastLine, frame.IsTerminated) = (number, true);
        return taken;
    }

    /// <inheritdoc/>
    public override void End(Frame frame)
    {
        if (_vmas.Count > 0) _checks.EndMapping(_vmas);
        _checks.EndBlock(_hasKeys, frame.IsTerminated, frame.LastLine);
        memory.Rows = _vmas.Count;
        frame.Snapshot = new Snapshot(_hasKeys ? SnapshotSource.Smaps : SnapshotSource.Maps, new ProcessHint(frame.Pid), _vmas.Build()) { ByteOffset = frame.Start };
        frame.Figures = Others(frame);
    }

    private void Begin(MapsLine mapping, int line)
    {
        var name = mapping.Name;
        if (name.Length > options.Limits.NameBytes)
        {
            diagnostics.Add("SMAPS004", Severity.Warning, line, $"a name of {name.Length} bytes was cut to {options.Limits.NameBytes}");
            name = name[..options.Limits.NameBytes];
        }
        Begin(mapping, new AddressRange(mapping.Start, mapping.End), line, options.Names.Get(name), keepsRow: false);
        _rowOwner = null;
        _keys.Restart();
    }

    private void Begin(in MapsLine mapping, AddressRange range, int line, string name, bool keepsRow)
    {
        if (_vmas.Count > 0) _checks.EndMapping(_vmas);
        if (_vmas.RemoveCoveredBy(range) > 0) ReportAgain(range, line);
        while (_others.Count > 0 && _others[^1].Row >= _vmas.Count) _others.RemoveAt(_others.Count - 1);
        _checks.BeginMapping(range, _vmas.LastEnd, line);
        _vmas.AddKeepingRow(mapping.Start, mapping.End, mapping.Permissions, mapping.Offset, mapping.DeviceMajor, mapping.DeviceMinor, mapping.Inode, name);
        if (!keepsRow || _rowOwner is null) _vmas.ClearRow();
    }

    private void ReportAgain(AddressRange range, int line)
    {
        _rowOwner = null;
        diagnostics.Add("SMAPS008", Severity.Warning, line, $"the process changed while it was read and {range} was printed again; the later numbers count");
    }

    private void Take(KeyLine key, ReadOnlySpan<byte> text, int line)
    {
        if (_vmas.Count == 0) return;
        _hasKeys = true;
        _rowOwner = null;
        _checks.CountKeys(1);
        if (key.Key.SequenceEqual("VmFlags"u8))
        {
            _vmas.SetFlags(options.Names.Get(key.Text));
            memory.Learning.LearnFlags(text);
            return;
        }
        if (_keys.Find(key.Key) is { } metric && key.Number is { } number && _vmas.Get(metric) == VmaTable.Absent)
        {
            _vmas.Set(metric, number);
            memory.Learning.Learn(text, metric, number);
            return;
        }
        memory.Learning.Break();
        TakeOther(key, line);
    }

    private void TakeOther(KeyLine key, int line)
    {
        if (key.Key.SequenceEqual("Name"u8)) _vmas.SetNameIfNone(options.Names.Get(key.Text));
        else if (_keys.Find(key.Key) is not { } metric)
        {
            diagnostics.Add("SMAPS006", Severity.Info, line, key.Number is null ? "a key that is not known" : "a key that is not known; its sum over all mappings is kept", key.Key);
            if (key.Number is { } other) _others.Add(new Other(_vmas.Count - 1, options.Names.Get(key.Key), other, key.IsKiB));
        }
        else if (key.Number is null) diagnostics.Add("SMAPS002", Severity.Warning, line, $"{metric.SmapsName()} has no number that can be", key.Text);
        else diagnostics.Add("SMAPS007", Severity.Warning, line, $"{metric.SmapsName()} stands twice in one mapping; the first counts");
    }

    /// <summary>Sums of the keys that no column is for, or none.</summary>
    private SideFigures[] Others(Frame frame)
    {
        if (_others.Count == 0) return [];
        var (bytes, counts) = (new Dictionary<string, long>(StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal));
        foreach (var (_, key, number, isKiB) in _others)
        {
            var sums = isKiB ? bytes : counts;
            sums[key] = sums.GetValueOrDefault(key) + (isKiB ? number * 1024 : number);
        }
        return [new SideFigures("smaps-other", new ProcessHint(frame.Pid), bytes, counts)];
    }

    /// <summary>A number of a row that no column is for.</summary>
    private sealed record Other(int Row, string Key, long Number, bool IsKiB);
}
