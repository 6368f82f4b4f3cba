using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>
/// An address space that maps, unmaps, grows, shrinks, splits, merges, moves and reprotects at random and knows who is who. Owners keep a page between them unless they
/// merge, no address is used twice by different owners, and nobody comes in a step in which another goes: what only a trace could tell is left out.
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

    private const ulong SlotPages = 0x10000;
    private readonly Random _random = new(seed);
    private readonly List<Owner> _owners = [];
    private readonly List<AddressRange> _freed = [];
    private int _nextId;
    private bool _comes;
    private ulong _nextSlot = 1;

    /// <summary>One random change to some owners; returns who owns each row of <see cref="Table"/>.</summary>
    public IReadOnlyList<int> Step()
    {
        _comes = _owners.Count < 4 || _random.Next(2) == 0;
        if (_owners.Count < 4) Map();
        var untouched = new List<Owner>(_owners);
        for (var n = _random.Next(4); n > 0 && untouched.Count > 0; n--)
        {
            var owner = untouched[_random.Next(untouched.Count)];
            untouched.Remove(owner);
            Change(owner);
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
            case 0: if (_comes) Map(); break;
            case 1: if (!_comes) Unmap(owner); break;
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
        _owners.Add(new() { Id = _nextId++, Start = start, End = start + 64 + (ulong)_random.Next(512), Untouched = 1 + (ulong)_random.Next(16) });
    }

    private void Unmap(Owner owner)
    {
        _owners.Remove(owner);
        _freed.Add(new(owner.Start, owner.End));
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
