using System.Runtime.InteropServices;

namespace MemScope.Core.Model;

/// <summary>A system call that changes the address space, or an event that does.</summary>
public enum MemoryCall : byte
{
    /// <summary>mmap, mmap2.</summary>
    Mmap,
    /// <summary>munmap.</summary>
    Munmap,
    /// <summary>mremap.</summary>
    Mremap,
    /// <summary>brk.</summary>
    Brk,
    /// <summary>mprotect, pkey_mprotect.</summary>
    Mprotect,
    /// <summary>madvise, process_madvise.</summary>
    Madvise,
    /// <summary>execve: the address space is replaced.</summary>
    Exec,
    /// <summary>A child with an address space of its own was made.</summary>
    Fork,
    /// <summary>The process ended.</summary>
    Exit,
    /// <summary>Another memory call (mlock, shmat …): kept, not replayed.</summary>
    Other,
}

/// <summary>Which clock a trace's times belong to. Two clocks are joined only through an anchor.</summary>
public enum ClockDomain : byte
{
    /// <summary>No times.</summary>
    None,
    /// <summary>Nanoseconds since 1970 UTC (strace -ttt).</summary>
    Wall,
    /// <summary>Time of day without a date (strace -t, -tt).</summary>
    WallTimeOfDay,
    /// <summary>Nanoseconds since boot (bpftrace nsecs, perf).</summary>
    Monotonic,
    /// <summary>Nanoseconds since the tool or the program began (heaptrack, perf trace, strace -r, massif --time-unit=ms).</summary>
    Relative,
    /// <summary>Instructions executed (massif's default): orders what happened, measures no time.</summary>
    Instructions,
    /// <summary>Bytes allocated so far (massif --time-unit=B): orders what happened, measures no time.</summary>
    AllocatedBytes,
}

/// <summary>
/// One call. <see cref="Address"/> and <see cref="Length"/> are the arguments (mmap: hint and length; munmap, mprotect, madvise: range; mremap: old address and
/// <b>new</b> length; brk: requested break), <see cref="Result"/> the return value (mmap, mremap: address; brk: new break).
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TraceEvent
{
    /// <summary>Which call.</summary>
    public MemoryCall Call { get; init; }

    /// <summary>Whether the tracer printed a result (gdb and enter-only probes do not).</summary>
    public bool HasResult { get; init; }

    /// <summary>Whether the call returned an error: it changed nothing.</summary>
    public bool Failed { get; init; }

    /// <summary>Start of the call in the trace's clock, nanoseconds; 0 when the trace has no times.</summary>
    public long TimeNs { get; init; }

    /// <summary>Process id, 0 when not printed.</summary>
    public int Pid { get; init; }

    /// <summary>Thread id, 0 when not printed.</summary>
    public int Tid { get; init; }

    /// <summary>Address argument.</summary>
    public ulong Address { get; init; }

    /// <summary>Length argument in bytes; of mremap the new length.</summary>
    public ulong Length { get; init; }

    /// <summary>mremap: the old length in bytes.</summary>
    public ulong OldLength { get; init; }

    /// <summary>prot bits of mmap and mprotect, advice of madvise.</summary>
    public ulong Protection { get; init; }

    /// <summary>flags of mmap and mremap.</summary>
    public ulong Flags { get; init; }

    /// <summary>Return value.</summary>
    public ulong Result { get; init; }

    /// <summary>Index into <see cref="Trace.Callchains"/>, or -1 when the event came without a stack.</summary>
    public int Callchain { get; init; }

    /// <summary>Line of the event in the decoded file, from 1.</summary>
    public int Line { get; init; }

    /// <summary>
    /// Line where a split call was resumed and its result printed, 0 when it is not split. Another thread's calls may stand between: memory that a call frees is free from
    /// <see cref="Line"/> on, memory that it maps is used from here on.
    /// </summary>
    public int ResumedLine { get; init; }
}

/// <summary>What kind of number a frame's address is; the tools differ and it decides how to normalize.</summary>
public enum FrameAddressKind : byte
{
    /// <summary>No address printed.</summary>
    None,
    /// <summary>Virtual address in the process.</summary>
    Absolute,
    /// <summary>Offset into the module's file or its link address, as the tool prints it (strace: file offset with libunwind, link address with libdw).</summary>
    InModule,
    /// <summary>Offset into the module's file, for certain: by the mapping in which the address lay.</summary>
    FileOffset,
    /// <summary>Link address of the module (what its symbol table holds), for certain.</summary>
    LinkAddress,
}

