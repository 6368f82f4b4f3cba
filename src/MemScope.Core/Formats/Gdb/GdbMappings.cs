using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Gdb;

/// <summary>
/// What <c>info proc mappings</c> prints, in the columns of every version:
/// <code>
/// process 10657
/// Mapped address spaces:
///
///           Start Addr           End Addr       Size     Offset  Perms  objfile                      gdb 12 to 15
///       0x555555555000     0x555555556000     0x1000     0x1000  r-xp   /tmp/program
///       0x7ffff7dd1000     0x7ffff7dd4000     0x3000        0x0  rw-p
///
/// Start Addr         End Addr           Size               Offset             Perms File           gdb 16
/// 0x0000555555555000 0x0000555555556000 0x1000             0x1000             r-xp  /tmp/program
///
///   Start Addr   End Addr       Size     Offset objfile                                              before gdb 12
///    0x8048000  0x8049000     0x1000        0x0 /tmp/program
/// </code>
/// </summary>
internal sealed class GdbMappings(ParseOptions options, DiagnosticBag diagnostics)
{
    private readonly List<Snapshot> _snapshots = [];
    private VmaTable.Builder? _vmas;
    private bool _isOpen, _hasPermissions;
    private long _offset;

    /// <summary>The process that the next mappings are of, as gdb named it last.</summary>
    public int? Pid { get; set; }

    /// <summary>The time that a script printed last, or null.</summary>
    public DateTimeOffset? TakenAt { get; set; }

    /// <summary>The address spaces that were printed.</summary>
    public IReadOnlyList<Snapshot> Snapshots => _snapshots;

    /// <summary>Files that were mapped, of the last address space, for the addresses of frames.</summary>
    public IReadOnlyList<MappedModule> Modules
    {
        get
        {
            if (_snapshots.Count == 0) return [];
            var vmas = _snapshots[^1].Vmas;
            return [.. Enumerable.Range(0, vmas.Count).Select(i => vmas[i]).Where(v => v.Name.StartsWith('/')).Select(v => new MappedModule(v.Range, v.Offset, v.Name))];
        }
    }

    /// <summary>Takes a line of mappings or the titles above them; false for any other, which ends them.</summary>
    public bool TryTake(ReadOnlySpan<byte> line, int number, long offset)
    {
        if (IsTitles(line))
        {
            End();
            (_isOpen, _offset, _hasPermissions) = (true, offset, line.IndexOf("Perms"u8) > 0);
            if (!_hasPermissions) diagnostics.Add("GDB007", Severity.Warning, number, "This gdb prints no permissions of mappings: every mapping counts as one without access, and kinds of memory cannot be told");
            return true;
        }
        if (!_isOpen) return false;
        if (TryRow(line, number)) return true;
        End();
        return false;
    }

    /// <summary>Whether a line holds the titles of the columns.</summary>
    public static bool IsTitles(ReadOnlySpan<byte> line) => line.TrimStart(" "u8).StartsWith("Start Addr "u8) && line.IndexOf("End Addr"u8) > 0;

    /// <summary>Ends the mappings that are being read.</summary>
    public void End()
    {
        _isOpen = false;
        if (_vmas is null) return;
        _snapshots.Add(new Snapshot(SnapshotSource.Maps, new ProcessHint(Pid), _vmas.Build()) { ByteOffset = _offset, TakenAt = TakenAt, TimeOrigin = TimeOrigin.InFile });
        _vmas = null;
        TakenAt = null;
    }

    private bool TryRow(ReadOnlySpan<byte> line, int number)
    {
        var cursor = new ByteCursor(line);
        if (!TryHex(ref cursor, out var start) || !TryHex(ref cursor, out var end) || !TryHex(ref cursor, out _) || !TryHex(ref cursor, out var offset)) return false;
        cursor.SkipBlanks();
        var permissions = VmaPermissions.None;
        if (_hasPermissions)
        {
            if (!MapsLine.TryPermissions(cursor.Word(), out permissions)) return false;
            cursor.SkipBlanks();
        }
        _vmas ??= new VmaTable.Builder();
        if (end <= start || start < _vmas.LastEnd)
        {
            diagnostics.Add("GDB008", Severity.Warning, number, "A mapping that ends before it begins, or overlaps the one before it, was skipped", line);
            return true;
        }
        var name = cursor.Rest;
        _vmas.Add(start, end, permissions, offset, 0, 0, 0, options.Names.Get(name[..Math.Min(name.Length, options.Limits.NameBytes)]));
        return true;
    }

    private static bool TryHex(ref ByteCursor cursor, out ulong value)
    {
        cursor.SkipBlanks();
        value = 0;
        return cursor.TrySkip("0x"u8) && cursor.TryHex(out value) && (cursor.IsAtEnd || ByteCursor.IsBlank(cursor.Next));
    }
}
