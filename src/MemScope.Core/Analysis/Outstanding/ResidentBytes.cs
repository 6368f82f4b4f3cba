using System.Runtime.InteropServices;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Outstanding;

/// <summary>Outstanding memory that a snapshot shows to be in RAM, per callchain.</summary>
public static class ResidentBytes
{
    /// <summary>
    /// Resident bytes of the outstanding blocks by callchain (-1: events without a stack); callchains without any are absent.
    /// </summary>
    /// <remarks>
    /// A snapshot tells how much of a mapping is resident, not which pages: a block gets its share (<see cref="ResidentShare"/>), exact where a mapping is wholly resident or wholly not.
    /// The sum over the blocks in a mapping never exceeds its Rss. Mappings without an Rss (maps, plain pmap) add nothing; hugetlb pages are not in Rss.
    /// </remarks>
    /// <param name="outstanding">The replayed trace.</param>
    /// <param name="vmas">A snapshot of the same process at the end of the trace or later.</param>
    /// <param name="pid">Whose blocks of a trace of several processes; by default the traced process's own.</param>
    public static IReadOnlyDictionary<int, long> PerCallchain(OutstandingMemory outstanding, VmaTable vmas, int? pid = null)
    {
        var bytes = new Dictionary<int, long>();
        if (!vmas.Has(Metric.Rss)) return bytes;
        var owner = pid ?? outstanding.MainPid;
        foreach (var block in outstanding.Blocks)
        {
            if (block.Pid != owner) continue;
            var resident = Resident(block.Range, vmas);
            if (resident > 0) CollectionsMarshal.GetValueRefOrAddDefault(bytes, block.Callchain, out _) += resident;
        }
        return bytes;
    }

    private static long Resident(AddressRange block, VmaTable vmas)
    {
        long sum = 0;
        for (var i = ResidentShare.FirstEndingBehind(block.Start, vmas); i < vmas.Count && vmas.StartColumn[i] < block.End; i++) sum += ResidentShare.Of(vmas[i], block);
        return sum;
    }
}
