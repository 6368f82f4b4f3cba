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
/// Keys are matched by name, for their order changed between kernels and some copies are shuffled.
/// </summary>
internal sealed class SmapsBlock(ParseOptions options, DiagnosticBag diagnostics) : Block
{
    private readonly VmaTable.Builder _vmas = new();
    private readonly SmapsKeys _keys = new();
    private readonly SmapsChecks _checks = new(diagnostics);
    private bool _hasKeys;

    /// <inheritdoc/>
    public override void Take(ReadOnlySpan<byte> line, int number)
    {
        if (KeyLine.TryParseSmaps(line, out var key)) Take(key, number);
        else if (MapsLine.TryParse(line, out var mapping)) Begin(mapping, number);
    }

    /// <inheritdoc/>
    public override void End(Frame frame)
    {
        if (_vmas.Count > 0) _checks.EndMapping(_vmas);
        _checks.EndBlock(_hasKeys, frame.IsTerminated, frame.LastLine);
        frame.Snapshot = new Snapshot(_hasKeys ? SnapshotSource.Smaps : SnapshotSource.Maps, new ProcessHint(frame.Pid), _vmas.Build()) { ByteOffset = frame.Start };
    }

    private void Begin(MapsLine mapping, int line)
    {
        if (_vmas.Count > 0) _checks.EndMapping(_vmas);
        var range = new AddressRange(mapping.Start, mapping.End);
        if (_vmas.RemoveCoveredBy(range) > 0) diagnostics.Add("SMAPS008", Severity.Warning, line, $"the process changed while it was read and {range} was printed again; the later numbers count");
        _checks.BeginMapping(range, _vmas.LastEnd, line);
        _keys.Restart();
        var name = mapping.Name;
        if (name.Length > options.Limits.NameBytes)
        {
            diagnostics.Add("SMAPS004", Severity.Warning, line, $"a name of {name.Length} bytes was cut to {options.Limits.NameBytes}");
            name = name[..options.Limits.NameBytes];
        }
        _vmas.Add(mapping.Start, mapping.End, mapping.Permissions, mapping.Offset, mapping.DeviceMajor, mapping.DeviceMinor, mapping.Inode, options.Names.Get(name));
    }

    private void Take(KeyLine key, int line)
    {
        if (_vmas.Count == 0) return;
        _hasKeys = true;
        _checks.CountKey();
        if (key.Key.SequenceEqual("VmFlags"u8)) _vmas.SetFlags(options.Names.Get(key.Text));
        else if (key.Key.SequenceEqual("Name"u8)) _vmas.SetNameIfNone(options.Names.Get(key.Text));
        else if (_keys.Find(key.Key) is not { } metric) diagnostics.Add("SMAPS006", Severity.Info, line, "a key that is not known", key.Key);
        else if (key.Number is not { } number) diagnostics.Add("SMAPS002", Severity.Warning, line, $"{metric.SmapsName()} has no number that can be", key.Text);
        else if (_vmas.Get(metric) != VmaTable.Absent) diagnostics.Add("SMAPS007", Severity.Warning, line, $"{metric.SmapsName()} stands twice in one mapping; the first counts");
        else _vmas.Set(metric, number);
    }
}
