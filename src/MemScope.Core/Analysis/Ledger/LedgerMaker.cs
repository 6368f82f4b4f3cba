using MemScope.Core.Analysis.Findings;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>
/// Makes the ledger of a case. A byte is counted once, by the first of these that explains it: its kind, as the snapshot shows it; a block whose mapping a trace saw; a step like those that a trace saw;
/// what a heap profile or an allocator counts. That malloc holds its heap is an explanation, if not the last: such memory is a line of its own and not unexplained.
/// </summary>
public static class LedgerMaker
{
    /// <summary>Traced sites that get a line of their own; the lighter ones share one.</summary>
    private const int MostSites = 12;

    /// <summary>RSS of the window's last snapshot, with what the lines were at its first where the window has two; null when the source prints no RSS.</summary>
    public static MemoryLedger? Of(CaseFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if ((uint)file.To >= (uint)file.Track.Points.Count || !file.Track.Has(file.To, Metric.Rss)) return null;
        var sites = new SiteKeys(file.Sites);
        var steps = EqualSteps.Of(file, sites);
        var now = LedgerSide.At(file, file.To, file.Blocks, sites, steps);
        var before = file.From < file.To && file.From >= 0 && file.Track.Has(file.From, Metric.Rss) ? LedgerSide.At(file, file.From, file.BlocksBefore, sites, steps) : null;

        var blocks = BlocksOf(file, sites);
        var kept = now.Malloc.Lines.Keys.Union(before?.Malloc.Lines.Keys ?? []).Where(k => k.IsTraced).OrderByDescending(k => now.Bytes(k)).ThenByDescending(k => before?.Bytes(k) ?? 0)
            .ThenBy(k => k.Name, StringComparer.Ordinal).ThenBy(k => k.Module, StringComparer.Ordinal).ThenBy(k => k.Part).Take(MostSites).ToHashSet();
        var (lines, light, lightBefore) = (new List<LedgerLine>(), 0L, 0L);
        foreach (var key in now.Malloc.Lines.Keys.Union(before?.Malloc.Lines.Keys ?? []))
        {
            var (bytes, was) = (now.Bytes(key), before?.Bytes(key) ?? 0);
            if (bytes == 0 && was == 0) continue;
            if (key.IsTraced && (!kept.Contains(key) || key.Name == SiteKeys.OtherSites)) (light, lightBefore) = (light + bytes, lightBefore + was);
            else lines.Add(Line(file, key, bytes, before is null ? null : was, now, before, LedgerWords.Label(key, bytes, steps, blocks)));
        }
        if (light > 0 || lightBefore > 0) lines.Add(Line(file, SiteKeys.Others, light, before is null ? null : lightBefore, now, before, "Mapped at other traced sites"));
        return new MemoryLedger(now.Address.RssBytes, now.Malloc.UnexplainedBytes, [.. lines.OrderByDescending(l => l.Bytes).ThenByDescending(l => l.BytesBefore).ThenBy(l => l.Label, StringComparer.Ordinal)])
        {
            Before = before is null ? null : (before.Address.RssBytes, before.Malloc.UnexplainedBytes),
            Notes = LedgerNotes.Of(file, now, before, steps),
        };
    }

    private static LedgerLine Line(CaseFile file, LedgerKey key, long bytes, long? was, LedgerSide now, LedgerSide? before, string label)
    {
        var source = LedgerWords.Source(key.Part);
        var (words, evidence) = source switch
        {
            LedgerSource.Trace => Traces(file, key),
            LedgerSource.HeapProfile => (key.Name, (now.Evidence.Course ?? before?.Evidence.Course)?.Profile),
            LedgerSource.Allocator => (now.Evidence.States.Concat(before?.Evidence.States ?? []).FirstOrDefault(s => s.Name == key.Name)?.Kind ?? key.Name, null),
            LedgerSource.Inferred => ($"{file.Track.Source.Text()}, {string.Join(", ", file.Traces.Select(t => t.Format).Distinct(StringComparer.Ordinal))}", null),
            _ => (LedgerWords.Snapshot(file, file.To), default(Guid?)),
        };
        return new LedgerLine(label, bytes, source, words)
        {
            Category = key.Category, BytesBefore = was, Evidence = evidence, Module = key.Module.Length == 0 ? null : key.Module, Region = key.Region,
        };
    }

    private static (string Words, Guid? Evidence) Traces(CaseFile file, LedgerKey key) =>
        (string.Join(", ", file.Traces.Select(t => t.Format).Distinct(StringComparer.Ordinal)), file.Traces.Count == 1 && key.IsTraced ? file.Traces[0].Id : null);

    /// <summary>How many blocks a line has at the window's end, and how long they are where all are alike.</summary>
    private static Dictionary<LedgerKey, (int Blocks, long? Bytes)> BlocksOf(CaseFile file, SiteKeys sites)
    {
        var counted = new Dictionary<LedgerKey, (int Blocks, long? Bytes)>();
        foreach (var block in file.Blocks)
        {
            var (key, length) = (sites.Of(block.Site) with { Category = Category.Anonymous }, (long)Math.Min(block.Range.Length, long.MaxValue));
            counted[key] = counted.TryGetValue(key, out var known) ? (known.Blocks + 1, known.Bytes == length ? length : null) : (1, length);
        }
        return counted;
    }
}
