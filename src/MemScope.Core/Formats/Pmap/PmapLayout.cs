using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pmap;

/// <summary>
/// The columns of one pmap output. The titles say which they are, for -X, -XX and -c print what the kernel has and size each column to its content;
/// titles may be translated, and plain pmap has none: then the first row's shape decides.
/// <code>
/// Address           Kbytes     RSS   Dirty Mode  Mapping                                  -x
/// Address           Kbytes Mode  Offset           Device    Mapping                       -d
///          Address Perm   Offset Device   Inode  Size   Rss  Pss … THPeligible Mapping    -X
///          Address Perm   Offset Device   Inode  Size … THPeligible       VmFlags Mapping -XX
/// Address                  Kbytes     PSS   Dirty    Swap  Mode  Mapping                    busybox -x
/// </code>
/// </summary>
internal sealed class PmapLayout
{
    private PmapLayout(SnapshotSource source, IReadOnlyList<PmapColumn> columns, int nameGap = 0) => (Source, Columns, NameGap) = (source, columns, nameGap);

    /// <summary>Which pmap it is.</summary>
    public SnapshotSource Source { get; }

    /// <summary>The columns from the left.</summary>
    public IReadOnlyList<PmapColumn> Columns { get; }

    /// <summary>Bytes from the beginning of the mode to that of the name, or 0 when the titles do not tell.</summary>
    public int NameGap { get; }

    /// <summary>Whether sizes are there: without them a row is an address and no range.</summary>
    public bool HasSize => Columns.Any(c => c.Field is PmapField.SizeWithK || (c.Field is PmapField.Number && c.Metric == Metric.Size));

    /// <summary>Whether permissions are there; with -c the user may leave them out.</summary>
    public bool HasPermissions => Columns.Any(c => c.Field is PmapField.Mode);

    /// <summary>The layout that the titles tell, or null when they are in another language or none.</summary>
    public static PmapLayout? FromTitles(ReadOnlySpan<byte> titles, int line, DiagnosticBag diagnostics)
    {
        var words = PmapTitle.Split(titles);
        if (!PmapKeyTitles.Recognises(words)) return OfExtended(words);
        var columns = PmapKeyTitles.Columns(words, titles.EndsWith(" "u8), line, diagnostics);
        var isAll = columns.Exists(c => c.Field is PmapField.Flags || c.Metric is Metric.KernelPageSize);
        return new PmapLayout(isAll ? SnapshotSource.PmapAllFields : SnapshotSource.PmapFields, columns);
    }

    /// <summary>The layout of a first row without titles that could be read, or null.</summary>
    public static PmapLayout? FromRow(ReadOnlySpan<byte> row)
    {
        var cursor = new ByteCursor(row);
        cursor.SkipBlanks();
        if (!cursor.TryHex(out _)) return null;
        var (numbers, dashes) = (0, 0);
        for (cursor.SkipBlanks(); cursor.TryDecimal(out _) || cursor.TrySkip("- "u8); cursor.SkipBlanks())
        {
            if (cursor.TrySkip((byte)'K')) return Plain.WithGap(GapBehindMode(cursor));
            numbers++;
            if (cursor.Rest.StartsWith("- "u8)) dashes++;
        }
        var layout = numbers switch { 1 => Device, 3 => Extended, 4 => dashes > 0 ? Old : Small, _ => null };
        return numbers == 1 ? layout : layout?.WithGap(GapBehindMode(cursor));
    }

    /// <summary>
    /// Bytes from the beginning of the mode to that of the name, by the first row, which is a file's in nearly every process; 0 where one blank is between. Some versions print two, which
    /// shows in front of a whole path only: a name may begin with a blank itself.
    /// </summary>
    private static int GapBehindMode(ByteCursor cursor)
    {
        cursor.SkipBlanks();
        var mode = cursor.Word().Length;
        return cursor.Rest.StartsWith("  /"u8) ? mode + 2 : 0;
    }

    private PmapLayout WithGap(int gap) => new(Source, Columns, gap);

    private static PmapLayout Plain { get; } = new(SnapshotSource.Pmap, [new(PmapField.Address), new(PmapField.SizeWithK, Metric.Size), new(PmapField.Mode), new(PmapField.Mapping)]);

    private static PmapLayout Device { get; } = new(SnapshotSource.Pmap,
        [new(PmapField.Address), Number(Metric.Size), new(PmapField.Mode), new(PmapField.Offset), new(PmapField.Device), new(PmapField.Mapping)]);

    private static PmapLayout Extended { get; } = new(SnapshotSource.PmapExtended,
        [new(PmapField.Address), Number(Metric.Size), Number(Metric.Rss), Number(Metric.Dirty), new(PmapField.Mode), new(PmapField.Mapping)]);

    /// <summary>busybox and toybox with -x: proportional, private dirty, swap.</summary>
    private static PmapLayout Small { get; } = new(SnapshotSource.PmapExtended,
        [new(PmapField.Address), Number(Metric.Size), Number(Metric.Pss), Number(Metric.PrivateDirty), Number(Metric.Swap), new(PmapField.Mode), new(PmapField.Mapping)]);

    /// <summary>procps 3.2 with -x: dashes in three columns that it could not fill.</summary>
    private static PmapLayout Old { get; } = new(SnapshotSource.PmapExtended,
        [new(PmapField.Address), Number(Metric.Size), Number(Metric.Rss), Number(Metric.Anonymous), Number(Metric.Locked), new(PmapField.Mode), new(PmapField.Mapping)]);

    private static PmapLayout? OfExtended(List<PmapTitle> words)
    {
        // busybox and toybox count private dirty pages only and print swap.
        var isBusybox = words.Exists(w => w.Text == "PSS");
        var columns = new PmapColumn[words.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var column = words[i].Text switch
            {
                "Address" => new(PmapField.Address),
                "Kbytes" => Number(Metric.Size),
                "RSS" => Number(Metric.Rss),
                "PSS" => Number(Metric.Pss),
                "Dirty" => Number(isBusybox ? Metric.PrivateDirty : Metric.Dirty),
                "Swap" => Number(Metric.Swap),
                "Anon" => Number(Metric.Anonymous),
                "Locked" => Number(Metric.Locked),
                "Mode" => new(PmapField.Mode),
                "Offset" => new(PmapField.Offset),
                "Device" => new(PmapField.Device),
                "Mapping" => new PmapColumn(PmapField.Mapping),
                _ => (PmapColumn?)null,
            };
            if (column is null) return null;
            columns[i] = column.Value;
        }
        var mode = words.FindIndex(w => w.Text == "Mode");
        var gap = mode >= 0 && mode + 1 < words.Count && words[mode + 1].Text == "Mapping" ? words[mode + 1].Start - words[mode].Start : 0;
        return new PmapLayout(columns.Any(c => c.Metric is Metric.Rss or Metric.Pss) ? SnapshotSource.PmapExtended : SnapshotSource.Pmap, columns, gap);
    }

    private static PmapColumn Number(Metric metric) => new(PmapField.Number, metric);
}
