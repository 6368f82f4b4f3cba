using MemScope.Core.Model;

namespace MemScope.Torture;

/// <summary>An address space that changes as real ones do: mappings come, go, grow at either end and gather pages; the kernel's sums hold in each row.</summary>
internal sealed class AddressSpaceModel
{
    private const int FewestRows = 20, MostRows = 120;
    private static readonly string[] Names = ["", "", "", "[heap]", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/opt/server/lib/libengine.so", "[anon: jit]", "/dev/shm/pool (deleted)", "/tmp/with blank\\012"];
    private static readonly string[] Flags = ["rd wr mr mw me ac sd", "rd ex mr mw me sd", "mr mw me nr sd", ""];
    private readonly Random _random;
    private readonly List<Row> _rows = [];
    private ulong _next = 0x7f00_0000_0000;

    public AddressSpaceModel(Random random)
    {
        _random = random;
        for (var left = random.Next(FewestRows, MostRows); left > 0; left--) _rows.Add(New());
    }

    /// <summary>Lets a moment pass.</summary>
    public void Step()
    {
        foreach (var row in _rows.Where(_ => _random.Next(20) == 0)) row.Touch(_random);
        if (_random.Next(4) == 0 && _rows.Count > FewestRows) _rows.RemoveAt(_random.Next(_rows.Count));
        if (_random.Next(4) == 0 && _rows.Count < MostRows) _rows.Add(New());
    }

    /// <summary>The mappings as they are now.</summary>
    public VmaTable Table()
    {
        var table = new VmaTable.Builder(_rows.Count + 2);
        table.Add(0x55d0_0000_0000, 0x55d0_0001_0000, VmaPermissions.Read | VmaPermissions.Execute, 0, 8, 1, 77, "/opt/server/bin/server");
        foreach (var row in _rows.OrderBy(r => r.Start)) row.AddTo(table);
        table.Add(0x7fff_0000_0000, 0x7fff_0002_1000, VmaPermissions.Read | VmaPermissions.Write, 0, 0, 0, 0, "[stack]");
        table.Set(Metric.Rss, 16);
        return table.Build();
    }

    private Row New()
    {
        _next += (ulong)_random.Next(64, 4096) << 12;
        var row = new Row(_next, _next + ((ulong)_random.Next(1, 32) << 12), Names[_random.Next(Names.Length)], Flags[_random.Next(Flags.Length)], _random.Next(12) == 0);
        _next = row.End;
        row.Touch(_random);
        return row;
    }

    private sealed class Row(ulong start, ulong end, string name, string flags, bool bare)
    {
        private long _rss, _sharedClean, _privateClean, _swap;

        public ulong Start { get; private set; } = start;
        public ulong End { get; private set; } = end;

        public void Touch(Random random)
        {
            if (random.Next(6) == 0) End += 0x1000;
            if (random.Next(6) == 0 && Start > 0x1000) Start -= 0x1000;
            _rss = Math.Max(0, _rss + (4 * random.Next(-8, 64)));
            _sharedClean = name.StartsWith('/') ? Math.Min(_rss, 4L * random.Next(8)) : 0;
            _privateClean = Math.Min(_rss - _sharedClean, random.Next(3) == 0 ? 4L * random.Next(8) : 0);
            _swap = random.Next(9) == 0 ? 4L * random.Next(1000) : _swap;
        }

        public void AddTo(VmaTable.Builder table)
        {
            table.Add(Start, End, VmaPermissions.Read | VmaPermissions.Write, name.StartsWith('/') ? 0x2000UL : 0, name.StartsWith('/') ? 253U : 0, 0, name.StartsWith('/') ? (ulong)name.Length * 1000 : 0, name);
            if (bare) return; // some rows have no numbers at all: absent is not 0
            var dirty = _rss - _sharedClean - _privateClean;
            foreach (var (metric, value) in new[]
            {
                (Metric.Size, (long)(End - Start) / 1024), (Metric.KernelPageSize, 4), (Metric.MmuPageSize, 4), (Metric.Rss, _rss), (Metric.Pss, _rss - (_sharedClean / 2)), (Metric.SharedClean, _sharedClean),
                (Metric.SharedDirty, 0), (Metric.PrivateClean, _privateClean), (Metric.PrivateDirty, dirty), (Metric.Referenced, _rss), (Metric.Anonymous, dirty), (Metric.LazyFree, 0), (Metric.AnonHugePages, 0),
                (Metric.Swap, _swap), (Metric.SwapPss, _swap / 2), (Metric.Locked, 0),
            })
                table.Set(metric, value);
            table.SetFlags(flags);
        }
    }
}
