using System.Globalization;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of what the host says of its memory (meminfo, vmstat) while the process is looked at: memory that no mapping shows.</summary>
internal static class HostChecks
{
    /// <summary>Figures and snapshots of one moment are read one after the other.</summary>
    private static readonly TimeSpan Beside = TimeSpan.FromSeconds(5);

    /// <summary>Lines of meminfo that add up to what is in use, without overlap: Shmem is in Cached, what is mapped in Cached or AnonPages (fs/proc/meminfo.c).</summary>
    private static readonly string[] Accounted =
        ["MemFree", "Buffers", "Cached", "SwapCached", "AnonPages", "Slab", "KernelStack", "PageTables", "SecPageTables", "Percpu", "Hugetlb", "HardwareCorrupted"];

    private const ulong PageBytes = 4096;

    private static readonly CheckArgument Least = new("least", ArgumentKind.Share, "of the host's RAM");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("process-stays", "the process itself does not grow", [], Stays),
        new("host-rises", "a line of meminfo rises in each third of the window", [new("key", ArgumentKind.Text, "the line"), Least], Rises),
        new("host-unaccounted", "memory that no line of meminfo names rises in each third of the window", [Least], Unaccounted),
        new("freed-at-exit", "that memory is free again once the process has ended", [new("least", ArgumentKind.Share, "of its rise")], FreedAtExit),
        new("pins-held", "pages pinned for long rise in each third of the window (vmstat, nr_foll_pin_acquired less nr_foll_pin_released)", [new("least", ArgumentKind.Size, "so much more at its end")], PinsHeld),
        new("pins-explain", "MemAvailable falls while pinned pages rise", [new("least", ArgumentKind.Share, "of what more is pinned")], PinsExplain),
        new("pins-outlive", "pages stay pinned when the process has ended", [new("least", ArgumentKind.Share, "of their rise")], PinsOutlive),
    ];

    private static CheckResult Stays(CheckCall call)
    {
        var c = call.Case;
        if (c.Snapshots.Kind == "unclear") return CheckResult.Unknown(c.Snapshots.Summary);
        var words = CaseFacts.Ends(c.Rss) is var (first, last) ? $"RSS {SizeWords.Size(first)} → {SizeWords.Size(last)}" : "no RSS";
        return CheckResult.Of(!c.Grows, words, c.Count > 0 ? c.SnapshotSource() : null) with { Curve = CaseFacts.Curve(c.Rss) };
    }

    private static CheckResult Rises(CheckCall call)
    {
        var key = call.Text("key")!;
        return Held(call, Window(call.Case, "meminfo", f => f.Bytes.TryGetValue(key, out var bytes) ? bytes : null), key, Total(call.Case) is { } total ? call.Share("least") * total : null);
    }

    private static CheckResult Unaccounted(CheckCall call) =>
        Held(call, Window(call.Case, "meminfo", Unnamed), "memory that no line names", Total(call.Case) is { } total ? call.Share("least") * total : null);

    private static CheckResult PinsHeld(CheckCall call) => Held(call, Window(call.Case, "vmstat", Pinned), "pages pinned for long", call.Size("least"));

    private static CheckResult PinsExplain(CheckCall call)
    {
        var (pins, available) = (Window(call.Case, "vmstat", Pinned), Window(call.Case, "meminfo", f => f.Bytes.TryGetValue("MemAvailable", out var bytes) ? bytes : null));
        if (pins.Count < 2 || available.Count < 2) return CheckResult.Unknown("no /proc/vmstat and /proc/meminfo beside the snapshots");
        var (pinned, fallen) = (pins[^1].Bytes - pins[0].Bytes, available[0].Bytes - available[^1].Bytes);
        return CheckResult.Of(pinned > 0 && fallen >= call.Share("least") * pinned, $"MemAvailable fell by {SizeWords.Size((long)Math.Max(0, fallen))} while {SizeWords.Size((long)Math.Max(0, pinned))} more were pinned", Source(available)) with
        {
            Curve = CaseFacts.Curve([.. available.Select(a => a.Bytes)]),
        };
    }

    /// <summary>A series of the host that must rise, and lie above the change of the process: what the process maps itself is no riddle.</summary>
    private static CheckResult Held(CheckCall call, List<(DateTimeOffset At, double Bytes)> series, string what, double? least)
    {
        if (least is not { } threshold || series.Count < Rising.FewestPoints) return CheckResult.Unknown($"no figures of the host over the window: {(what.StartsWith("pages", StringComparison.Ordinal) ? "/proc/vmstat" : "/proc/meminfo")} beside each snapshot");
        double[] values = [.. series.Select(s => s.Bytes)];
        var rise = Rising.Rise(values);
        var own = Math.Max(0, call.Case.Count > 0 ? Rising.Rise(call.Case.Rss) : 0);
        return CheckResult.Of(rise >= threshold && rise > 2 * own && Rising.Throughout(values), $"{what}: {SizeWords.Size((long)values[0])} → {SizeWords.Size((long)values[^1])}, while RSS of the process rose by {SizeWords.Size((long)own)}", Source(series)) with
        {
            Curve = CaseFacts.Curve(values), Metric = $"+{SizeWords.Size((long)Math.Max(0, rise))}",
        };
    }

    private static CheckResult FreedAtExit(CheckCall call) => After(call, "meminfo", Unnamed, (rise, left) => left <= (1 - call.Share("least")) * rise);

    private static CheckResult PinsOutlive(CheckCall call) => After(call, "vmstat", Pinned, (rise, left) => left >= call.Share("least") * rise);

    private static CheckResult After(CheckCall call, string kind, Func<SideFacts, double?> of, Func<double, double, bool> holds)
    {
        var c = call.Case;
        var series = Window(c, kind, of);
        // The window must reach to the last snapshot: only what comes behind that is behind the process.
        if (series.Count < 2 || c.To != c.Track.Points.Count - 1) return CheckResult.Unknown($"no figures of {kind} over the window");
        var end = c.Track.Points[c.To].TakenAt;
        var later = c.File.Figures.Where(f => f.Kind == kind && f.At > series[^1].At && f.At <= end + Later && of(f) is not null).Select(of).ToList();
        if (later.Count == 0) return CheckResult.Unknown($"no {kind} from after the process: one within a minute of its end would tell");
        var (rise, left) = (series[^1].Bytes - series[0].Bytes, later[^1]!.Value - series[0].Bytes);
        return CheckResult.Of(rise > 0 && holds(rise, left), $"{SizeWords.Size((long)series[^1].Bytes)} at the last snapshot, {SizeWords.Size((long)later[^1]!.Value)} behind it", Source(series));
    }

    /// <summary>The next process may have come by then.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(1);

    /// <summary>What is in use and named by no line, bytes; null when a line that cannot be missed is.</summary>
    private static double? Unnamed(SideFacts figure)
    {
        if (!figure.Bytes.TryGetValue("MemTotal", out var total) || !figure.Bytes.ContainsKey("MemFree") || !figure.Bytes.ContainsKey("AnonPages") || !figure.Bytes.ContainsKey("Slab")) return null;
        double rest = total;
        foreach (var key in Accounted) rest -= figure.Bytes.GetValueOrDefault(key);
        return rest;
    }

    private static double? Pinned(SideFacts figure) =>
        figure.Counts.TryGetValue("nr_foll_pin_acquired", out var acquired) && figure.Counts.TryGetValue("nr_foll_pin_released", out var released) ? (acquired - released) * (double)PageBytes : null;

    private static double? Total(CaseFacts c) => c.File.Figures.FirstOrDefault(f => f.Kind == "meminfo" && f.Bytes.ContainsKey("MemTotal")) is { } figure ? figure.Bytes["MemTotal"] : null;

    private static List<(DateTimeOffset At, double Bytes)> Window(CaseFacts c, string kind, Func<SideFacts, double?> of)
    {
        if (c.Count == 0) return [];
        var (from, to) = (c.Track.Points[c.From].TakenAt - Beside, c.Track.Points[c.To].TakenAt + Beside);
        // Behind the last snapshot the process may have ended: a figure belongs to the window while it is as near to that as snapshots are to each other.
        var near = c.Count > 1 ? (c.Track.Points[c.To].TakenAt - c.Track.Points[c.From].TakenAt) / (2 * (c.Count - 1)) : Beside;
        var last = c.Track.Points[c.To].TakenAt + (near < Beside ? near : Beside);
        return [.. c.File.Figures.Where(f => f.Kind == kind && f.At >= from && f.At <= (to < last ? to : last)).OrderBy(f => f.At).Select(f => (f.At, of(f))).Where(f => f.Item2 is not null).Select(f => (f.At, f.Item2!.Value))];
    }

    private static EvidenceSource Source(List<(DateTimeOffset At, double Bytes)> series) =>
        new(EvidenceKind.Figures, string.Create(CultureInfo.InvariantCulture, $"{SizeWords.Count(series.Count, "figure")} of the host, {Assessment.AssessmentWords.Clock(series[0].At)} … {Assessment.AssessmentWords.Clock(series[^1].At)}"));
}
