using MemScope.Core.Model;

namespace MemScope.Benchmarks.Engine;

/// <summary>
/// A process that changes from snapshot to snapshot as docs/performance.md says: libraries, threads' stacks and anonymous mappings, of which a share changes six numbers and a
/// few are given back while others are made. The same seed gives the same history.
/// </summary>
internal sealed class SyntheticProcess
{
    private const ulong Page = 4096, FirstLibrary = 0x7f8000000000, LowestAnonymous = 0x7f4000000000;
    private readonly Random _random;
    private readonly double _changed, _replaced;
    private readonly List<SyntheticRegion> _regions = [];
    private readonly List<SyntheticRegion> _changing;
    private ulong _lowest = LowestAnonymous;
    private int _nextId;

    /// <summary>A process at its first snapshot.</summary>
    /// <param name="seed">Of all that is random.</param>
    /// <param name="regions">How many mappings it has, in every snapshot.</param>
    /// <param name="changed">Share of them whose numbers change between two snapshots.</param>
    /// <param name="replaced">Share that is given back between two snapshots while as many are made.</param>
    public SyntheticProcess(int seed, int regions, double changed = 0.05, double replaced = 0.002)
    {
        (_random, _changed, _replaced) = (new Random(seed), changed, replaced);
        MakeLibraries(regions * 3 / 10);
        MakeStacks(regions / 10);
        while (_regions.Count < regions) _regions.Add(Anonymous());
        _regions.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        _changing = [.. _regions.Where(r => r.Permissions.HasFlag(VmaPermissions.Write))];
    }

    /// <summary>The mappings in address order.</summary>
    public IReadOnlyList<SyntheticRegion> Regions => _regions;

    /// <summary>How many regions there were so far.</summary>
    public int Count => _nextId;

    /// <summary>Goes on to the next snapshot.</summary>
    public void Advance()
    {
        for (var left = _regions.Count * _changed; left >= 1 || _random.NextDouble() < left; left--) _changing[_random.Next(_changing.Count)].Change(_random);
        for (var left = _regions.Count * _replaced; left >= 1 || _random.NextDouble() < left; left--) Replace();
    }

    /// <summary>The snapshot as a table.</summary>
    public VmaTable Table()
    {
        var table = new VmaTable.Builder(_regions.Count);
        foreach (var region in _regions)
        {
            table.Add(region.Start, region.End, region.Permissions, region.Offset, region.Inode == 0 ? 0u : 0xfeu, 0, region.Inode, region.Name);
            foreach (var metric in SyntheticRegion.Printed) table.Set(metric, region[metric]);
            table.SetFlags(region.Flags);
        }
        return table.Build();
    }

    private void MakeLibraries(int segments)
    {
        var at = FirstLibrary;
        for (var library = 0; segments > 0; library++)
        {
            var (inode, offset) = ((ulong)(1_000_000 + (library * 7)), 0UL);
            foreach (var permissions in (VmaPermissions[])[VmaPermissions.Read, VmaPermissions.Read | VmaPermissions.Execute, VmaPermissions.Read, VmaPermissions.Read, VmaPermissions.Read | VmaPermissions.Write])
            {
                if (segments-- == 0) return;
                var bytes = (ulong)_random.Next(1, 300) * Page;
                var region = New(at, bytes, permissions, $"/usr/lib/x86_64-linux-gnu/libservice-{library:d3}.so.{library % 9}.{library % 5}");
                (region.Inode, region.Offset, region.Flags) = (inode, offset, FlagsOf(permissions));
                region.Fill(_random, isFile: true);
                _regions.Add(region);
                (at, offset) = (at + bytes, offset + bytes);
            }
            at += 16 * Page;
        }
    }

    private void MakeStacks(int mappings)
    {
        for (var at = FirstLibrary - 0x2000000000; mappings >= 2; mappings -= 2, at += 0x801000)
        {
            var guard = New(at, Page, VmaPermissions.None, "");
            guard.Flags = "mr mw me nr sd";
            _regions.Add(guard);
            var stack = New(at + Page, 0x800000, VmaPermissions.Read | VmaPermissions.Write, "");
            stack.Flags = "rd wr mr mw me ac nh sd";
            stack.FillAnonymous(_random.Next(2, 40));
            _regions.Add(stack);
        }
    }

    /// <summary>Memory below all other, a page from its neighbour so that the kernel would not merge them.</summary>
    private SyntheticRegion Anonymous()
    {
        var bytes = (ulong)_random.Next(1, 2000) * Page;
        _lowest -= bytes + Page;
        var region = New(_lowest, bytes, VmaPermissions.Read | VmaPermissions.Write, "");
        region.Flags = FlagsOf(region.Permissions);
        // A third is filled as a whole, another not touched yet.
        region.FillAnonymous(_random.Next(3) switch { 0 => 0, 1 => (int)(bytes / Page), _ => _random.Next((int)(bytes / Page) + 1) });
        return region;
    }

    private void Replace()
    {
        int at;
        do at = _random.Next(_regions.Count);
        while (_regions[at].Name.Length > 0 || !_regions[at].Permissions.HasFlag(VmaPermissions.Write));
        var gone = _regions[at];
        _regions.RemoveAt(at);
        var made = Anonymous();
        _regions.Insert(0, made);
        _changing[_changing.IndexOf(gone)] = made;
    }

    private SyntheticRegion New(ulong start, ulong bytes, VmaPermissions permissions, string name) => new(_nextId++, start, start + bytes, permissions, name);

    private static string FlagsOf(VmaPermissions permissions) =>
        permissions.HasFlag(VmaPermissions.Write) ? "rd wr mr mw me ac sd" : permissions.HasFlag(VmaPermissions.Execute) ? "rd ex mr mw me sd" : "rd mr mw me sd";
}
