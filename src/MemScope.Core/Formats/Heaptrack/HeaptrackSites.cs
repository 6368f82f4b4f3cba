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
        for (var i = 0; i < sites.Count; i++)
        {
            var site = sites[i];
            if (site is not ({ Live: < 0 } or { LiveCount: < 0 } or { Allocated: < 0 } or { Peak: < 0 })) continue;
            broken++;
            sites[i] = site with { Live = Math.Max(site.Live ?? 0, 0), LiveCount = Math.Max(site.LiveCount ?? 0, 0), Allocated = Math.Max(site.Allocated ?? 0, 0), Peak = Math.Max(site.Peak ?? 0, 0) };
        }
        return new HeapDump(sites)
        {
            Label = "end", Time = ledger.Time, LiveBytes = sites.SumOfKnown(s => s.Live), LiveCount = sites.SumOfKnown(s => s.LiveCount),
            AllocatedBytes = sites.SumOfKnown(s => s.Allocated), AllocatedCount = sites.SumOfKnown(s => s.AllocatedCount),
        };
    }

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
