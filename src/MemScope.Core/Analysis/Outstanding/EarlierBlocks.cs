using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Whose a block is and since when.</summary>
/// <param name="Chain">Trace and callchain.</param>
/// <param name="MappedWallNs">Nanoseconds since 1970.</param>
/// <param name="WithinNs">How far that may be off.</param>
internal readonly record struct OwnedBlock(ChainOfTrace Chain, long MappedWallNs, long WithinNs);

/// <summary>The blocks that earlier traces left, as the calls of a later trace end and move them. Whose a block is never changes here: the later trace's own blocks are its replay's.</summary>
internal sealed class EarlierBlocks
{
    private const ulong MapFixed = 0x10, MremapDontUnmap = 0x4; // <linux/mman.h>
    private readonly List<IntervalMap.Interval> _removed = [];

    /// <summary>The blocks; owners are indices into the list of <see cref="Carry"/>.</summary>
    public IntervalMap Map { get; } = new();

    /// <summary>Applies the calls of a trace.</summary>
    /// <param name="trace">A placed trace.</param>
    /// <param name="toNs">Last moment, in its clock; null for all.</param>
    /// <param name="owners">Whose blocks are: a call does not touch what was mapped after it, or so near to it that it may be the call that mapped it.</param>
    public void Carry(PlacedTrace trace, long? toNs, IReadOnlyList<OwnedBlock> owners)
    {
        ulong heapEnd = 0;
        foreach (var e in trace.Trace.Events)
        {
            if (Map.Count == 0) return;
            if (e.TimeNs > toNs || e.Pid != trace.Whole.MainPid) continue;
            var before = heapEnd;
            if (e.Call == MemoryCall.Brk && (e.HasResult ? e.Result : e.Address) is not 0 and var now) heapEnd = now;
            if (!e.Failed) Apply(e, before, Saturating.Add(trace.WallNs(e.TimeNs), -trace.WithinNs), owners);
        }
    }

    private void Apply(in TraceEvent e, ulong heapEnd, long wallNs, IReadOnlyList<OwnedBlock> owners)
    {
        var old = AddressSpace.Pages(e.Address, e.OldLength);
        switch (e.Call)
        {
            case MemoryCall.Munmap:
                Take(AddressSpace.Pages(e.Address, e.Length), wallNs, owners);
                break;
            case MemoryCall.Mmap when e.HasResult:
                Take(AddressSpace.Pages(e.Result, e.Length), wallNs, owners);
                break;
            case MemoryCall.Mmap when (e.Flags & MapFixed) != 0:
                Take(AddressSpace.Pages(e.Address, e.Length), wallNs, owners);
                break;
            case MemoryCall.Mremap when e.HasResult:
                Move(old, AddressSpace.Pages(e.Result, e.Length), stays: e.OldLength == 0 || (e.Flags & MremapDontUnmap) != 0, wallNs, owners);
                break;
            case MemoryCall.Mremap when e.Length < e.OldLength:
                Take(new AddressRange(AddressSpace.Pages(e.Address, e.Length).End, old.End), wallNs, owners);
                break;
            case MemoryCall.Brk when heapEnd != 0 && (e.HasResult ? e.Result : e.Address) is not 0 and var now:
                Take(new AddressRange(AddressSpace.PageUp(Math.Min(heapEnd, now)), AddressSpace.PageUp(Math.Max(heapEnd, now))), wallNs, owners);
                break;
            case MemoryCall.Exec:
                Take(new AddressRange(0, ulong.MaxValue), wallNs, owners);
                break;
        }
    }

    private void Move(AddressRange old, AddressRange target, bool stays, long wallNs, IReadOnlyList<OwnedBlock> owners)
    {
        var parts = stays ? [] : Take(old, wallNs, owners).ToArray();
        Take(target, wallNs, owners);
        foreach (var part in parts)
        {
            var offset = part.Start - old.Start;
            if (offset >= target.Length) continue;
            var (start, end) = (target.Start + offset, target.Start + Math.Min(offset + part.Length, target.Length));
            if (!Overlaps(start, end)) Map.Add(start, end, part.Owner);
        }
    }

    /// <summary>Takes a range out but for what was mapped after the moment, and returns what was taken; valid until the next call.</summary>
    private List<IntervalMap.Interval> Take(AddressRange range, long wallNs, IReadOnlyList<OwnedBlock> owners)
    {
        _removed.Clear();
        if (range.IsEmpty) return _removed;
        Map.Remove(range.Start, range.End, _removed);
        foreach (var part in _removed)
            if (IsLater(part)) Map.Add(part.Start, part.End, part.Owner);
        _removed.RemoveAll(IsLater);
        return _removed;

        bool IsLater(IntervalMap.Interval part) => Saturating.Add(owners[part.Owner].MappedWallNs, owners[part.Owner].WithinNs) >= wallNs;
    }

    // A block that may be younger than the call keeps its place.
    private bool Overlaps(ulong start, ulong end)
    {
        var held = new List<IntervalMap.Interval>();
        Map.Remove(start, end, held);
        foreach (var part in held) Map.Add(part.Start, part.End, part.Owner);
        return held.Count > 0;
    }
}
