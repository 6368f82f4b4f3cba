namespace MemScope.Core.Analysis.Probes;

/// <summary>The probes, made for a process. docs/probes.md tells of each what it does to the process.</summary>
public static class ProbeBook
{
    // The gentlest first: reading /proc; the kernel's tracing; what the runtime itself offers; what runs code in the process; what stops it; what starts it anew.
    private static readonly ProbeKind[] s_kinds =
    [
        FiguresProbe.Kind, WatchProbe.Kind, WatchCurlProbe.Kind,
        BpftraceSumsProbe.Kind, BpftraceProbe.Kind, PerfProbe.Kind, PerfTraceProbe.Kind,
        GoPprofProbe.Kind, JcmdProbe.Kind, MemrayProbe.Kind,
        MallocInfoProbe.Kind, MallocTrimProbe.Kind, HeaptrackProbe.Kind,
        StraceProbe.Kind, GdbProbe.Kind, GdbCatchProbe.Kind,
        AnonNamesProbe.Kind, FixWatchProbe.Kind, HeaptrackRunProbe.Kind, JemallocProbe.Kind, GperftoolsProbe.Kind, MassifProbe.Kind,
    ];

    private static readonly ProbeKind[] s_tracers = [BpftraceProbe.Kind, PerfProbe.Kind, StraceProbe.Kind, GdbProbe.Kind];

    /// <summary>Slug of the probe that watches a run with the remedy.</summary>
    public const string FixWatch = "fix-watch";

    /// <summary>Slugs of all probes, the gentlest first.</summary>
    public static IReadOnlyList<string> Slugs { get; } = [.. s_kinds.Select(k => k.Slug)];

    /// <summary>Slugs of those that tell whether a process grows at all.</summary>
    public static IReadOnlyList<string> Watching { get; } = [WatchProbe.Kind.Slug, FiguresProbe.Kind.Slug];

    /// <summary>The probe of a slug for a process, whether or not it fits; null when there is none of that name.</summary>
    public static Probe? Find(string slug, ProbeTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return s_kinds.FirstOrDefault(k => k.Slug == slug)?.Make(target);
    }

    /// <summary>All that fit the process, the gentlest first.</summary>
    public static IReadOnlyList<Probe> All(ProbeTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return [.. s_kinds.Where(k => k.Fits(target)).Select(k => k.Make(target))];
    }

    /// <summary>The probes that show who maps memory, the one that suits the process best first.</summary>
    public static IReadOnlyList<Probe> Tracers(ProbeTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var first = CallRate.IsAbove(target, CallRate.ForSums) ? BpftraceSumsProbe.Kind : BpftraceProbe.Kind;
        return [first.Make(target), .. s_tracers.Where(k => k != first).Select(k => k.Make(target))];
    }
}
