using System.Globalization;
using MemScope.Core.Analysis;
using MemScope.Core.Analysis.Diff;
using MemScope.Core.Model;

namespace MemScope.Web.Answers;

/// <summary>The sentence on top of a diff.</summary>
internal static class DiffWords
{
    /// <summary>What changed most, what else, and what stayed.</summary>
    public static string Answer(SnapshotDiff diff)
    {
        if (diff.Base.Number == diff.Current.Number) return "Both ends are the same snapshot.";
        var time = diff.Current.TakenAt - diff.Base.TakenAt;
        var span = (time < TimeSpan.Zero ? "going back " : "in ") + SizeWords.Length(time.Duration());
        var same = diff.Rows.Count(r => r.State == DiffState.Unchanged);
        var changed = diff.Rows.Where(r => r.State != DiffState.Unchanged).ToList();
        if (changed.Count == 0) return $"Nothing changed {span}: all {SizeWords.Count(same, "region")} are the same.";
        // maps and plain pmap print no RSS: there it is not zero but unknown, and the addresses speak.
        var hasRss = diff.Base.Vmas.Has(Metric.Rss) && diff.Current.Vmas.Has(Metric.Rss);
        long Bytes(DiffRow row) => hasRss ? row.Delta.RssBytes : row.Delta.VirtualBytes;
        var top = changed.MaxBy(r => Math.Abs(Bytes(r)))!;
        var sentence = Bytes(top) == 0 ? $"{SizeWords.Count(changed.Count, "region")} changed {span} without a change of {(hasRss ? "RSS" : "virtual size")}" : $"{Subject(top, Bytes(top), hasRss ? "" : " of virtual size")} {span}{(top.Words.Length > 0 ? ", " + top.Words : "")}";
        return $"{sentence}. {(Bytes(top) == 0 ? "" : Others(changed, top))}{(same > 0 ? $"{SizeWords.Count(same, "region")} {(same == 1 ? "is" : "are")} the same." : "")}".TrimEnd();
    }

    private static string Subject(DiffRow row, long bytes, string metric)
    {
        var name = row.Category == Category.Anonymous && row.Region.Backing.Length == 0 ? "One unnamed region" : row.Region.Backing.Length == 0 ? "One region" : row.Region.Backing;
        var size = SizeWords.Size(bytes) + metric;
        return row.State switch
        {
            DiffState.Born => $"{name} came with {size}",
            DiffState.Gone => $"{name} went with {size}",
            _ => $"{name} {(bytes > 0 ? "grew" : "shrank")} by {size}",
        };
    }

    private static string Others(List<DiffRow> changed, DiffRow top)
    {
        var groups = changed.Where(r => r != top).GroupBy(r => r.State).OrderByDescending(g => g.Count()).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count():N0} {Word(g.Key)}")).ToList();
        if (groups.Count == 0) return "";
        return $"Besides, {string.Join(", ", groups)}; ";
    }

    private static string Word(DiffState state) => state switch { DiffState.Born => "came", DiffState.Gone => "went", DiffState.Split => "were cut off", DiffState.Reprotected => "have other permissions", _ => state.ToString().ToLowerInvariant() };
}
