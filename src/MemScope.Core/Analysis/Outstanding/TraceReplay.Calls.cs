using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <content>What each call does to the map.</content>
public sealed partial class TraceReplay
{
    // include/uapi/linux/mman.h, include/uapi/asm-generic/mman-common.h
    private const ulong MapFixed = 0x10, MapHugeTlb = 0x40000, MapFixedNoReplace = 0x100000, MremapFixed = 0x2, MremapDontUnmap = 0x4;
    private const ulong ProtRead = 1, ProtWrite = 2, ProtExec = 4;
    private const int MapHugeShift = 26;

    // Pieces of one mapping that are moved as they are; more of them are joined where that loses no byte, and count for the limit.
    private const int MostPieces = 64;

    private void Mmap(int index, in TraceEvent e)
    {
        // With MAP_FIXED_NOREPLACE the kernel refuses what it would replace, whether MAP_FIXED is set as well or not.
        var replaces = (e.Flags & (MapFixed | MapFixedNoReplace)) == MapFixed;
        var length = MappedLength(e);
        if (!e.HasResult && !(replaces && e.Address != 0))
        {
            _tally.Mapped(e, length);
            _tally.Unplaced(e, e, length);
            if (_tally.Counts(e)) _notes.MmapWithoutResult(length);
            return;
        }
        var range = AddressSpace.Pages(e.HasResult ? e.Result : e.Address, length);
        var isReserve = _knowsProtections && IsNone(e.Protection);
        Put(SpaceOf(e.Pid), range, new PageOwner(index, isReserve ? PageState.Reserve : PageState.Memory), e, replaces);
        _tally.Mapped(e, range.Length);
    }

    // Takes the old range out; Mremap puts it down where the result says. What stays where it is needs neither.
    private void Hold(int index, in TraceEvent e)
    {
        if (Duplicates(e) || e.Result == e.Address) return;
        _held[index] = [.. SpaceOf(e.Pid).Take(AddressSpace.Pages(e.Address, e.OldLength))];
    }

    private void Mremap(int index, in TraceEvent e)
    {
        var space = SpaceOf(e.Pid);
        var (old, target) = (AddressSpace.Pages(e.Address, e.OldLength), AddressSpace.Pages(e.Result, e.Length));
        var replaces = (e.Flags & MremapFixed) != 0;
        var isReserve = false;
        if (Duplicates(e))
        {
            Put(space, target, new PageOwner(index, PageState.Memory), e, replaces);
            _tally.Mapped(e, target.Length);
            return;
        }
        if (_held.Remove(index, out var parts))
        {
            Replace(space.Take(target), e, replaces);
            isReserve = parts.Length > 0 && IsReserve(parts[^1].Owner);
            Move(space, old, target, parts, e);
        }
        else if (target.Length < old.Length)
        {
            Unmap(space, new AddressRange(target.End, old.End), e);
        }
        else
        {
            isReserve = space.Last(old) is { } last && IsReserve(last.Owner);
            Replace(space.Take(new AddressRange(old.End, target.End)), e, replaces);
        }
        if (target.Length <= old.Length) return;
        var grown = new AddressRange(target.Start + old.Length, target.End);
        space.Map.Add(grown.Start, grown.End, new PageOwner(index, isReserve ? PageState.Reserve : PageState.Memory).Code);
        _tally.Mapped(e, grown.Length);
    }

    // The old mapping stays: a length of 0 makes a second one of shared memory, MREMAP_DONTUNMAP leaves the addresses (mremap(2)).
    private static bool Duplicates(in TraceEvent e) => e.OldLength == 0 || (e.Flags & MremapDontUnmap) != 0;

    // A mapping grows with the protection that it has at its end.
    private static bool IsReserve(int code) => new PageOwner(code).State is PageState.Reserve or PageState.OldReserve;