/// <summary>One frame as a tracer printed it; nothing is looked up yet.</summary>
public sealed record RawFrame
{
    /// <summary>Address in the sense of <see cref="AddressKind"/>.</summary>
    public ulong Address { get; init; }

    /// <summary>What <see cref="Address"/> is.</summary>
    public FrameAddressKind AddressKind { get; init; }

    /// <summary>Path of the module as printed, or null.</summary>
    public string? Module { get; init; }

    /// <summary>Function name as printed, or null.</summary>
    public string? Function { get; init; }

    /// <summary>Bytes behind the function's start as printed, or null.</summary>
    public ulong? FunctionOffset { get; init; }

    /// <summary>Source file as printed, or null.</summary>
    public string? File { get; init; }

    /// <summary>Line in <see cref="File"/>, or null.</summary>
    public int? Line { get; init; }

    /// <summary>Whether the tool marked the frame as inlined into the next one.</summary>
    public bool Inlined { get; init; }

    /// <summary>40 hex digits or so when the tool printed a build id, else null.</summary>
    public string? BuildId { get; init; }
}

/// <summary>A stack, leaf first.</summary>
public sealed class Callchain(IReadOnlyList<RawFrame> frames)
{
    /// <summary>The frames, leaf (the function that made the call) first.</summary>
    public IReadOnlyList<RawFrame> Frames { get; } = frames;
}

/// <summary>Something that a tracer lost: shown wherever the trace is used.</summary>
/// <param name="Kind">Stable name: <c>lost-events</c>, <c>missing-stacks</c>, <c>began-late</c>, <c>cut-off</c>, <c>unmatched-resume</c>, <c>results-not-recorded</c>, <c>cut-stacks</c>, <c>missed-unmaps</c>, <c>missed-ends</c>, <c>missed-begins</c>, <c>silent-probe</c>, <c>moves-left-out</c>.</param>
/// <param name="Count">How many, where that is known; else 0.</param>
/// <param name="Text">One sentence for a person.</param>
public sealed record TraceLoss(string Kind, long Count, string Text);

/// <summary>The memory calls of one process (or of the processes that a tracer followed) with their stacks.</summary>
/// <param name="Tool">Slug of the tool: <c>strace</c>, <c>bpftrace</c>, <c>gdb</c>, <c>perf</c>.</param>
/// <param name="Clock">The clock of <see cref="TraceEvent.TimeNs"/>.</param>
/// <param name="Process">What the text says of the process.</param>
/// <param name="Events">In the order of the file; a split call stands where it began.</param>
/// <param name="Callchains">Distinct stacks; events point into them.</param>
/// <param name="Losses">What the tracer is known to have lost.</param>
public sealed record Trace(string Tool, ClockDomain Clock, ProcessHint Process, IReadOnlyList<TraceEvent> Events, IReadOnlyList<Callchain> Callchains,
    IReadOnlyList<TraceLoss> Losses)
{
    /// <summary>What ties <see cref="Clock"/> to wall time; null when nothing does.</summary>
    public ClockAnchor? Anchor { get => field ?? (Clock == ClockDomain.Wall ? ClockAnchor.UnixTimes : null); init; }

    /// <summary>
    /// When the tracer says that it began to watch, in <see cref="Clock"/> (TRACE-BEGIN of bpftrace); null where the text does not say. What lies before the first event is silence or the
    /// tracer's own start-up, and no time that was observed.
    /// </summary>
    public long? BeganNs { get; init; }

    /// <summary>Mappings that the trace itself lists, for normalizing the addresses of the frames (perf script --show-mmap-events); in the order of the file.</summary>
    public IReadOnlyList<MappedModule> Modules { get; init; } = [];

    /// <summary>Names of threads by thread id, where the tool prints them (perf, bpftrace's comm); of a thread that changed its name, the last.</summary>
    public IReadOnlyDictionary<int, string> ThreadNames { get; init; } = new Dictionary<int, string>();
}
