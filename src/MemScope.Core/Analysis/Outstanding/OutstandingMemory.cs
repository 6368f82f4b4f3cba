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
}

/// <summary>What a callchain did over the whole trace.</summary>
/// <param name="Callchain">Index into the trace's callchains, or -1 for events without a stack.</param>
/// <param name="Calls">Successful calls that mapped or grew memory.</param>
/// <param name="MappedBytes">Bytes mapped by them; an mremap counts its grown bytes only.</param>
/// <param name="OutstandingBytes">Bytes of them still mapped at the end.</param>
/// <param name="OutstandingBlocks">Blocks of them still mapped at the end.</param>
public sealed record CallchainTotals(int Callchain, long Calls, long MappedBytes, long OutstandingBytes, int OutstandingBlocks);

/// <summary>The result of replaying a trace.</summary>
/// <param name="Blocks">What is outstanding, by process and in address order.</param>
/// <param name="Callchains">Per callchain, most outstanding bytes first.</param>
/// <param name="MappedBytes">All bytes mapped.</param>
/// <param name="OutstandingBytes">All bytes outstanding.</param>
/// <param name="BeforeTraceUnmappedBytes">Bytes unmapped that were mapped before the trace began.</param>
/// <param name="FailedCalls">Calls that failed and changed nothing.</param>
/// <param name="Notes">What could not be replayed exactly, for people.</param>
public sealed record OutstandingMemory(IReadOnlyList<OutstandingBlock> Blocks, IReadOnlyList<CallchainTotals> Callchains, long MappedBytes, long OutstandingBytes,
    long BeforeTraceUnmappedBytes, int FailedCalls, IReadOnlyList<string> Notes)
{
    /// <summary>The traced process, whose children a tracer may have followed; 0 when the trace names none.</summary>
    public int MainPid { get; init; }
}
