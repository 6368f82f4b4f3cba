using MemScope.Core.Model;

namespace MemScope.Benchmarks.Engine;

/// <summary>A mapping of a <see cref="SyntheticProcess"/> with its numbers in KiB.</summary>
internal sealed class SyntheticRegion(int id, ulong start, ulong end, VmaPermissions permissions, string name)
{
    private const int PageKiB = 4;
    private readonly long[] _numbers = new long[Metrics.Count];

    /// <summary>What Linux 6.12 prints, in its order.</summary>
    public static IReadOnlyList<Metric> Printed { get; } = [.. Enum.GetValues<Metric>().Where(m => m is not (Metric.Nonlinear or Metric.ProtectionKey or Metric.Dirty))];

    /// <summary>Its number in the process, which a later region never gets.</summary>
    public int Id => id;

    /// <summary>First address.</summary>
    public ulong Start => start;

    /// <summary>First address behind.</summary>
    public ulong End => end;

    /// <summary>Permissions.</summary>
    public VmaPermissions Permissions => permissions;

    /// <summary>Path, or empty.</summary>
    public string Name => name;

    /// <summary>File offset, bytes.</summary>
    public ulong Offset { get; set; }

    /// <summary>Inode, 0 without a file.</summary>
    public ulong Inode { get; set; }

    /// <summary>VmFlags.</summary>
    public string Flags { get; set; } = "";

    /// <summary>A number as smaps prints it.</summary>
    public long this[Metric metric] => metric switch
    {
        Metric.Size => (long)((end - start) / 1024),
        Metric.KernelPageSize or Metric.MmuPageSize => PageKiB,
        _ => _numbers[(int)metric],
    };

    /// <summary>Numbers of a mapped file: a part is resident, some of it shared with other processes.</summary>
    public void Fill(Random random, bool isFile)
    {
        // Half of them were read through once.
        var pages = random.Next(2) == 0 ? (int)(this[Metric.Size] / PageKiB) : random.Next((int)(this[Metric.Size] / PageKiB) + 1);
        if (permissions.HasFlag(VmaPermissions.Write) || !isFile)
        {
            FillAnonymous(pages);
            return;
        }
        var rss = pages * PageKiB;
        var shared = random.Next(3) == 0 ? rss : 0;
        Set(rss, [(Metric.Rss, rss), (Metric.Pss, shared > 0 ? rss / 7 : rss), (Metric.SharedClean, shared), (Metric.PrivateClean, rss - shared), (Metric.Referenced, rss)]);
    }

    /// <summary>Numbers of anonymous memory: what is resident is private and dirty.</summary>
    public void FillAnonymous(int pages)
    {
        var rss = Math.Min(pages * PageKiB, this[Metric.Size]);
        Set(rss, [(Metric.Rss, rss), (Metric.Pss, rss), (Metric.PssDirty, rss), (Metric.PrivateDirty, rss), (Metric.Referenced, rss), (Metric.Anonymous, rss)]);
    }

    /// <summary>Changes six numbers: some pages more or less, and another part of them was referenced lately.</summary>
    public void Change(Random random)
    {
        var before = this[Metric.Rss];
        var pages = (int)(before / PageKiB) + random.Next(-24, 33);
        FillAnonymous(Math.Max(pages, 0));
        if (this[Metric.Rss] == before) FillAnonymous(before == 0 ? 1 : (int)(before / PageKiB) - 1);
        _numbers[(int)Metric.Referenced] = random.Next((int)(this[Metric.Rss] / PageKiB) + 1) * PageKiB;
    }

    private void Set(long rss, (Metric Metric, long Value)[] values)
    {
        Array.Clear(_numbers);
        foreach (var (metric, value) in values) _numbers[(int)metric] = value;
        _numbers[(int)Metric.ThpEligible] = rss >= 2048 ? 1 : 0;
    }
}
