using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>A block that was mapped in the trace and not unmapped by its end.</summary>
/// <param name="Range">Where it lies at the end.</param>
/// <param name="Callchain">Index into the trace's callchains of the call that is charged, or -1 when it came without a stack.</param>
/// <param name="Tid">Thread that mapped it, 0 when not printed.</param>
/// <param name="MappedAtNs">When, in the trace's clock.</param>
public readonly record struct OutstandingBlock(AddressRange Range, int Callchain, int Tid, long MappedAtNs)
{
    /// <summary>Process whose memory it is, 0 when not printed. Addresses of different processes have nothing to do with each other.</summary>
    public int Pid { get; init; }

    /// <summary>Whether it is PROT_NONE at the end: address space that no page of memory can stand behind. False where the trace does not record protections.</summary>
    public bool IsReserve { get; init; }
}

/// <summary>What a callchain did over the whole trace.</summary>
/// <param name="Callchain">Index into the trace's callchains, or -1 for events without a stack.</param>
/// <param name="Calls">Successful calls that mapped or grew memory.</param>
/// <param name="MappedBytes">Bytes mapped by them; an mremap counts its grown bytes only.</param>
/// <param name="OutstandingBytes">Bytes of them still mapped at the end.</param>
/// <param name="OutstandingBlocks">Blocks of them still mapped at the end.</param>
public sealed record CallchainTotals(int Callchain, long Calls, long MappedBytes, long OutstandingBytes, int OutstandingBlocks);

/// <summary>The time that a trace observed: from its first event to its last, which is less than the time that the tracer was asked to watch for.</summary>
/// <param name="FirstNs">First event, in the trace's clock, nanoseconds.</param>
/// <param name="LastNs">Last event.</param>
public readonly record struct ObservedSpan(long FirstNs, long LastNs)
{
    /// <summary>Nanoseconds between them. Times of a damaged file may lie further apart than fits: then the greatest number.</summary>
    public long Ns => LastNs >= FirstNs && LastNs - FirstNs < 0 ? long.MaxValue : LastNs - FirstNs;
}

/// <summary>The result of replaying a trace.</summary>
/// <param name="Blocks">What is outstanding, by process and in address order.</param>
/// <param name="Callchains">Per callchain that mapped anything, most outstanding bytes first.</param>
/// <param name="MappedBytes">All bytes mapped.</param>
/// <param name="OutstandingBytes">All bytes outstanding.</param>
/// <param name="BeforeTraceUnmappedBytes">Bytes unmapped that were mapped before the trace began.</param>
/// <param name="FailedCalls">Calls that failed and changed nothing.</param>
/// <param name="Notes">What could not be replayed exactly, for people.</param>
public sealed record OutstandingMemory(IReadOnlyList<OutstandingBlock> Blocks, IReadOnlyList<CallchainTotals> Callchains, long MappedBytes, long OutstandingBytes,
    long BeforeTraceUnmappedBytes, int FailedCalls, IReadOnlyList<string> Notes)
{
    /// <summary>The traced process, whose children a tracer may have followed; 0 when the trace names none. See <see cref="TracedProcess"/>.</summary>
    public int MainPid { get; init; }

    /// <summary>Whether more may be outstanding than <see cref="Blocks"/> tell, because results of calls were not recorded.</summary>
    public bool IsLowerBound => LowerBoundReason is not null;

    /// <summary>Why <see cref="Blocks"/> are a lower bound, in one sentence; null when they are none.</summary>
    public string? LowerBoundReason { get; init; }

    /// <summary>
    /// Ranges mapped before the trace that an mprotect of the trace made writable and that are so at the end, with its callchain, thread and time: so an arena of glibc grows. They are not
    /// outstanding. Where no earlier call of the trace told the protection they had, it is taken for PROT_NONE. By process and in address order.
    /// </summary>
    public IReadOnlyList<OutstandingBlock> MadeUsable { get; init; } = [];

    /// <summary>Everything together.</summary>
    public MemoryActivity Total { get; init; } = new();

    /// <summary>What each callchain did that made a call, most outstanding bytes first.</summary>
    public IReadOnlyList<CallchainActivity> CallchainActivity { get; init; } = [];

    /// <summary>What each thread did that made a call, most outstanding bytes first.</summary>
    public IReadOnlyList<ThreadActivity> ThreadActivity { get; init; } = [];

    /// <summary>From the first to the last event of the time that was asked for; null when the trace has none or no times.</summary>
    public ObservedSpan? Observed { get; init; }

    /// <summary>
    /// Nanoseconds between the tracer's own begin mark and the first event: its start-up, or silence. It is no part of <see cref="Observed"/>. Null where the text has no mark, or the beginning was
    /// not asked for.
    /// </summary>
    public long? StartUpLagNs { get; init; }

    /// <summary>What each module did, most outstanding bytes first.</summary>
    /// <param name="moduleOf">The module that a callchain is counted for, or null when none is known. See <see cref="CallingModule"/>.</param>
    public IReadOnlyList<ModuleActivity> ByModule(Func<int, string?> moduleOf) =>
        [.. CallchainActivity.GroupBy(c => c.Callchain < 0 ? null : moduleOf(c.Callchain), StringComparer.Ordinal)
            .Select(g => new ModuleActivity(g.Key, g.Select(c => c.Activity).Aggregate((a, b) => a.Plus(b))))
            .OrderByDescending(m => m.Activity.OutstandingBytes).ThenByDescending(m => m.Activity.MappedBytes).ThenBy(m => m.Module, StringComparer.Ordinal)];
}
