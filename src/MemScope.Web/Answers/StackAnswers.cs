using System.Globalization;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about who mapped the memory.</summary>
public sealed class StackAnswers(ProcessQuery processes, TraceQuery traces, TraceCache cache, SnapshotQuery snapshots, TrackQuery tracks, RegionAnswers regions, FrameNaming naming)
{
    /// <summary>Callchains by weight, symbolized; null when there is no such process. A process without traces gives an empty answer with a note.</summary>
    public async Task<CallchainsWire?> CallchainsAsync(Guid process, WindowState window, string weight, Guid? trace, Guid? region, CancellationToken cancel)
    {
        if (await processes.FindAsync(Projects.Default, process, cancel) is not { } row) return null;
        var by = CallchainWeights.Parse(weight) ?? CallchainWeight.Outstanding;
        var all = await traces.ListAsync(process, cancel);
        var chosen = all.Where(t => trace is null || t.Id == trace).ToList();
        var range = await RangeOfAsync(process, region, window, cancel);

        var merge = new CallchainMerge();
        var modules = new ModuleReport();
        var losses = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var notes = new List<string>();
        long outstanding = 0;
        foreach (var one in chosen)
        {
            if (await cache.FindAsync(one, cancel) is not { } replayed) continue;
            var memory = await SnapshotAfterAsync(row, one, cancel);
            var resident = memory is null ? null : ResidentBytes.PerCallchain(Within(replayed.Outstanding, range), memory);
            var frames = await naming.NameAsync(replayed.Trace, memory, cancel);
            foreach (var total in Totals(replayed.Outstanding, range))
            {
                var named = total.Callchain < 0 ? [] : frames[total.Callchain];
                merge.Add(named, total.OutstandingBytes, total.MappedBytes, total.Calls, resident is null ? null : resident.GetValueOrDefault(total.Callchain));
                modules.Add(named);
            }
            outstanding += replayed.Outstanding.OutstandingBytes;
            foreach (var loss in one.Losses) losses[loss.Kind] = losses.GetValueOrDefault(loss.Kind) + Math.Max(1, loss.Count);
            notes.AddRange(Notes(one, replayed));
        }
        if (all.Count == 0) notes.Add("No trace was uploaded for this process: nobody has been seen mapping its memory yet.");
        if (range is { } only) notes.Add($"Only blocks inside {only} are counted; calls and mapped bytes of other blocks are left out.");

        var items = merge.Ranked(by);
        return new CallchainsWire(by.Slug(), items.Sum(i => i.Bytes), await CoverageAsync(row, chosen, outstanding, cancel), losses, items)
        {
            Traces = [.. all.Select(TraceWires.ToWire)],
            Modules = await modules.ToWireAsync(naming, cancel),
            Notes = notes,
        };
    }

    private static IEnumerable<string> Notes(TraceRow row, ReplayedTrace replayed)
    {
        var name = row.FileName.Length > 0 ? row.FileName : row.Tool;
        if (row.Events == 0) yield return $"{name}: the trace holds no event. Nothing was mapped while it ran, or the tracer was not attached.";
        foreach (var loss in row.Losses) yield return $"{name}: {loss.Text}";
        foreach (var note in replayed.Outstanding.Notes) yield return $"{name}: {note}";
        if (replayed.Outstanding.FailedCalls > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{name}: {replayed.Outstanding.FailedCalls:N0} calls failed and changed nothing.");
        if (replayed.Outstanding.BeforeTraceUnmappedBytes > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{name}: {replayed.Outstanding.BeforeTraceUnmappedBytes / 1024:N0} KiB were unmapped that had been mapped before the trace.");
    }

    private async Task<AddressRange?> RangeOfAsync(Guid process, Guid? region, WindowState window, CancellationToken cancel)
    {
        if (region is not { } id || await regions.RegionAsync(process, id, window, cancel) is not { } found) return null;
        return new AddressRange(Hex(found.Start), Hex(found.End));
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static OutstandingMemory Within(OutstandingMemory memory, AddressRange? range) =>
        range is not { } r ? memory : memory with { Blocks = [.. memory.Blocks.Select(b => b with { Range = b.Range.Intersect(r) }).Where(b => !b.Range.IsEmpty)] };

    private static IEnumerable<CallchainTotals> Totals(OutstandingMemory memory, AddressRange? range)
    {
        if (range is null) return memory.Callchains;
        return Within(memory, range).Blocks.GroupBy(b => b.Callchain).Select(g =>
        {
            var bytes = g.Sum(b => (long)b.Range.Length);
            return new CallchainTotals(g.Key, g.Count(), bytes, bytes, g.Count());
        });
    }

    /// <summary>The first snapshot of the richest track at or after the trace's end, or the last one: what the trace left in RAM is read from it.</summary>
    private async Task<VmaTable?> SnapshotAfterAsync(ProcessRow process, TraceRow trace, CancellationToken cancel)
    {
        if (process.Tracks.FirstOrDefault(t => t.LastRssBytes is not null) is not { } track) return null;
        var rows = await snapshots.ListAsync(process.Id, track.Source, cancel);
        if (rows.Count == 0) return null;
        var after = trace.To is { } end ? rows.FirstOrDefault(r => r.TakenAt >= end) : null;
        return (await tracks.FindAsync(process.Id, (after ?? rows[^1]).Number, cancel))?.Vmas;
    }

    /// <summary>Outstanding bytes over the growth of RSS while the traces ran; null unless every trace is lined up with snapshots and RSS grew.</summary>
    private async Task<double?> CoverageAsync(ProcessRow process, List<TraceRow> chosen, long outstanding, CancellationToken cancel)
    {
        if (chosen.Count == 0 || process.Tracks.FirstOrDefault(t => t.LastRssBytes is not null) is not { } track) return null;
        var rows = await snapshots.ListAsync(process.Id, track.Source, cancel);
        long growth = 0;
        foreach (var trace in chosen)
        {
            if (trace.From is not { } from || trace.To is not { } to) return null;
            if (rows.LastOrDefault(r => r.TakenAt <= from) is not { } before || rows.FirstOrDefault(r => r.TakenAt >= to) is not { } after) return null;
            growth += (after.RssBytes - before.RssBytes) ?? 0;
        }
        return growth > 0 ? Math.Min(1, (double)outstanding / growth) : null;
    }
}
