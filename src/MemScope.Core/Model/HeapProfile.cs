namespace MemScope.Core.Model;

/// <summary>What the weights of a profile count.</summary>
public enum WeightUnit : byte
{
    /// <summary>Bytes.</summary>
    Bytes,
    /// <summary>Calls, objects or samples.</summary>
    Count,
    /// <summary>Nanoseconds.</summary>
    Nanoseconds,
    /// <summary>The file does not say (folded stacks).</summary>
    Unknown,
}

/// <summary>What a heap profiler says of one callchain at one moment. Each number is null where the tool does not print it.</summary>
public readonly record struct HeapSite
{
    /// <summary>Index into <see cref="HeapProfile.Callchains"/>, or -1 when it came without a stack.</summary>
    public int Callchain { get; init; }

    /// <summary>The tool's word for what this is, where it sorts them: <c>definitely lost</c>, <c>MALLOC</c>, a thread's name; else null.</summary>
    public string? Kind { get; init; }

    /// <summary>Allocated and not freed, in the profile's unit (bytes unless it says otherwise).</summary>
    public long? Live { get; init; }

    /// <summary>Blocks allocated and not freed.</summary>
    public long? LiveCount { get; init; }

    /// <summary>Allocated since the beginning, freed or not.</summary>
    public long? Allocated { get; init; }

    /// <summary>Blocks allocated since the beginning.</summary>
    public long? AllocatedCount { get; init; }

    /// <summary>Live at the moment when the process's live bytes were greatest.</summary>
    public long? Peak { get; init; }

    /// <summary>Blocks freed right after they were allocated.</summary>
    public long? TemporaryCount { get; init; }

    /// <summary>Line of the decoded file where it stands, or 0.</summary>
    public int Line { get; init; }
}

/// <summary>The state of the heap at one moment: one dump of a file that may hold many (massif, memleak, repeated reports).</summary>
/// <param name="Sites">Bytes by callchain; empty where the tool printed sums only.</param>
public sealed record HeapDump(IReadOnlyList<HeapSite> Sites)
{
    /// <summary>What the tool calls it: <c>peak</c>, <c>end</c>, <c>detailed</c>, <c>leaks</c>; or null.</summary>
    public string? Label { get; init; }

    /// <summary>When (UTC), where the file says so.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>Where <see cref="TakenAt"/> comes from.</summary>
    public TimeOrigin TimeOrigin { get; init; }

    /// <summary>When in the profile's clock, nanoseconds (or its own unit, see <see cref="ClockDomain"/>); null when not printed.</summary>
    public long? Time { get; init; }

    /// <summary>Live bytes in all as the tool says, or the sum over the sites.</summary>
    public long? LiveBytes { get; init; }

    /// <summary>Live blocks in all.</summary>
    public long? LiveCount { get; init; }

    /// <summary>Bytes allocated since the beginning.</summary>
    public long? AllocatedBytes { get; init; }

    /// <summary>Blocks allocated since the beginning.</summary>
    public long? AllocatedCount { get; init; }

    /// <summary>Line of the decoded file where it begins.</summary>
    public int Line { get; init; }
}

/// <summary>A point of a heap's course. Bytes.</summary>
/// <param name="Time">In the profile's clock.</param>
/// <param name="LiveBytes">Allocated and not freed.</param>
public readonly record struct HeapPoint(long Time, long LiveBytes)
{
    /// <summary>The process's resident memory as the profiler read it (heaptrack's R), or null.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>What the allocator adds to the blocks (massif's mem_heap_extra), or null.</summary>
    public long? OverheadBytes { get; init; }

    /// <summary>Stacks (massif's mem_stacks), or null.</summary>
    public long? StackBytes { get; init; }
}

/// <summary>A file mapping that a profile lists, for the addresses of its frames (MAPPED_LIBRARIES, pprof's mappings, perf's MMAP2).</summary>
/// <param name="Range">Where it is mapped.</param>
/// <param name="FileOffset">Offset in the file of its first byte.</param>
/// <param name="Path">As printed.</param>
/// <param name="BuildId">Hex digits, or null.</param>
public sealed record MappedModule(AddressRange Range, ulong FileOffset, string Path, string? BuildId = null)
{
    /// <summary>From when on it lay there, in the clock of the file's events, nanoseconds; null or 0 when it did before the first.</summary>
    public long? FromNs { get; init; }
}

/// <summary>Live bytes by callchain as a heap profiler saw them, at one or more moments, and their course over time.</summary>
/// <param name="Tool">Slug of the format: <c>heaptrack</c>, <c>massif</c>, <c>pprof</c> …</param>
/// <param name="Process">What the text says of the process.</param>
/// <param name="Callchains">Distinct stacks, leaf first; sites point into them.</param>
/// <param name="Dumps">In the order of the file. The last is the state at the end, unless labelled otherwise.</param>
public sealed record HeapProfile(string Tool, ProcessHint Process, IReadOnlyList<Callchain> Callchains, IReadOnlyList<HeapDump> Dumps)
{
    /// <summary>What <see cref="HeapSite.Live"/> and its kind count.</summary>
    public WeightUnit Unit { get; init; }

    /// <summary>The clock of <see cref="HeapDump.Time"/> and <see cref="Timeline"/>.</summary>
    public ClockDomain Clock { get; init; }

    /// <summary>The course of the heap, oldest first; empty where the tool prints none.</summary>
    public IReadOnlyList<HeapPoint> Timeline { get; init; } = [];

    /// <summary>Mappings for normalizing the addresses of the frames.</summary>
    public IReadOnlyList<MappedModule> Modules { get; init; } = [];

    /// <summary>Greatest live bytes, or null.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>When that was, in <see cref="Clock"/>.</summary>
    public long? PeakTime { get; init; }

    /// <summary>Mean bytes between samples where the numbers are estimates from samples; null when every block was counted.</summary>
    public long? SamplePeriodBytes { get; init; }

    /// <summary>What the profiler lost or left out.</summary>
    public IReadOnlyList<TraceLoss> Losses { get; init; } = [];

    /// <summary>Live bytes of the last dump; null when the file has none or another unit.</summary>
    public long? LiveBytes => Unit == WeightUnit.Bytes && Dumps.Count > 0 ? Dumps[^1].LiveBytes : null;
}
