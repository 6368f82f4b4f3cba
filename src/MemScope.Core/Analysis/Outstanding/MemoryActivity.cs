using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>What a callchain, a thread or a module did to the address space in the part of the trace that was asked for.</summary>
public sealed record MemoryActivity
{
    /// <summary>Calls of every kind that succeeded.</summary>
    public long Calls { get; init; }

    /// <summary>Those of them that mapped or grew memory.</summary>
    public long MappingCalls { get; init; }

    /// <summary>Bytes that it mapped; an mremap counts its grown bytes only. They are <see cref="OutstandingBytes"/> + <see cref="FreedBytes"/> + <see cref="UnplacedBytes"/>.</summary>
    public long MappedBytes { get; init; }

    /// <summary>Bytes that it had mapped and that are gone, whoever unmapped them: by munmap, a shrinking mremap or brk, a mapping over them, exec, or the end of a child.</summary>
    public long FreedBytes { get; init; }

    /// <summary>Bytes that it mapped, but where is not known, because the result of the call or of an mremap that may have moved them was not recorded.</summary>
    public long UnplacedBytes { get; init; }

    /// <summary>Bytes that its own calls unmapped by munmap, a shrinking mremap or brk, whoever had mapped them and when.</summary>
    public long UnmappedBytes { get; init; }

    /// <summary>Bytes of the ranges that its madvise calls gave back (MADV_DONTNEED, MADV_FREE, MADV_REMOVE), each time anew. The mapping stays, so that they stay outstanding.</summary>
    public long GivenBackBytes { get; init; }

    /// <summary>Bytes mapped by it and still mapped at the end.</summary>
    public long OutstandingBytes { get; init; }

    /// <summary>The part of <see cref="OutstandingBytes"/> that is PROT_NONE: address space without memory.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>Blocks of them.</summary>
    public int OutstandingBlocks { get; init; }

    /// <summary>Bytes mapped before the trace that its mprotect calls made usable and that still are; they are not outstanding.</summary>
    public long MadeUsableBytes { get; init; }

    /// <summary>When the oldest block was mapped that is still mapped, in the trace's clock, nanoseconds; null without any.</summary>
    public long? OldestMappedAtNs { get; init; }

    /// <summary>How long the blocks lived that were unmapped again. Those that ended with their process are not among them.</summary>
    public Lifetimes Lifetimes { get; init; } = new();

    /// <summary>Nanoseconds from the first to the last event, over which rates are measured; 0 when that is no span of time.</summary>
    public long ObservedNs { get; init; }

    /// <summary>Calls per second, or null when no time was observed.</summary>
    public double? CallsPerSecond => PerSecond(Calls);

    /// <summary>Mapped bytes per second, or null when no time was observed.</summary>
    public double? MappedBytesPerSecond => PerSecond(MappedBytes);

    /// <summary>Outstanding bytes per second, or null when no time was observed.</summary>
    public double? OutstandingBytesPerSecond => PerSecond(OutstandingBytes);

    /// <summary>The sum of two, as if one had done both.</summary>
    public MemoryActivity Plus(MemoryActivity other)
    {
        var lifetimes = new Lifetimes();
        lifetimes.Add(Lifetimes);
        lifetimes.Add(other.Lifetimes);
        return new MemoryActivity
        {
            Calls = Calls + other.Calls,
            MappingCalls = MappingCalls + other.MappingCalls,
            MappedBytes = Saturating.Add(MappedBytes, other.MappedBytes),
            FreedBytes = Saturating.Add(FreedBytes, other.FreedBytes),
            UnplacedBytes = Saturating.Add(UnplacedBytes, other.UnplacedBytes),
            UnmappedBytes = Saturating.Add(UnmappedBytes, other.UnmappedBytes),
            GivenBackBytes = Saturating.Add(GivenBackBytes, other.GivenBackBytes),
            OutstandingBytes = Saturating.Add(OutstandingBytes, other.OutstandingBytes),
            ReserveBytes = Saturating.Add(ReserveBytes, other.ReserveBytes),
            OutstandingBlocks = OutstandingBlocks + other.OutstandingBlocks,
            MadeUsableBytes = Saturating.Add(MadeUsableBytes, other.MadeUsableBytes),
            OldestMappedAtNs = OldestMappedAtNs is { } a && other.OldestMappedAtNs is { } b ? Math.Min(a, b) : OldestMappedAtNs ?? other.OldestMappedAtNs,
            Lifetimes = lifetimes,
            ObservedNs = Math.Max(ObservedNs, other.ObservedNs),
        };
    }

    private double? PerSecond(long amount) => ObservedNs > 0 ? amount / (ObservedNs / 1e9) : null;
}

/// <summary>What a callchain did.</summary>
/// <param name="Callchain">Index into the trace's callchains, or -1 for events without a stack.</param>
/// <param name="Activity">What it did.</param>
public sealed record CallchainActivity(int Callchain, MemoryActivity Activity);

/// <summary>What a thread did.</summary>
/// <param name="Tid">Thread id, 0 for events that name none.</param>
/// <param name="Activity">What it did.</param>
public sealed record ThreadActivity(int Tid, MemoryActivity Activity);

/// <summary>What a module did.</summary>
/// <param name="Module">Its name as the caller gave it, or null for callchains of which none is known.</param>
/// <param name="Activity">What it did.</param>
public sealed record ModuleActivity(string? Module, MemoryActivity Activity);
