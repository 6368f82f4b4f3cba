using MemScope.Core.Model;

namespace MemScope.Core.Formats.Heaptrack;

/// <summary>Sums the ledger's infos, which are sizes at stacks, to one site per stack.</summary>
internal static class HeaptrackSites
{
    /// <summary>The state at the end, with what each stack had at the peak. Sites stand in the order of the file.</summary>
    /// <param name="ledger">What was counted.</param>
    /// <param name="stacks">Where.</param>
    /// <param name="broken">Stacks that freed more than they allocated, or have sizes that no machine has; their numbers are 0.</param>
    public static HeapDump Collect(HeaptrackLedger ledger, HeaptrackStacks stacks, out int broken)
    {
        var sites = new List<HeapSite>();
        var siteOf = new Dictionary<int, int>();
        var callchainOf = new Dictionary<int, int>();
        var infos = ledger.Infos;
        for (var number = 0; number < infos.Length; number++)
        {
            ref readonly var info = ref infos[number];
            if (info.Allocated == 0 && info.Freed == 0) continue;
            if (!callchainOf.TryGetValue(info.Trace, out var callchain)) callchainOf[info.Trace] = callchain = stacks.CallchainOf(info.Trace);
            if (!siteOf.TryGetValue(callchain, out var at))
            {
                siteOf[callchain] = at = sites.Count;
                sites.Add(new HeapSite { Callchain = callchain, Live = 0, LiveCount = 0, Allocated = 0, AllocatedCount = 0, Peak = 0, TemporaryCount = 0, Line = ledger.LineOf(number) });
            }
            sites[at] = Plus(sites[at], in info, ledger.AtPeak(in info));
        }
        broken = 0;
        var (live, liveCount, allocated, allocatedCount) = (0L, 0L, 0L, 0L);
        for (var i = 0; i < sites.Count; i++)
        {
            var site = sites[i];
            if (site.Live < 0 || site.LiveCount < 0 || site.Allocated < 0 || site.Peak < 0)
            {
                broken++;
                site = site with { Live = Math.Max(site.Live ?? 0, 0), LiveCount = Math.Max(site.LiveCount ?? 0, 0), Allocated = Math.Max(site.Allocated ?? 0, 0), Peak = Math.Max(site.Peak ?? 0, 0) };
                sites[i] = site;
            }
            live = Sum(live, site.Live);
            liveCount = Sum(liveCount, site.LiveCount);
            allocated = Sum(allocated, site.Allocated);
            allocatedCount = Sum(allocatedCount, site.AllocatedCount);
        }
        return new HeapDump(sites) { Label = "end", Time = ledger.Time, LiveBytes = live, LiveCount = liveCount, AllocatedBytes = allocated, AllocatedCount = allocatedCount };
    }

    private static long Sum(long sum, long? more) => long.MaxValue - sum < more ? long.MaxValue : sum + (more ?? 0);

    /// <summary>Wraps around where a hostile file says sizes that no machine has.</summary>
    private static HeapSite Plus(HeapSite site, ref readonly HeaptrackLedger.Info info, long atPeak) => unchecked(site with
    {
        Live = site.Live + (info.Size * info.Live),
        LiveCount = site.LiveCount + info.Live,
        Allocated = site.Allocated + (info.Size * info.Allocated),
        AllocatedCount = site.AllocatedCount + info.Allocated,
        Peak = site.Peak + (info.Size * atPeak),
        TemporaryCount = site.TemporaryCount + info.Temporary,
    });
}
