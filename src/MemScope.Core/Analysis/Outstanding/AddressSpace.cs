using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>The memory of one process as far as the trace tells it.</summary>
/// <param name="pid">Whose it is.</param>
/// <param name="isFork">Whether it began as a copy of the parent's: what is not in the map may come from there and not from before the trace.</param>
internal sealed class AddressSpace(int pid, bool isFork)
{
    // Lengths count in whole pages (mmap(2)). Systems with larger pages print lengths that are multiples of theirs nearly always.
    private const ulong PageMask = 4095;
    private readonly List<IntervalMap.Interval> _removed = [];

    /// <summary>Process id.</summary>
    public int Pid { get; } = pid;

    /// <summary>Whether it began as a copy of another process's memory.</summary>
    public bool IsFork { get; } = isFork;

    /// <summary>What the trace tells of its pages; owners are codes of <see cref="PageOwner"/>.</summary>
    public IntervalMap Map { get; } = new();

    /// <summary>End of the heap, 0 while not known.</summary>
    public ulong Break { get; set; }

    /// <summary>The range that the kernel maps or unmaps for a length: whole pages.</summary>
    public static AddressRange Pages(ulong start, ulong length) => new(start, PageUp(AddressRange.OfLength(start, length).End));

    /// <summary>The next page border, cut at the top of the address space.</summary>
    public static ulong PageUp(ulong address) => address > ulong.MaxValue - PageMask ? ~PageMask : (address + PageMask) & ~PageMask;

    /// <summary>Takes a range out and returns what was known of it, in address order; valid until the next call.</summary>
    public List<IntervalMap.Interval> Take(AddressRange range)
    {
        _removed.Clear();
        Map.Remove(range.Start, range.End, _removed);
        return _removed;
    }

    /// <summary>The part of a range with the highest addresses of which anything is known, or null.</summary>
    public IntervalMap.Interval? Last(AddressRange range) => range.IsEmpty || Map.Before(range.End) is not { } last || last.End <= range.Start ? null : last;

    /// <summary>What is known of a range, in address order; null when it is in more than <paramref name="most"/> pieces. Valid until the next call.</summary>
    public List<IntervalMap.Interval>? Look(AddressRange range, int most)
    {
        _removed.Clear();
        return Map.TryFind(range.Start, range.End, _removed, most) ? _removed : null;
    }
}