    // What fits is put down in the new place, the rest is unmapped.
    private void Move(AddressSpace space, AddressRange old, AddressRange target, IntervalMap.Interval[] parts, in TraceEvent e)
    {
        if (parts.Length > MostPieces) parts = Joined(parts);
        if (!MayHandle(parts.Length))
        {
            foreach (var part in parts) _notes.BlocksWereLost |= Unplace(part, e);
            return;
        }
        var tail = new List<IntervalMap.Interval>();
        foreach (var part in parts)
        {
            var (from, to) = (part.Start - old.Start, part.End - old.Start);
            if (to > target.Length) tail.Add(part with { Start = old.Start + Math.Max(from, target.Length) });
            if (from < target.Length) space.Map.Add(target.Start + from, target.Start + Math.Min(to, target.Length), part.Owner);
        }
        if (old.Length > target.Length) CountUnmapped(space, new AddressRange(old.Start + target.Length, old.End), tail, e);
    }

    // A table that grows by moving is in as many pieces as it grew, and every move would move them all. Pieces side by side that one callchain of one thread mapped become one, as old as the oldest.
    private IntervalMap.Interval[] Joined(IntervalMap.Interval[] parts)
    {
        var joined = new List<IntervalMap.Interval>();
        foreach (var part in parts)
        {
            if (joined.Count > 0 && joined[^1] is var last && last.End == part.Start && IsAlike(last.Owner, part.Owner)) joined[^1] = last with { End = part.End, Owner = Math.Min(last.Owner, part.Owner) };
            else joined.Add(part);
        }
        return [.. joined];
    }

    private bool IsAlike(int one, int other)
    {
        if (one == other) return true;
        var (a, b) = (new PageOwner(one), new PageOwner(other));
        if (a.State != b.State) return false;
        var (x, y) = (_trace.Events[a.Event], _trace.Events[b.Event]);
        return x.Callchain == y.Callchain && x.Tid == y.Tid && _tally.Counts(x) == _tally.Counts(y);
    }

    // Recorded at its beginning: a shrink happens in place, but where a grown block went is not known. It is not left at its old place: it may be unmapped later at an address that says nothing.
    private void MremapWithoutResult(in TraceEvent e)
    {
        var old = AddressSpace.Pages(e.Address, e.OldLength);
        var length = AddressSpace.Pages(0, e.Length).Length;
        if (e.Length > 0 && length <= old.Length)
        {
            Unmap(SpaceOf(e.Pid), new AddressRange(old.Start + length, old.End), e);
            return;
        }
        var matters = _tally.Counts(e);
        _tally.Mapped(e, length > old.Length ? length - old.Length : 0);
        if (length > old.Length)
        {
            _tally.Unplaced(e, e, length - old.Length);
            foreach (var part in SpaceOf(e.Pid).Take(old)) matters |= Unplace(part, e);
        }
        // Of one thread's or a later time's blocks this says nothing unless it moved one.
        if (matters) _notes.MremapsWithoutResult++;
    }

    // Returns whether a block was lost that is asked for.
    private bool Unplace(in IntervalMap.Interval part, in TraceEvent cause)
    {
        if (new PageOwner(part.Owner) is not { IsMapped: true } owner) return false;
        var e = _trace.Events[owner.Event];
        _tally.Unplaced(e, cause, part.Length);
        return _tally.Counts(e);
    }

    private void Brk(int index, in TraceEvent e)
    {
        var space = SpaceOf(e.Pid);
        var (before, now) = (space.Break, e.HasResult ? e.Result : e.Address);
        if (now == 0) return;
        space.Break = now;
        if (before == 0)
        {
            if (e.Address != 0 || !_notes.BreaksAreRequested) _notes.FirstBreaks++;
            return;
        }
        var (from, to) = (AddressSpace.PageUp(before), AddressSpace.PageUp(now));
        if (to < from)
        {
            Unmap(space, new AddressRange(to, from), e);
        }
        else if (to > from)
        {
            Put(space, new AddressRange(from, to), new PageOwner(index, PageState.Memory), e, replaces: false);
            _tally.Mapped(e, to - from);
        }
    }

