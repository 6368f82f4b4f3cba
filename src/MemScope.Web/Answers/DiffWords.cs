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
        if (diff.BaseNumber == diff.CurrentNumber) return "Both ends are the same snapshot.";
        var span = (diff.Time < TimeSpan.Zero ? "going back " : "in ") + SizeWords.Length(diff.Time.Duration());
        // maps and plain pmap print no RSS: there it is not zero but unknown, and the addresses speak.
        var metric = diff.MainMetric;
        var counts = new int[Enum.GetValues<DiffState>().Length];
        var top = -1;
        var most = 0m;
        for (var i = 0; i < diff.Rows.Count; i++)
        {
            var row = diff.Rows[i];
            counts[(int)row.State]++;
            if (row.State == DiffState.Unchanged) continue;
            var change = row.Current.Of(metric) - row.Base.Of(metric);
            if (top < 0 || Math.Abs((decimal)change) > most) (top, most) = (i, Math.Abs((decimal)change)); // the least long has no positive of its own
        }
        var same = counts[(int)DiffState.Unchanged];
        if (top < 0) return $"Nothing changed {span}: all {SizeWords.Count(same, "region")} are the same.";
        var bytes = diff.Rows[top].Delta.Of(metric);
        var words = diff.Words(top);
        var sentence = bytes == 0 ? $"{SizeWords.Count(diff.Rows.Count - same, "region")} changed {span} without a change of {(metric == DiffMetric.Rss ? "RSS" : "virtual size")}"
            : $"{Subject(diff, top, bytes, metric == DiffMetric.Rss ? "" : " of virtual size")} {span}{(words.Length > 0 ? ", " + words : "")}";
        counts[(int)diff.Rows[top].State]--;
        return $"{sentence}. {(bytes == 0 ? "" : Others(counts))}{(same > 0 ? $"{SizeWords.Count(same, "region")} {(same == 1 ? "is" : "are")} the same." : "")}".TrimEnd();
    }

    private static string Subject(SnapshotDiff diff, int top, long bytes, string metric)
    {
        var row = diff.Rows[top];
        var backing = diff.Backings[row.Backing];
        var name = row.Category == Category.Anonymous && backing.Length == 0 ? "One unnamed region" : backing.Length == 0 ? "One region" : backing;
        var size = SizeWords.Size(bytes) + metric;
        return row.State switch
        {
            DiffState.Born => $"{name} came with {size}",
            DiffState.Gone => $"{name} went with {size}",
            _ => $"{name} {(bytes > 0 ? "grew" : "shrank")} by {size}",
        };
    }

    private static string Others(int[] counts)
    {
        var groups = Enum.GetValues<DiffState>().Where(s => s != DiffState.Unchanged && counts[(int)s] > 0).OrderByDescending(s => counts[(int)s])
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{counts[(int)s]:N0} {Word(s)}")).ToList();
        return groups.Count == 0 ? "" : $"Besides, {string.Join(", ", groups)}; ";
    }

    private static string Word(DiffState state) => state switch { DiffState.Born => "came", DiffState.Gone => "went", DiffState.Split => "were cut off", DiffState.Reprotected => "have other permissions", _ => DiffRequest.Slug(state) };
}
