using System.Globalization;
using MemScope.Core.Analysis.Outstanding;
using MemScope.Core.Model;
using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>What a reader of callchains must know, in sentences.</summary>
internal static class StackNotes
{
    /// <summary>What the question leaves out.</summary>
    public static IEnumerable<string> OfQuestion(StackQuestion question, StackSurroundings around)
    {
        var isGrowth = question.Weight == CallchainWeight.Growth;
        var (from, to) = (around.Part.From, around.Part.To);
        if (!isGrowth && from is not null && to is not null) yield return $"Only calls from {Time(from)} to {Time(to)} are counted; outstanding is what they mapped and nobody had unmapped at the end of that time.";
        else if (!isGrowth && from is not null) yield return $"Only calls from {Time(from)} on are counted.";
        else if (!isGrowth && to is not null) yield return $"Only calls up to {Time(to)} are counted; outstanding is what nobody had unmapped by then.";
        if (question.Thread is { } tid) yield return $"Only calls of thread {tid.ToString(CultureInfo.InvariantCulture)} are counted.";
        if (question.Module is { } module) yield return $"Only callchains with a frame in {module} are counted.";
        if (isGrowth && (question.Thread ?? (object?)question.Module) is not null) yield return "The parts of the growth count all threads and modules; the callchains only those that were asked for.";
        if (question.Region is null && question.Category is null) yield break;
        var place = question.Region is null ? $"regions of category {question.Category!.Value.Slug()}" : question.Category is { } category ? $"the region, while it is {category.Slug()}," : "the region";
        if (around.At is not { } at) yield return $"Only blocks inside {place} are counted, and no snapshot tells where that is.";
        else if (isGrowth) yield return $"Only memory of {place} is counted.";
        else yield return string.Create(CultureInfo.InvariantCulture, $"Only blocks inside {place} at #{at.Number} are counted; calls and mapped bytes of other blocks are left out.");
    }

    /// <summary>What cannot be said of the memory of several traces.</summary>
    public static IEnumerable<string> OfMemory(IReadOnlyList<ReplayedTrace> traces, IReadOnlyList<PlacedTrace> placed, StackSurroundings around, TracedFigures figures, StackQuestion question)
    {
        var loose = Enumerable.Range(0, placed.Count).Where(t => !placed[t].IsPlaced).ToList();
        if (placed.Count > 1)
        {
            yield return $"{placed.Count.ToString(CultureInfo.InvariantCulture)} traces are one set: an address counts once, a later trace ends and moves the blocks of an earlier one, and in the time that two share the calls of the earlier count."
                + (loose.Count == 0 ? "" : $" Not placed in time: {string.Join(", ", loose.Select(t => Name(traces[t].Row)))}. What {(loose.Count == 1 ? "it" : "they")} unmapped of the others' blocks, or the others of {(loose.Count == 1 ? "its" : "theirs")}, is not known.");
        }
        for (var trace = 0; trace < around.Traces.Count; trace++)
        {
            if (around.Traces[trace].Presence is var (first, last))
                yield return string.Create(CultureInfo.InvariantCulture, $"{Name(traces[trace].Row)}: the snapshots #{first} to #{last} hold some, but not all, of the blocks that it left mapped: it ran at that time. Its coverage is told between them.");
        }
        if (question.Weight == CallchainWeight.Growth)
        {
            if (around.Ends is null) yield return "Growth needs a window of two snapshots that tell what is resident.";
            if (loose.Count > 0 && around.Ends is not null)
                yield return $"{string.Join(", ", loose.Select(t => Name(traces[t].Row)))}: nothing ties {(loose.Count == 1 ? "it" : "them")} to the time of the snapshots exactly. A block outstanding at the trace's end counts in each snapshot that has its addresses mapped.";
        }
        else if (around.Part.From is not null || around.Part.To is not null)
        {
            foreach (var trace in loose) yield return $"{Name(traces[trace].Row)}: its clock is not tied to wall time exactly, so it cannot be cut to the window. All of it counts.";
        }
        foreach (var (trace, snapshot, blocks, bytes) in figures.Ended)
            yield return string.Create(CultureInfo.InvariantCulture, $"{Name(traces[trace].Row)}: {blocks:N0} {(blocks == 1 ? "block" : "blocks")} ({bytes / 1024:N0} KiB) that it left mapped {(blocks == 1 ? "is" : "are")} no longer mapped at #{snapshot}.");
    }

    /// <summary>What a trace does not tell.</summary>
    public static IEnumerable<string> OfTrace(ReplayedTrace replayed, OutstandingMemory? replay)
    {
        var name = Name(replayed.Row);
        if (replayed.Row.Events == 0) yield return $"{name}: the trace holds no event. Nothing was mapped while it ran, or the tracer was not attached.";
        foreach (var loss in replayed.Row.Losses) yield return $"{name}: {loss.Text}";
        if (replay is null) yield break;
        foreach (var note in replay.Notes) yield return $"{name}: {note}";
        var raw = replayed.Trace.Callchains.Count(c => c.Frames is [{ Function: "syscall" }]);
        if (raw > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{name}: {raw:N0} callchains end at libc's syscall(): their caller goes past libc's mmap and was built without frame pointers. strace -k or gdb shows it.");
        if (replay.FailedCalls > 0) yield return string.Create(CultureInfo.InvariantCulture, $"{name}: {replay.FailedCalls:N0} calls failed and changed nothing.");
        if (replay.BeforeTraceUnmappedBytes > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{name}: {replay.BeforeTraceUnmappedBytes / 1024:N0} KiB were unmapped that had been mapped before the trace.");
    }

    private static string Name(TraceRow row) => row.FileName.Length > 0 ? row.FileName : row.Tool;

    private static string Time(DateTimeOffset? time) => time!.Value.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.FFFK", CultureInfo.InvariantCulture);
}
