using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>The memory of one process as far as the trace tells it. Owners are indices of the events that mapped it.</summary>
/// <param name="pid">Whose it is.</param>
/// <param name="isFork">Whether it began as a copy of the parent's: what is not in the map may come from there and not from before the trace.</param>
internal sealed class AddressSpace(int pid, bool isFork)
{
    // Lengths count in whole pages (mmap(2)). Systems with larger pages print lengths that are multiples of theirs nearly always.
    private const ulong PageMask = 4095;
    private readonly List<IntervalMap.Interval> _removed = [];

    /// <summary>Process id.</summary>
    public int Pid { get; } = pid;

    /// <summary>What the trace mapped and has not unmapped.</summary>
    public IntervalMap Map { get; } = new();

    /// <summary>End of the heap, 0 while not known.</summary>
    public ulong Break { get; set; }

    /// <summary>Bytes unmapped that the trace had not mapped.</summary>
    public ulong ForeignUnmapped { get; private set; }

    /// <summary>The range that the kernel maps or unmaps for a length: whole pages.</summary>
    public static AddressRange Pages(ulong start, ulong length) => new(start, PageUp(AddressRange.OfLength(start, length).End));

    /// <summary>The next page border, cut at the top of the address space.</summary>
    public static ulong PageUp(ulong address) => address > ulong.MaxValue - PageMask ? ~PageMask : (address + PageMask) & ~PageMask;

    /// <summary>Puts a range in for an owner and returns whether it lay on memory that was taken for mapped.</summary>
    public bool Put(AddressRange range, int owner)
    {
        var overlaps = Take(range).Count > 0;
        Map.Add(range.Start, range.End, owner);
        return overlaps;
    }

    /// <summary>Takes a range out as munmap does.</summary>
    public void Unmap(AddressRange range)
    {
        var bytes = range.Length;
        foreach (var part in Take(range)) bytes -= part.Length;
        CountForeign(bytes);
    }

    /// <summary>Counts bytes unmapped that the trace had not mapped. In a fork they may be the parent's, so none are counted.</summary>
    public void CountForeign(ulong bytes)
    {
        if (!isFork) ForeignUnmapped = ForeignUnmapped > ulong.MaxValue - bytes ? ulong.MaxValue : ForeignUnmapped + bytes;
    }

    /// <summary>Takes a range out and returns what was in it; valid until the next call.</summary>
    public IReadOnlyList<IntervalMap.Interval> Take(AddressRange range)
    {
        _removed.Clear();
        Map.Remove(range.Start, range.End, _removed);
        return _removed;
    }
}
