using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Adds up what one callchain or thread did; the figures are those of <see cref="MemoryActivity"/>. Sums stop at the greatest number instead of running over.</summary>
internal sealed class ActivityTally
{
    private long _calls, _mappingCalls, _mapped, _freed, _unplaced, _unmapped, _givenBack, _outstanding, _reserve, _madeUsable;
    private int _blocks;
    private long? _oldest;
    private Lifetimes? _lifetimes;

    /// <summary>Whether it mapped anything or holds a block: then it is among the callchains that are told.</summary>
    public bool Maps => _mappingCalls > 0 || _blocks > 0;

    /// <summary>A call that succeeded.</summary>
    public void Called() => _calls++;

    /// <summary>A call that mapped or grew memory.</summary>
    public void Mapped(ulong bytes)
    {
        _mappingCalls++;
        _mapped = Add(_mapped, bytes);
    }

    /// <summary>Bytes that it had mapped are gone.</summary>
    public void Freed(ulong bytes) => _freed = Add(_freed, bytes);

    /// <summary>A block that it had mapped was unmapped.</summary>
    public void Lived(long ns) => (_lifetimes ??= new Lifetimes()).Add(ns);

    /// <summary>Nobody knows where bytes are that it mapped.</summary>
    public void Unplaced(ulong bytes) => _unplaced = Add(_unplaced, bytes);

    /// <summary>Its call unmapped bytes.</summary>
    public void Unmapped(ulong bytes) => _unmapped = Add(_unmapped, bytes);

    /// <summary>Its madvise gave bytes back.</summary>
    public void GaveBack(ulong bytes) => _givenBack = Add(_givenBack, bytes);

    /// <summary>A block of it is left at the end.</summary>
    public void Left(in OutstandingBlock block)
    {
        _blocks++;
        _outstanding = Add(_outstanding, block.Range.Length);
        if (block.IsReserve) _reserve = Add(_reserve, block.Range.Length);
        _oldest = Math.Min(_oldest ?? long.MaxValue, block.MappedAtNs);
    }

    /// <summary>Memory from before the trace that it made usable is usable at the end.</summary>
    public void LeftUsable(ulong bytes) => _madeUsable = Add(_madeUsable, bytes);

    /// <summary>The figures.</summary>
    public MemoryActivity ToActivity(long observedNs) => new()
    {
        Calls = _calls,
        MappingCalls = _mappingCalls,
        MappedBytes = _mapped,
        FreedBytes = _freed,
        UnplacedBytes = _unplaced,
        UnmappedBytes = _unmapped,
        GivenBackBytes = _givenBack,
        OutstandingBytes = _outstanding,
        ReserveBytes = _reserve,
        OutstandingBlocks = _blocks,
        MadeUsableBytes = _madeUsable,
        OldestMappedAtNs = _oldest,
        Lifetimes = _lifetimes ?? new Lifetimes(),
        ObservedNs = observedNs,
    };

    private static long Add(long sum, ulong bytes) => bytes > (ulong)(long.MaxValue - sum) ? long.MaxValue : sum + (long)bytes;
}
