using System.Globalization;
using BenchmarkDotNet.Attributes;
using MemScope.Core.Analysis.Categories;
using MemScope.Core.Model;

namespace MemScope.Benchmarks;

/// <summary>What kind of memory each mapping is: it is asked on every snapshot. Target: 100 ns per row.</summary>
[MemoryDiagnoser]
public class CategoryBenchmarks
{
    private VmaTable _vmas = VmaTable.Empty;

    /// <summary>Mappings of the snapshot.</summary>
    [Params(3_000, 20_000)]
    public int Rows { get; set; }

    /// <summary>Libraries of five mappings each with a bss, arenas, stacks, shared memory and unnamed memory, as a server under load has them.</summary>
    [GlobalSetup]
    public void Build()
    {
        const VmaPermissions r = VmaPermissions.Read, rw = r | VmaPermissions.Write, rx = r | VmaPermissions.Execute, none = VmaPermissions.None, rws = rw | VmaPermissions.Shared;
        var builder = new VmaTable.Builder(Rows);
        var at = 0x7f00_0000_0000UL;
        for (var n = 0; builder.Count < Rows; n++)
        {
            var library = string.Create(CultureInfo.InvariantCulture, $"/usr/lib/x86_64-linux-gnu/libpart{n}.so.6");
            foreach (var permissions in new[] { r, rx, r, r, rw }) Add(permissions, 0x8000, 1000 + (ulong)n, library);
            Add(rw, 0x3000, 0, "");
            at += 0x10000;
            Add(none, 0x1000, 0, "");
            Add(rw, 0x80_0000, 0, "");
            for (var i = 0; i < 6; i++, at += 0x2000) Add(rw, 0x2000UL << (i % 4), 0, "");
            Add(rws, 0x40_0000, 77, string.Create(CultureInfo.InvariantCulture, $"/dev/shm/segment_{n} (deleted)"));
            at = (at + 0x3ff_ffff) & ~0x3ff_ffffUL;
            Add(rw, 0x2_1000, 0, "");
            Add(none, 0x3fd_f000, 0, "");
            at += 0x1000;
        }
        _vmas = builder.Build();

        void Add(VmaPermissions permissions, ulong bytes, ulong inode, string name)
        {
            builder.Add(at, at + bytes, permissions, 0, 0, 0, inode, name);
            builder.Set(Metric.Rss, permissions == none ? 0 : (long)(bytes >> 11));
            builder.Set(Metric.Anonymous, permissions == rw ? (long)(bytes >> 11) : 0);
            builder.Set(Metric.Swap, 0);
            builder.SetFlags(permissions == rw ? "rd wr mr mw me ac" : permissions == rx ? "rd ex mr mw me" : permissions == none ? "mr mw me nr" : "rd mr mw me");
            at += bytes;
        }
    }

    /// <summary>All rows of a snapshot.</summary>
    [Benchmark]
    public CategoryAssignment[] Classify() => Categorizer.Classify(_vmas);
}