    private void Mprotect(int index, in TraceEvent e)
    {
        if (!_knowsProtections) return;
        var space = SpaceOf(e.Pid);
        var range = AddressSpace.Pages(e.Address, e.Length);
        var toNone = IsNone(e.Protection);
        var known = space.Look(range, (int)Math.Min(int.MaxValue, MostPieces + _limits.ReplayPieces - _pieces));
        if (!MayHandle(known?.Count ?? int.MaxValue)) return;
        var changed = new List<IntervalMap.Interval>();
        // Memory from before the trace of which no call has told yet.
        var unknown = new PageOwner(index, toNone ? PageState.OldReserve : (e.Protection & ProtWrite) != 0 ? PageState.MadeUsable : PageState.OldMemory);
        var at = range.Start;
        foreach (var part in known!)
        {
            if (part.Start > at) changed.Add(new IntervalMap.Interval(at, part.Start, unknown.Code));
            at = part.End;
            var owner = new PageOwner(part.Owner).Protected(toNone, index);
            if (owner.Code != part.Owner) changed.Add(part with { Owner = owner.Code });
        }
        if (range.End > at) changed.Add(new IntervalMap.Interval(at, range.End, unknown.Code));
        foreach (var (start, end, owner) in changed)
        {
            space.Take(new AddressRange(start, end));
            space.Map.Add(start, end, owner);
        }
    }

    // MADV_DONTNEED, MADV_FREE, MADV_REMOVE and MADV_DONTNEED_LOCKED: the memory goes back, the mapping stays (madvise(2)).
    private void Madvise(in TraceEvent e)
    {
        if (e.Protection is 4 or 8 or 9 or 24) _tally.GaveBack(e, AddressSpace.Pages(e.Address, e.Length).Length);
    }

    private void Unmap(AddressSpace space, AddressRange range, in TraceEvent e) => CountUnmapped(space, range, space.Take(range), e);

    private void CountUnmapped(AddressSpace space, AddressRange range, List<IntervalMap.Interval> parts, in TraceEvent e)
    {
        var foreign = range.Length - Free(parts, e, withProcess: false);
        // In a fork they may be the parent's.
        _tally.Unmapped(e, range.Length, space.IsFork ? 0 : foreign);
    }

    private void Put(AddressSpace space, AddressRange range, PageOwner owner, in TraceEvent e, bool replaces)
    {
        Replace(space.Take(range), e, replaces);
        space.Map.Add(range.Start, range.End, owner.Code);
    }

    // The kernel gives out addresses only while they are free, so what lies there without being replaced was unmapped by a call that is not in the trace.
    private void Replace(List<IntervalMap.Interval> parts, in TraceEvent e, bool replaces)
    {
        if (Free(parts, e, withProcess: false) > 0 && !replaces) _notes.Overlapped++;
    }

    // Counts the parts of what the trace mapped as gone, those of one block that lie side by side as one, and returns their bytes.
    private ulong Free(List<IntervalMap.Interval> parts, in TraceEvent cause, bool withProcess)
    {
        ulong bytes = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            var owner = new PageOwner(parts[i].Owner);
            if (!owner.IsMapped) continue;
            var end = parts[i].End;
            var start = parts[i].Start;
            for (; i + 1 < parts.Count && parts[i + 1].Start == end && new PageOwner(parts[i + 1].Owner) is { IsMapped: true } next && next.Event == owner.Event; i++) end = parts[i + 1].End;
            bytes += end - start;
            _tally.Freed(_trace.Events[owner.Event], cause, end - start, withProcess);
        }
        return bytes;
    }

    // The kernel moves and protects one mapping at a time, which is nearly always one piece; only a made-up trace can ask for the same thousands again and again.
    private bool MayHandle(int pieces)
    {
        if (pieces <= Math.Min(MostPieces, _limits.ReplayPieces)) return true;
        var may = pieces <= _limits.ReplayPieces - _pieces;
        // The one that goes over it was counted in vain, and would be again and again.
        _pieces = may ? _pieces + pieces : _limits.ReplayPieces;
        if (!may) _notes.TooManyPieces++;
        return may;
    }

    // Huge pages are mapped in whole ones: 2 MiB, or what the flags say (mmap(2), MAP_HUGE_2MB).
    private static ulong MappedLength(in TraceEvent e)
    {
        if ((e.Flags & MapHugeTlb) == 0) return AddressSpace.Pages(0, e.Length).Length;
        var shift = (int)(e.Flags >> MapHugeShift) & 63;
        var size = 1UL << (shift is 0 or > 40 ? 21 : shift);
        return e.Length > ulong.MaxValue - size ? ~(size - 1) : (e.Length + size - 1) & ~(size - 1);
    }

    private static bool IsNone(ulong protection) => (protection & (ProtRead | ProtWrite | ProtExec)) == 0;
}
