using System.Runtime.InteropServices;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// The samples that are no memory calls (page faults, a CPU profile, other tracepoints), added up by event, thread name and callchain: memory grows with what is distinct, not with the
/// file. A sample counts as often as its period says, as perf report and stackcollapse-perf.pl count it.
/// </summary>
internal sealed class PerfSamples
{
    private readonly Dictionary<(PerfEvent Event, string Comm, int Callchain), int> _sites = [];
    private readonly List<HeapSite> _totals = [];
    private readonly List<PerfEvent> _eventOf = [];
    /// <summary>Whether a sample was counted.</summary>
    public bool Any => _totals.Count > 0;

    /// <summary>A sample whose stack is still to be read.</summary>
    /// <param name="Event">Its event.</param>
    /// <param name="Comm">Name of the thread.</param>
    /// <param name="Period">Events that it stands for.</param>
    /// <param name="Line">Line where it begins.</param>
    internal readonly record struct Pending(PerfEvent Event, string Comm, long Period, int Line);

    /// <summary>Adds a sample to the site of its stack.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="callchain">Index of its callchain, or -1.</param>
    public void Add(in Pending sample, int callchain)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_sites, (sample.Event, sample.Comm, callchain), out var known);
        if (!known)
        {
            index = _totals.Count;
            _totals.Add(new HeapSite { Callchain = callchain, Kind = sample.Comm.Length > 0 ? sample.Comm : null, Live = 0, LiveCount = 0, Line = sample.Line });
            _eventOf.Add(sample.Event);
        }
        var site = _totals[index];
        _totals[index] = site with { Live = site.Live > long.MaxValue - sample.Period ? long.MaxValue : site.Live + sample.Period, LiveCount = site.LiveCount + 1 };
    }

    /// <summary>A profile for each event, in the order of the file.</summary>
    /// <param name="isWanted">Which events.</param>
    /// <param name="process">Whose.</param>
    /// <param name="callchains">The callchains that the sites point into.</param>
    /// <param name="modules">Mappings of files.</param>
    /// <param name="losses">What perf lost.</param>
    public IReadOnlyList<HeapProfile> ToProfiles(Func<PerfEvent, bool> isWanted, ProcessHint process, IReadOnlyList<Callchain> callchains, IReadOnlyList<MappedModule> modules, IReadOnlyList<TraceLoss> losses) =>
        [.. _totals.Zip(_eventOf).GroupBy(s => s.Second, s => s.First).Where(g => isWanted(g.Key)).Select(g => Profile(g.Key, [.. g], process, callchains, modules, losses))];

    private static HeapProfile Profile(PerfEvent perfEvent, HeapSite[] sites, ProcessHint process, IReadOnlyList<Callchain> callchains, IReadOnlyList<MappedModule> modules, IReadOnlyList<TraceLoss> losses)
    {
        var withoutStack = sites.Where(s => s.Callchain < 0).SumOf(s => s.LiveCount ?? 0);
        var all = sites.SumOf(s => s.LiveCount ?? 0);
        var dump = new HeapDump(sites) { Label = perfEvent.Name, LiveCount = all, Line = sites[0].Line };
        return new HeapProfile("perf", process, callchains, [dump])
        {
            Unit = WeightUnit.Count,
            Clock = ClockDomain.Monotonic,
            Modules = modules,
            Losses = withoutStack == 0 ? losses : [.. losses, new TraceLoss("missing-stacks", withoutStack, $"{withoutStack} of {all} samples came without a stack: record with -g or --call-graph dwarf.")],
        };
    }
}
