using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>
/// An address space that maps, unmaps, grows, shrinks, splits, merges, moves and reprotects at random and knows who is who. Owners keep a page between them unless they
/// merge, no address is used twice by different owners, and in one step owners come, or go, or one moves: what only a trace could tell is left out.
/// </summary>
internal sealed class AddressSpaceModel(int seed)
{
    private sealed class Owner
    {
        public required int Id { get; set; }
        public ulong Start { get; set; }
        public ulong End { get; set; }
        public VmaPermissions Permissions { get; set; } = VmaPermissions.Read | VmaPermissions.Write;
        public ulong Untouched { get; init; }
        public ulong Pages => End - Start;
    }

    private enum Happening { Coming, Going, Moving }

    private const ulong SlotPages = 0x10000;
    private readonly Random _random = new(seed);
    private readonly List<Owner> _owners = [];
    private readonly List<AddressRange> _freed = [];
    private int _nextId;
    private Happening _happening;
    private ulong _nextSlot = 1;

    /// <summary>One random change to some owners; returns who owns each row of <see cref="Table"/>.</summary>
    public IReadOnlyList<int> Step()
    {
        _happening = _owners.Count < 4 ? Happening.Coming : (Happening)_random.Next(3);
        if (_owners.Count < 4) Map();
        var untouched = new List<Owner>(_owners);
        for (var n = _random.Next(4); n > 0 && untouched.Count > 0; n--)
        {
            var owner = untouched[_random.Next(untouched.Count)];
            untouched.Remove(owner);
            if (_random.Next(6) == 0) MergeWithNext(owner, untouched);
            else Change(owner);
        }
        _owners.Sort((a, b) => a.Start.CompareTo(b.Start));
        return [.. _owners.Select(o => o.Id)];
    }

    public VmaTable Table()
    {
        var builder = new VmaTable.Builder();
        foreach (var o in _owners)
        {
            builder.Add(o.Start * Maps.PageBytes, o.End * Maps.PageBytes, o.Permissions, 0, 0, 0, 0, "");
            builder.Set(Metric.Rss, (long)(o.Pages - Math.Min(o.Untouched, o.Pages)) * 4);
        }
        return builder.Build();
    }

    private void Change(Owner owner)
    {
        switch (_random.Next(8))
        {
            case 0: if (_happening == Happening.Coming) Map(); break;
            case 1: Leave(owner); break;
            case 2: Resize(owner, 1 + (ulong)_random.Next(200), 0); break;
            case 3: Resize(owner, 0, 1 + (ulong)_random.Next(200)); break;
            case 4: owner.End -= (ulong)_random.Next((int)(owner.Pages + 2) / 3); break;
            case 5: if (owner.Pages >= 16) Split(owner); break;
            case 6: owner.Permissions ^= VmaPermissions.Write; break;
            case 7: if (owner.Pages >= 16) Resize(owner, 3, 5); break;
        }
    }

    /// <summary>In the middle of a slot of its own, so that there is room to grow both ways.</summary>
    private void Map()
    {
        var start = (_nextSlot++ * SlotPages) + (SlotPages / 2);
        _owners.Add(new() { Id = _nextId++, Start = start, End = start + 64 + (ulong)_random.Next(512), Untouched = 1 + (ulong)(_nextId % 61) });
    }

    private void Leave(Owner owner)
    {
        var movable = owner.Untouched > 0 && owner.Pages > 2 * owner.Untouched && owner.Permissions.HasFlag(VmaPermissions.Write);
        if (_happening == Happening.Coming || (_happening == Happening.Moving && !movable)) return;
        _freed.Add(new(owner.Start, owner.End));
        if (_happening == Happening.Going) _owners.Remove(owner);
        else Move(owner);
    }

    /// <summary>Like a table that mremap moves and grows: its pages come along, the ones never touched stay so.</summary>
    private void Move(Owner owner)
    {
        var start = (_nextSlot++ * SlotPages) + (SlotPages / 2);
        (owner.Start, owner.End) = (start, start + owner.Pages + (ulong)_random.Next(8));
        _happening = Happening.Coming;
    }

    /// <summary>Fills the hole to the next mapping when that is a page away and alike; the larger keeps its identity.</summary>
    private void MergeWithNext(Owner owner, List<Owner> untouched)
    {
        var next = untouched.Find(o => o.Start == owner.End + 1 && o.Permissions == owner.Permissions && o.Pages != owner.Pages);
        if (next is null) return;
        var (stays, goes) = owner.Pages > next.Pages ? (owner, next) : (next, owner);
        (stays.Start, stays.End) = (owner.Start, next.End);
        _owners.Remove(goes);
        untouched.Remove(next);
    }

    /// <summary>A small piece behind a hole becomes its own; the larger part keeps the identity.</summary>
    private void Split(Owner owner)
    {
        var piece = owner.Pages / 8;
        _owners.Add(new() { Id = _nextId++, Start = owner.End - piece, End = owner.End, Permissions = owner.Permissions, Untouched = 0 });
        owner.End -= piece + 1;
    }

    /// <summary>Grows where nobody else is or was. At both ends at once, as when neighbours come and merge, a region is known again while half of it is old.</summary>
    private void Resize(Owner owner, ulong below, ulong above)
    {
        var taken = _owners.Exists(o => o != owner && o.Start <= owner.End + above && o.End >= owner.Start - below);
        if (!taken && !_freed.Exists(f => f.Start < owner.End + above && f.End > owner.Start - below)) (owner.Start, owner.End) = (owner.Start - below, owner.End + above);
    }
}
