using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Counts what a replay could not do exactly and says it in sentences.</summary>
internal sealed class ReplayNotes
{
    private long _mmaps, _mmapsWithoutResult, _munmaps, _munmapsWithoutResult, _others;
    private ulong _bytesWithoutResult;

    /// <summary>Whether the trace records what brk is asked for; then a call that asks for 0 is a question and no growth.</summary>
    public bool BreaksAreRequested { get; set; }

    /// <summary>Calls of brk that grew the heap by an unknown amount, because they were the first of their process.</summary>
    public int FirstBreaks { get; set; }

    /// <summary>Calls of mremap without a result that grew a block, or may have: where it went is not known.</summary>
    public int MremapsWithoutResult { get; set; }

    /// <summary>Mappings that lay on memory which was taken for mapped, without MAP_FIXED.</summary>
    public int Overlapped { get; set; }

    /// <summary>Calls that were left out because mappings in many pieces were moved or protected too often.</summary>
    public int TooManyPieces { get; set; }

    /// <summary>Whether blocks were given up because of that.</summary>
    public bool BlocksWereLost { get; set; }

    /// <summary>Whether the traced process ended in the trace.</summary>
    public bool Ended { get; set; }

    /// <summary>Why more may be outstanding than was found, or null.</summary>
    public string? LowerBoundReason
    {
        get
        {
            var reasons = new List<string>();
            if (_mmapsWithoutResult > 0) reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{Count(_mmapsWithoutResult, "mmap")} ({_bytesWithoutResult} bytes)"));
            if (MremapsWithoutResult > 0) reasons.Add(Count(MremapsWithoutResult, "mremap"));
            if (reasons.Count == 0 && !BlocksWereLost) return null;
            return reasons.Count == 0 ? "A lower bound: moves of mappings in too many pieces were not followed." : $"A lower bound: the results of {string.Join(" and ", reasons)} were not recorded.";
        }
    }

    /// <summary>Looks at every event once; what is not asked for changes the map, but says nothing of its own.</summary>
    public void See(in TraceEvent e, bool counts)
    {
        if (!counts) return;
        if (e.Call == MemoryCall.Mmap) _mmaps++;
        if (e.Call == MemoryCall.Munmap) _munmaps++;
        if (e.Call == MemoryCall.Munmap && !e.HasResult) _munmapsWithoutResult++;
        if (e.Call == MemoryCall.Other) _others++;
    }

    /// <summary>An mmap whose address was not recorded.</summary>
    public void MmapWithoutResult(ulong bytes)
    {
        _mmapsWithoutResult++;
        _bytesWithoutResult = _bytesWithoutResult > ulong.MaxValue - bytes ? ulong.MaxValue : _bytesWithoutResult + bytes;
    }

    /// <summary>One sentence per kind.</summary>
    public IReadOnlyList<string> ToList()
    {
        var notes = new List<string>();
        Add(notes, _mmapsWithoutResult, $"{Count(_mmapsWithoutResult, "mmap")} ({_bytesWithoutResult} bytes): result not recorded. Counted as mapped, but whether they are still mapped cannot be told, so none of it is outstanding.");
        Add(notes, MremapsWithoutResult, $"{Count(MremapsWithoutResult, "mremap")}: result not recorded. Where blocks went that they grew is not known, so these are not outstanding.");
        Add(notes, _munmapsWithoutResult, $"{Count(_munmapsWithoutResult, "munmap")}: recorded at the beginning of the call and taken to have succeeded.");
        Add(notes, _munmaps == 0 ? _mmaps : 0, $"The trace holds no munmap at all: if it did not record them, less is outstanding than shown.");
        Add(notes, FirstBreaks, $"{Count(FirstBreaks, "brk")}: the first of a process, so the growth is not known and not counted.");
        Add(notes, Overlapped, $"{Count(Overlapped, "mapping call")} got addresses that the trace took for mapped: the calls that unmapped them are missing from it.");
        Add(notes, TooManyPieces, $"{Count(TooManyPieces, "call")} moved or protected mappings in too many pieces and were not followed.");
        Add(notes, Ended ? 1 : 0, $"The process ended in the trace: outstanding is what it had mapped when it ended.");
        Add(notes, _others, $"{Count(_others, "other memory call")} (shmat, mlock …) in the trace: not replayed.");
        return notes;
    }

    private static void Add(List<string> notes, long count, FormattableString note)
    {
        if (count > 0) notes.Add(note.ToString(CultureInfo.InvariantCulture));
    }

    private static string Count(long count, string call) => string.Create(CultureInfo.InvariantCulture, $"{count} {call}{(call.EndsWith("call", StringComparison.Ordinal) ? "" : " call")}{(count == 1 ? "" : "s")}");
}
