using System.Text;
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
    private PmapLayout(SnapshotSource source, PmapColumn[] columns, int nameGap = 0) => (Source, Columns, NameGap) = (source, columns, nameGap);

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
        var words = Split(titles);
        var metrics = words.Count(w => Metrics.Parse(w.Text) is { } m && m != Metric.Dirty);
        // Only -X, -XX and -c show keys of smaps as they are.
        return metrics >= 2 || words.Exists(w => w.Text == "Perm") ? OfSmapsKeys(words, line, diagnostics) : OfExtended(words);
    }

    /// <summary>The layout of a first row without titles that could be read, or null.</summary>
    public static PmapLayout? FromRow(ReadOnlySpan<byte> row)
    {
        var cursor = new ByteCursor(row);
        cursor.SkipBlanks();
        if (!cursor.TryHex(out _)) return null;
        var numbers = 0;
        for (cursor.SkipBlanks(); cursor.TryDecimal(out _); cursor.SkipBlanks())
        {
            if (cursor.TrySkip((byte)'K')) return Plain;
            numbers++;
        }
        return numbers switch { 1 => Device, 3 => Extended, _ => null };
    }

    private static PmapLayout Plain { get; } = new(SnapshotSource.Pmap, [new(PmapField.Address), new(PmapField.SizeWithK, Metric.Size), new(PmapField.Mode), new(PmapField.Mapping)]);

    private static PmapLayout Device { get; } = new(SnapshotSource.Pmap,
        [new(PmapField.Address), Number(Metric.Size), new(PmapField.Mode), new(PmapField.Offset), new(PmapField.Device), new(PmapField.Mapping)]);

    private static PmapLayout Extended { get; } = new(SnapshotSource.PmapExtended,
        [new(PmapField.Address), Number(Metric.Size), Number(Metric.Rss), Number(Metric.Dirty), new(PmapField.Mode), new(PmapField.Mapping)]);

    private static PmapLayout? OfExtended(List<Title> words)
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

    private static PmapLayout OfSmapsKeys(List<Title> words, int line, DiagnosticBag diagnostics)
    {
        // By position too, for these five and the last may be translated.
        ReadOnlySpan<PmapField> first = [PmapField.Address, PmapField.Mode, PmapField.Offset, PmapField.Device, PmapField.Inode];
        var columns = new PmapColumn[words.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var word = words[i];
            PmapField? field = word.Text switch
            {
                "Address" => PmapField.Address,
                "Perm" => PmapField.Mode,
                "Offset" => PmapField.Offset,
                "Device" => PmapField.Device,
                "Inode" => PmapField.Inode,
                "VmFlags" => PmapField.Flags,
                "Mapping" => PmapField.Mapping,
                _ => null,
            };
            if (field is null && Metrics.Parse(word.Text) is { } metric)
            {
                columns[i] = new PmapColumn(PmapField.Number, metric);
                continue;
            }
            field ??= i < first.Length ? first[i] : i == columns.Length - 1 ? PmapField.Mapping : PmapField.Skipped;
            if (field is PmapField.Skipped) diagnostics.Add("PMAP003", Severity.Info, line, $"a column that is not known was skipped: {word.Text}");
            columns[i] = new PmapColumn(field.Value, TitleEnd: word.Start + word.Text.Length);
        }
        var isAll = columns.Any(c => c.Field is PmapField.Flags || c.Metric is Metric.KernelPageSize);
        return new PmapLayout(isAll ? SnapshotSource.PmapAllFields : SnapshotSource.PmapFields, columns);
    }

    private static PmapColumn Number(Metric metric) => new(PmapField.Number, metric);

    private static List<Title> Split(ReadOnlySpan<byte> titles)
    {
        // Kernels print less than thirty keys; a longer row of words is none of titles.
        const int max = 100;
        var words = new List<Title>();
        var cursor = new ByteCursor(titles);
        for (cursor.SkipBlanks(); !cursor.IsAtEnd && words.Count < max; cursor.SkipBlanks())
        {
            var start = titles.Length - cursor.Rest.Length;
            words.Add(new Title(Encoding.Latin1.GetString(cursor.Word()), start));
        }
        return words;
    }

    private readonly record struct Title(string Text, int Start);
}
