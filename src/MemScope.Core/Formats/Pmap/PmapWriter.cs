using System.Buffers;
using MemScope.Core.Formats.Smaps;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pmap;

/// <summary>
/// Prints mappings as procps' pmap does, with the columns that the source had: -X and -XX with theirs sized to their content, -x and the columns of its relatives, and -d for a pmap without
/// resident sizes. The layout is one that is read back number for number; it need not be byte for byte that of the version that printed the original.
/// <code>
/// Address           Kbytes     RSS   Dirty Mode  Mapping
/// 000055c8f98cb000       4       4       4 r---- odd_maps
/// 000055c9368f0000     132       8       8 rw---   [ anon ]
/// </code>
/// </summary>
public static class PmapWriter
{
    private const int AddressDigits = 16, NumberColumns = 7, OffsetDigits = 16;

    /// <summary>Columns of the layouts with "Kbytes", as far as a source has them.</summary>
    private static readonly Metric[] Extended = [Metric.Rss, Metric.Pss, Metric.Anonymous, Metric.Locked, Metric.Dirty, Metric.PrivateDirty, Metric.Swap];

    /// <summary>Writes all mappings.</summary>
    /// <param name="source">Which pmap: one of those.</param>
    /// <param name="vmas">The mappings.</param>
    /// <param name="output">Gets the text.</param>
    /// <exception cref="ArgumentException">The source is no pmap.</exception>
    public static void Write(SnapshotSource source, VmaTable vmas, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(vmas);
        var text = new TextOut(output);
        switch (source)
        {
            case SnapshotSource.PmapAllFields or SnapshotSource.PmapFields: WriteFields(text, vmas, source is SnapshotSource.PmapAllFields && !vmas.FlagsColumn.IsEmpty); break;
            case SnapshotSource.PmapExtended: WriteExtended(text, vmas); break;
            case SnapshotSource.Pmap: WriteDevice(text, vmas); break;
            default: throw new ArgumentException("not a pmap", nameof(source));
        }
    }

    private static void WriteFields(TextOut text, VmaTable vmas, bool hasFlags)
    {
        var metrics = Enumerable.Range(0, Metrics.Count).Select(m => (Metric)m).Where(vmas.Has).ToArray();
        var columns = new List<(string Title, int Width, Func<Vma, string> Cell)> { Column("Address", v => $"{v.Start:x}"), Column("Perm", v => v.Permissions.Text()), Column("Offset", v => $"{v.Offset:x8}"), Column("Device", v => $"{v.DeviceMajor:x2}:{v.DeviceMinor:x2}"), Column("Inode", v => Digits((long)v.Inode)) };
        columns.AddRange(metrics.Select(m => Column(m.SmapsName(), v => Number(v[m]))));
        if (hasFlags) columns.Add(Column("VmFlags", v => v.Flags ?? ""));
        foreach (var (title, width, _) in columns) Cell(title, width);
        text.Put("Mapping"u8);
        text.EndLine();
        for (var row = 0; row < vmas.Count; row++)
        {
            foreach (var (_, width, cell) in columns) Cell(cell(vmas[row]), width);
            text.Put(vmas[row].Name);
            text.EndLine();
        }
        foreach (var (title, width, _) in columns) Cell(Metrics.Parse(title) is null ? "" : new string('=', width), width);
        text.EndLine();
        foreach (var (title, width, _) in columns) Cell(Metrics.Parse(title) is { } metric ? Digits(SumOf(vmas, metric)) : "", width);
        text.Put("KB "u8);
        text.EndLine();

        (string, int, Func<Vma, string>) Column(string title, Func<Vma, string> cell)
        {
            var width = Metrics.Parse(title) is { } metric ? Math.Max(title.Length, Digits(SumOf(vmas, metric)).Length) : title.Length;
            for (var row = 0; row < vmas.Count; row++) width = Math.Max(width, cell(vmas[row]).Length);
            return (title, width, cell);
        }

        void Cell(string word, int width)
        {
            text.Right(word, width);
            text.Put(" "u8);
        }
    }

    private static void WriteExtended(TextOut text, VmaTable vmas)
    {
        var metrics = Extended.Where(vmas.Has).ToList();
        // Without one of these two, the titles would be those of a pmap that prints no resident sizes.
        if (!metrics.Contains(Metric.Rss) && !metrics.Contains(Metric.Pss)) metrics.Insert(0, Metric.Rss);
        text.Put("Address           Kbytes"u8);
        foreach (var metric in metrics) NumberCell(text, TitleOf(metric));
        text.Put(" Mode  Mapping"u8);
        text.EndLine();
        for (var row = 0; row < vmas.Count; row++)
        {
            var vma = vmas[row];
            BeginRow(text, vma);
            foreach (var metric in metrics) NumberCell(text, Number(vma[metric]));
            EndRow(text, vma, withDevice: false);
        }
        text.Put("---------------- ------- ------- ------- "u8);
        text.EndLine();
        text.Put("total kB         "u8);
        text.Right(Digits(SumOf(vmas, Metric.Size)), NumberColumns);
        foreach (var metric in metrics) NumberCell(text, Digits(SumOf(vmas, metric)));
        text.EndLine();
    }

    private static void WriteDevice(TextOut text, VmaTable vmas)
    {
        text.Put("Address           Kbytes Mode  Offset           Device    Mapping"u8);
        text.EndLine();
        for (var row = 0; row < vmas.Count; row++)
        {
            BeginRow(text, vmas[row]);
            EndRow(text, vmas[row], withDevice: true);
        }
        text.Put(FormattableString.Invariant($"mapped: {SumOf(vmas, Metric.Size)}K    writeable/private: 0K    shared: 0K"));
        text.EndLine();
    }

    private static void BeginRow(TextOut text, Vma vma)
    {
        text.Hex(vma.Start, AddressDigits);
        NumberCell(text, Number(vma[Metric.Size]));
    }

    private static void EndRow(TextOut text, Vma vma, bool withDevice)
    {
        text.Put(" "u8);
        text.Put(vma.Permissions.Text().Replace('p', '-'));
        text.Put("- "u8);
        if (withDevice)
        {
            text.Hex(vma.Offset, OffsetDigits);
            text.Put(" "u8);
            text.Hex(vma.DeviceMajor, 3);
            text.Put(":"u8);
            text.Hex(vma.DeviceMinor, 5);
            text.Put(" "u8);
        }
        text.Put(MappingOf(vma.Name));
        text.EndLine();
    }

    /// <summary>pmap's own words, which <see cref="PmapName"/> reads: two blanks more than a file's name.</summary>
    private static string MappingOf(string name) => name switch
    {
        "" => "  [ anon ]",
        "[stack]" => "  [ stack ]",
        _ when name.StartsWith("[ shmid=0x", StringComparison.Ordinal) => "  " + name,
        _ => name,
    };

    private static string TitleOf(Metric metric) => metric switch
    {
        Metric.Rss => "RSS",
        Metric.Pss => "PSS",
        Metric.Anonymous => "Anon",
        Metric.PrivateDirty => "Dirty",
        _ => metric.SmapsName(),
    };

    private static void NumberCell(TextOut text, string word)
    {
        text.Put(" "u8);
        text.Right(word, NumberColumns);
    }

    private static string Number(long? number) => number is { } known ? Digits(known) : "-";

    private static string Digits(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static long SumOf(VmaTable vmas, Metric metric) => vmas.Column(metric).Sum();
}
