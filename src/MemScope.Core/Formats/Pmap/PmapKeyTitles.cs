using MemScope.Core.Model;

namespace MemScope.Core.Formats.Pmap;

/// <summary>
/// The columns of -X, -XX and -c, whose titles are keys of smaps between up to five of pmap's own and "Mapping". Only pmap's own are translated, some into several words:
/// <code>
///          Address Perm   Offset Device    Inode Size  Rss  Pss … THPeligible       VmFlags Mapping
///         주  소 권  한 오프셋 장  치   I-노드 Size  Rss  Pss … THPeligible       VmFlags 매  핑
/// </code>
/// </summary>
internal static class PmapKeyTitles
{
    private static readonly PmapField[] Own = [PmapField.Address, PmapField.Mode, PmapField.Offset, PmapField.Device, PmapField.Inode];

    /// <summary>Whether the words are such titles. "Dirty", "Swap" and "Locked" are titles of other layouts too; the one title that those have and smaps has not is "Kbytes".</summary>
    public static bool Recognises(List<PmapTitle> words) =>
        words.Exists(w => w.Text is "Perm" or "VmFlags" || (Metrics.Parse(w.Text) is { } m && m is not (Metric.Dirty or Metric.Swap or Metric.Locked)) || (w.Text is "Swap" or "Locked" && words[0].Start > 0))
        && !words.Exists(w => w.Text == "Kbytes");

    /// <summary>The columns from the left. Keys that are not known are reported.</summary>
    /// <param name="words">The titles.</param>
    /// <param name="endsInBlank">Whether a blank stands behind the last: then it is no mapping column, which alone is not padded.</param>
    /// <param name="line">Number of their line.</param>
    /// <param name="diagnostics">Told of keys that are not known.</param>
    public static List<PmapColumn> Columns(List<PmapTitle> words, bool endsInBlank, int line, DiagnosticBag diagnostics)
    {
        var from = words.FindIndex(IsKey);
        if (from < 0) from = words.FindIndex(w => w.Text == "Mapping") is >= 0 and var mapping ? mapping : words.Count;
        var hasMapping = from < words.Count && (words[^1].Text == "Mapping" || (!endsInBlank && !IsKey(words[^1])));
        var end = hasMapping ? words.Count - 1 : words.Count;
        var columns = new List<PmapColumn>();
        // More words than columns: then all five are there.
        for (var i = 0; i < Math.Min(from, Own.Length); i++) columns.Add(new PmapColumn((from <= Own.Length ? Known(words[i].Text) : null) ?? Own[i]));
        for (var i = from; i < end; i++)
        {
            if (IsKey(words[i])) columns.Add(Metrics.Parse(words[i].Text) is { } metric ? new PmapColumn(PmapField.Number, metric) : new PmapColumn(PmapField.Flags, TitleEnd: words[i].End));
            else if (System.Text.Ascii.IsValid(words[i].Text))
            {
                columns.Add(new PmapColumn(PmapField.Skipped));
                diagnostics.Add("PMAP003", Severity.Info, line, $"a column that is not known was skipped: {words[i].Text}");
            }
        }
        if (hasMapping) columns.Add(new PmapColumn(PmapField.Mapping));
        return columns;
    }

    /// <summary>A title that no language changes.</summary>
    private static bool IsKey(PmapTitle title) => title.Text is "VmFlags" || Metrics.Parse(title.Text) is not null;

    private static PmapField? Known(string title) => title switch
    {
        "Address" => PmapField.Address,
        "Perm" => PmapField.Mode,
        "Offset" => PmapField.Offset,
        "Device" => PmapField.Device,
        "Inode" => PmapField.Inode,
        _ => null,
    };
}
