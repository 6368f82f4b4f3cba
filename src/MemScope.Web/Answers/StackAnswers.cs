using System.Globalization;
using MemScope.Core;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;
using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about who mapped the memory.</summary>
public sealed class StackAnswers(ProcessTracks tracks, TrackCache trackCache, RegionQuery regions, TraceQuery traces, TraceCache traceCache, HeapProfileAnswers heapProfiles, FrameNaming naming, Limits limits)
{
    private const double LeastGrowthBytes = 64 << 10;

    /// <summary>
    /// Callchains by weight, symbolized, spelled out for scripts: the heaviest <see cref="Limits.CallchainsInAnswer"/> of them, the rest in sum; null as <see cref="AskAsync"/>.
    /// </summary>
    public async Task<CallchainsWire?> CallchainsAsync(StackQuestion question, CancellationToken cancel) => (await AskAsync(question, cancel))?.ToWire(limits.CallchainsInAnswer);

    /// <summary>
    /// Callchains by weight, symbolized; null when there is no such process, trace or region. A process without traces gives an empty answer with a note. All traces count, whatever the
    /// window: it chooses the track that tells what is resident. By <see cref="CallchainWeight.Live"/> the process' heap profiles are asked instead.
    /// </summary>
    public async Task<StackAnswer?> AskAsync(StackQuestion question, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (await tracks.FindAsync(question.Process, cancel) is not { } row) return null;
        if (question.Weight == CallchainWeight.Live) return await heapProfiles.AskAsync(question, cancel);
        var all = await traces.ListAsync(question.Process, cancel);
        var chosen = all.Where(t => question.Trace is null || t.Id == question.Trace).ToList();
        if (question.Trace is not null && chosen.Count == 0) return null;
        if (await SurroundingsAsync(row, question.Window, chosen, question.Region, cancel) is not { } around) return null;

        var merge = new StackMerge();
        var losses = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var notes = new List<string>();
        double grown = 0, seen = 0;
        for (var i = 0; i < chosen.Count; i++)
        {
            if (await traceCache.FindAsync(chosen[i], cancel) is not { } replayed) continue;
            var memory = Within(replayed.Outstanding, around[i].Region);
            var resident = around[i].HasRss ? ResidentBytes.PerCallchain(memory, around[i].Maps!) : null;
            var named = await naming.NameAsync(replayed.Trace.Tool, replayed.Trace.Callchains, around[i].Maps, cancel);
            var numbers = StackMerge.Begin(named);
            foreach (var total in Totals(memory, around[i].Region))
                merge.Add(named, numbers, total.Callchain, new ChainFigures(total.OutstandingBytes, total.MappedBytes, total.Calls, resident is null ? null : resident.GetValueOrDefault(total.Callchain)));
            if (around[i].RssGrowthBytes is { } growth && resident is not null) (grown, seen) = (grown + growth, seen + resident.Values.Sum());
            foreach (var loss in chosen[i].Losses) losses[loss.Kind] = losses.GetValueOrDefault(loss.Kind) + Math.Max(1, loss.Count);
            notes.AddRange(Notes(chosen[i], replayed));
        }
        if (chosen.Count > 1)
            notes.Insert(0, $"{chosen.Count} traces are added up as they are: a block that a later trace unmapped, or that two traces saw at once, is counted in each. Choose one trace to be exact.");
        if (all.Count == 0) notes.Add("No trace was uploaded for this process: nobody has been seen mapping its memory yet.");
        if (question.Region is not null) notes.Add("Only blocks inside the region are counted; calls and mapped bytes of other blocks are left out.");

        var answer = merge.Ranked(question.Weight, new CallchainsWire(question.Weight.Slug(), 0, question.Region is null && grown >= LeastGrowthBytes ? Math.Clamp(seen / grown, 0, 1) : null, losses, [])
        {
            Traces = [.. all.Select(TraceWires.ToWire)],
            HeapProfiles = await heapProfiles.ListAsync(question.Process, cancel),
            Notes = notes,
        });
        return answer with { Head = answer.Head with { Modules = await ModuleReport.OfAsync(answer.Frames, naming, cancel) } };
    }

    /// <summary>Per trace what the track says around it; null when the track or the region does not exist.</summary>
    private async Task<IReadOnlyList<TraceSurroundings>?> SurroundingsAsync(ProcessRow process, WindowState window, List<TraceRow> chosen, Guid? region, CancellationToken cancel)
    {
        if (await tracks.SourceAsync(process, window, cancel) is { } source)
        {
            var asked = region is { } id ? await regions.AskAsync(process.Id, id, cancel) : null;
            return await trackCache.UseAsync(process, source, track =>
            {
                var only = asked?.In(track);
                return asked is not null && only is null ? null : TraceSurroundings.Of(track, chosen, only);
            }, cancel);
        }
        return process.Tracks.Count == 0 && region is null ? chosen.ConvertAll(_ => TraceSurroundings.None) : null;
    }

    private static IEnumerable<string> Notes(TraceRow row, ReplayedTrace replayed)
    {
        var name = row.FileName.Length > 0 ? row.FileName : row.Tool;
        if (row.Events == 0) yield return $"{name}: the trace holds no event. Nothing was mapped while it ran, or the tracer was not attached.";
        foreach (var loss in row.Losses) yield return $"{name}: {loss.Text}";
        foreach (var note in replayed.Outstanding.Notes) yield return $"{name}: {note}";
        var raw = replayed.Trace.Callchains.Count(c => c.Frames is [{ Function: "syscall" }]);
        if (raw > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{name}: {raw:N0} callchains end at libc's syscall(): their caller goes past libc's mmap and was built without frame pointers. strace -k or gdb shows it.");
        if (replayed.Outstanding.FailedCalls > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{name}: {replayed.Outstanding.FailedCalls:N0} calls failed and changed nothing.");
        if (replayed.Outstanding.BeforeTraceUnmappedBytes > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{name}: {replayed.Outstanding.BeforeTraceUnmappedBytes / 1024:N0} KiB were unmapped that had been mapped before the trace.");
    }

    // A region is one of the traced process; a child's equal addresses are other memory.
    private static OutstandingMemory Within(OutstandingMemory memory, AddressRange? range) => range is not { } r ? memory : memory with
    {
        Blocks = [.. memory.Blocks.Where(b => b.Pid == memory.MainPid).Select(b => b with { Range = b.Range.Intersect(r) }).Where(b => !b.Range.IsEmpty)],
    };

    private static IEnumerable<CallchainTotals> Totals(OutstandingMemory memory, AddressRange? range) => range is null
        ? memory.Callchains
        : memory.Blocks.GroupBy(b => b.Callchain).Select(g =>
        {
            var bytes = g.Sum(b => (long)b.Range.Length);
            return new CallchainTotals(g.Key, g.Count(), bytes, bytes, g.Count());
        });
}
