using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Which part of the traces of a process is asked for, in wall time.</summary>
public sealed record TracedPart
{
    /// <summary>First moment whose calls count, or null from the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last moment: the answer is what was outstanding then; null to the end of each trace.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The thread whose calls count; null for all.</summary>
    public int? Tid { get; init; }
}

/// <summary>Blocks of a trace that a later snapshot shows not to be mapped any more.</summary>
/// <param name="Trace">Index of the trace.</param>
/// <param name="Snapshot">Number of the first snapshot looked at that has nothing mapped there.</param>
/// <param name="Blocks">How many.</param>
/// <param name="Bytes">Their length.</param>
public sealed record EndedBlocks(int Trace, int Snapshot, int Blocks, long Bytes);

/// <summary>
/// The memory of one process as all its traces tell it, each byte once. Traces whose clock is tied to wall time come in the order of their beginnings: a later one ends and moves the blocks of an
/// earlier one; in the time that two of them share the calls of the earlier count. Others lie beneath them as they are: an address that two hold counts once, for the newest, and what one of
/// them unmapped of another's is not known. A snapshot taken after a trace ends the blocks of which it has nothing mapped.
/// </summary>
/// <param name="Blocks">What is outstanding in the traced process, in address order, without an address in common.</param>
/// <param name="WithMadeUsable">The same with the memory from before the traces that their calls of mprotect made usable.</param>
/// <param name="Replays">By trace what was replayed; null of a trace that had not begun.</param>
/// <param name="Ended">What snapshots ended.</param>
public sealed record TracedMemory(IReadOnlyList<TracedBlock> Blocks, IReadOnlyList<TracedBlock> WithMadeUsable, IReadOnlyList<OutstandingMemory?> Replays, IReadOnlyList<EndedBlocks> Ended)
{
    /// <summary>Puts traces of one process together.</summary>
    /// <param name="traces">The traces, newest upload first.</param>
    /// <param name="part">Which part of them.</param>
    /// <param name="snapshots">Snapshots by which blocks end, earliest first; any choice of them will do.</param>
    public static TracedMemory At(IReadOnlyList<PlacedTrace> traces, TracedPart part, IReadOnlyList<TrackPoint> snapshots)
    {
        ArgumentNullException.ThrowIfNull(traces);
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(snapshots);
        return new TracedMemoryBuilder(traces, part, snapshots).Build();
    }
}
