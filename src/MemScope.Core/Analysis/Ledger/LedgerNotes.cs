using System.Globalization;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Heap;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>What a reader of a ledger must know.</summary>
internal static class LedgerNotes
{
    /// <summary>Parts below this share of RSS need no word.</summary>
    private const int WorthWord = 20;

    /// <summary>The notes of a ledger.</summary>
    public static IReadOnlyList<string> Of(CaseFile file, LedgerSide now, LedgerSide? before, IReadOnlyDictionary<Guid, EqualSteps> steps)
    {
        var notes = new List<string>();
        var rss = now.Address.RssBytes;
        foreach (var step in steps.Values.Where(s => now.Bytes(s.Key) > 0)) notes.Add(Steps(file, step));
        AddProfile(notes, now);
        foreach (var state in now.Evidence.States) AddState(notes, state, now);
        foreach (var far in now.Evidence.Far)
            notes.Add(Invariant($"The figures of {far.Name} nearest to #{file.Track.Points[file.To].Number} are {SizeWords.Length((far.At - file.Track.Points[file.To].TakenAt).Duration())} away: they are left out."));
        if (now.Bytes(new LedgerKey(LedgerPart.HeapNotProfiled)) is var heap && heap * WorthWord >= rss && heap > 0)
            notes.Add($"Malloc holds {SizeWords.Size(heap)} in its heap: that much is explained, for whom it holds it is not. A heap profile tells.");
        AddUnexplained(notes, file, now, before);
        return notes;
    }

    private static string Steps(CaseFile file, EqualSteps step)
    {
        var range = file.Track.RangeOf(step.Region, file.To);
        var all = (long)(range.Length - range.Overlap(step.Base)) / step.StepBytes;
        return Invariant($"{step.Seen:N0} of {all:N0} steps of {SizeWords.Size(step.StepBytes)} were traced, all at one site; that the others are alike is inferred.");
    }

    private static void AddProfile(List<string> notes, LedgerSide now)
    {
        if (now.Evidence.Course is not { } course) return;
        if (!course.IsComplete) notes.Add($"{course.Tool} does not count every block: it samples, or tells only what leaked. Live bytes are what it says.");
        if (now.Malloc.ClippedBytes > 0)
            notes.Add($"{course.Tool} counts {SizeWords.Size(now.Evidence.LiveBytes)} live, {SizeWords.Size(now.Malloc.ClippedBytes)} more than is in RAM where it can lie: asked for and not touched, or swapped out. Only what is in RAM counts here.");
        if (now.Malloc.FromAnonymousBytes * WorthWord >= now.Address.RssBytes && now.Malloc.FromAnonymousBytes > 0)
            notes.Add($"{SizeWords.Size(now.Malloc.FromAnonymousBytes)} of the live blocks are taken to lie in unnamed memory: large blocks are mapped there, which a snapshot cannot tell from other memory.");
        var rest = now.Bytes(new LedgerKey(LedgerPart.HeapRest));
        if (rest * WorthWord >= now.Address.RssBytes && rest > 0 && now.Evidence.States.Count == 0)
            notes.Add($"{SizeWords.Size(rest)} of malloc's heap are beyond the profile: free chunks, headers, or blocks that {course.Tool} did not see. malloc_info tells them apart.");
    }

    private static void AddState(List<string> notes, AllocatorState state, LedgerSide now)
    {
        var kept = now.Bytes(new LedgerKey(LedgerPart.Free, state.Name)) + now.Bytes(new LedgerKey(LedgerPart.Decaying, state.Name));
        if (state.FreeBytes is { } free && free - kept > 0 && (free - kept) * (double)WorthWord >= free)
            notes.Add($"{state.Name} keeps {SizeWords.Size(free)} free, of which {SizeWords.Size(kept)} are in RAM.");
    }

    private static void AddUnexplained(List<string> notes, CaseFile file, LedgerSide now, LedgerSide? before)
    {
        var rest = now.Malloc.UnexplainedBytes;
        if (rest == 0 || rest * (Int128)WorthWord < now.Address.RssBytes) return;
        var who = file.Traces.Count == 0 ? "no trace was uploaded" : "no trace saw it mapped";
        var since = before is null ? "" : before.Malloc.UnexplainedBytes == rest ? Invariant($", as much as at #{file.Track.Points[file.From].Number}")
            : Invariant($"; at #{file.Track.Points[file.From].Number} it was {SizeWords.Size(before.Malloc.UnexplainedBytes)}");
        notes.Add($"{SizeWords.Size(rest)} are unnamed memory of which nobody knows the owner: {who}{since}.");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
