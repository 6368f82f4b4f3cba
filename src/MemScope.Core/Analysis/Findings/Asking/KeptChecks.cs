using System.Globalization;
using MemScope.Core.Analysis.Heap;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings.Asking;

/// <summary>Checks of what allocators and runtimes say of themselves against what is in RAM.</summary>
internal static class KeptChecks
{
    private const string None = "no figures of an allocator: malloc_info, jemalloc's statistics";
    private const string NoNmt = "no native memory tracking: start the JVM with -XX:NativeMemoryTracking=summary and ask it twice (jcmd PID VM.native_memory summary)";

    private static readonly CheckArgument Kind = new("allocator", ArgumentKind.Patterns, "slugs of formats: malloc-info, jemalloc-stats") { IsOptional = true };
    private static readonly CheckArgument Categories = new("category", ArgumentKind.Categories, "categories that the allocator fills");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        new("kept-in-ram", "that share of RSS is memory of the allocator that is in RAM and not in use", [Kind, Categories, new("least", ArgumentKind.Share, "of RSS, by the last reading"), new("bytes", ArgumentKind.Size, "and at least so much")], KeptInRam),
        new("kept-longer", "what the allocator keeps free is still there after so long", [Kind, new("time", ArgumentKind.Time, "between two readings, at least"), new("least", ArgumentKind.Share, "of RSS, at both")], KeptLonger),
        new("allocator-below", "what the allocator says is at most that share of RSS",
            [Kind, new("of", ArgumentKind.Words, "which number") { Words = ["in-use", "held"] }, new("most", ArgumentKind.Share, "of RSS"),
             new("covers", ArgumentKind.Metric, "and the addresses that it has are at least as much as this number of smaps") { IsOptional = true }], Below),
        new("retained-explains", "address space that the allocator keeps without pages is that share of the growth of addresses", [Kind, new("least", ArgumentKind.Share, "of the growth of address space")], RetainedExplains),
        new("nmt-flat", "what the JVM counts does not grow with these categories",
            [new("category", ArgumentKind.Categories, "categories, taken together"), new("most", ArgumentKind.Share, "of what they rise by"),
             new("or-grows", ArgumentKind.Words, "without readings a growth to the window's end is enough") { Words = ["yes"], IsOptional = true }], NmtFlat),
        new("nmt-grows", "one category of the JVM's count brings that share of the growth of RSS", [new("name", ArgumentKind.Text, "its name: Other, Thread, Internal"), new("least", ArgumentKind.Share, "of the rise of RSS")], NmtGrows),
    ];

    private static CheckResult KeptInRam(CheckCall call)
    {
        var c = call.Case;
        if (InWindow(call) is not [.., { InUseBytes: { } used } state]) return CheckResult.Unknown(None);
        var at = Courses.NearestIndex(c, state.At);
        if (Courses.Of(c, [Metric.Rss], call.Categories("category")) is not { } held || !(c.Rss[at] > 0)) return CheckResult.Unknown($"no snapshot has {GrowthChecks.Names(call.Categories("category"))} with RSS");
        var kept = Math.Max(0, held[at] - used);
        return CheckResult.Of(kept >= call.Share("least") * c.Rss[at] && kept >= call.Size("bytes"), $"{GrowthChecks.Names(call.Categories("category"))}: {SizeWords.Size((long)held[at])} in RAM at {c.Number(c.From + at)}, {SizeWords.Size(used)} in use by {state.Name}", Source(state)) with { Metric = GrowthChecks.Percent(kept / c.Rss[at]) };
    }

    private static CheckResult KeptLonger(CheckCall call)
    {
        var c = call.Case;
        var kept = InWindow(call).Where(s => s.FreeBytes is { } free && free >= call.Share("least") * c.Rss[Courses.NearestIndex(c, s.At)]).ToList();
        if (InWindow(call).Count < 2) return CheckResult.Unknown("figures of the allocator at two moments are needed");
        // Readings in a row, up to the last one: what was purged in between was not kept.
        var states = InWindow(call).Reverse().TakeWhile(kept.Contains).Reverse().ToList();
        var span = states.Count < 2 ? TimeSpan.Zero : states[^1].At - states[0].At;
        var figures = states.Count == 0 ? "the last reading shows little that is free" : $"{SizeWords.Size(states[0].FreeBytes!.Value)} free at {Assessment.AssessmentWords.Clock(states[0].At)}, {SizeWords.Size(states[^1].FreeBytes!.Value)} {SizeWords.Length(span)} later";
        return CheckResult.Of(span >= call.Time("time"), figures, Source(InWindow(call)[^1])) with { Metric = SizeWords.Length(span) };
    }

    private static CheckResult Below(CheckCall call)
    {
        var c = call.Case;
        if (InWindow(call) is not [.., var state] || (call.Text("of") == "held" ? state.HeldBytes : state.InUseBytes) is not { } bytes) return CheckResult.Unknown(None);
        var at = Courses.NearestIndex(c, state.At);
        if (!(c.Rss[at] > 0)) return CheckResult.Unknown("the snapshots print no RSS");
        var figures = $"{state.Name}: {SizeWords.Size(bytes)} {(call.Text("of") == "held" ? "held" : "in use")}, RSS {SizeWords.Size((long)c.Rss[at])} at {c.Number(c.From + at)}";
        if (call.Has("covers"))
        {
            var addresses = (state.RetainedBytes ?? 0) + state.Keys.Where(k => k.Key == "mapped").Sum(k => k.Value);
            var needed = Courses.Of(c, [call.Metric("covers")], [])?[at] ?? double.NaN;
            if (!(addresses >= needed)) return CheckResult.Of(false, $"{figures}; its addresses, {SizeWords.Size(addresses)}, are too few for {SizeWords.Size((long)needed)} of {call.Metric("covers").SmapsName()}", Source(state));
        }
        return CheckResult.Of(bytes <= call.Share("most") * c.Rss[at], figures, Source(state)) with { Metric = GrowthChecks.Percent(bytes / c.Rss[at]) };
    }

    private static CheckResult RetainedExplains(CheckCall call)
    {
        var c = call.Case;
        var states = InWindow(call).Where(s => s.RetainedBytes is not null).ToList();
        if (states.Count < 2) return CheckResult.Unknown("figures of the allocator at two moments are needed");
        var size = Courses.Of(c, [Metric.Size], [])!;
        var (retained, grown) = (states[^1].RetainedBytes!.Value - states[0].RetainedBytes!.Value, size[Courses.NearestIndex(c, states[^1].At)] - size[Courses.NearestIndex(c, states[0].At)]);
        if (grown <= 0) return CheckResult.Of(false, "address space does not grow between the readings", Source(states[^1]));
        return CheckResult.Of(retained >= call.Share("least") * grown, $"retained {SizeWords.Size(states[0].RetainedBytes!.Value)} → {SizeWords.Size(states[^1].RetainedBytes!.Value)}, address space {GrowthChecks.Signed((long)grown)}", Source(states[^1])) with { Metric = GrowthChecks.Percent(retained / grown) };
    }

    private static CheckResult NmtFlat(CheckCall call)
    {
        var c = call.Case;
        var readings = Nmt(c, "Total");
        if (readings.Count < 2 || Courses.Of(c, [Metric.Rss], call.Categories("category")) is not { } series)
            return call.Has("or-grows") && c.Grows ? CheckResult.Of(true, $"{c.Snapshots.Summary} What the JVM counts itself was not asked.", c.SnapshotSource()) : CheckResult.Unknown(NoNmt);
        var values = readings.Select(r => series[Courses.NearestIndex(c, r.At)]).ToList();
        var top = Enumerable.Range(1, readings.Count - 1).MaxBy(i => values[i]);
        var (risen, counted) = (values[top] - values[0], readings[top].Value - readings[0].Value);
        var figures = $"{GrowthChecks.Names(call.Categories("category"))} {GrowthChecks.Signed((long)risen)}, committed by the JVM's own count {GrowthChecks.Signed((long)counted)}";
        return CheckResult.Of(risen > 0 && counted <= call.Share("most") * risen, figures, NmtSource) with { Metric = GrowthChecks.Signed((long)counted), Curve = CaseFacts.Curve([.. readings.Select(r => r.Value)]) };
    }

    private static CheckResult NmtGrows(CheckCall call)
    {
        var c = call.Case;
        var readings = Nmt(c, call.Text("name")!);
        if (readings.Count < 2) return CheckResult.Unknown(NoNmt);
        // Up to where RSS is highest: what was given back later is another matter.
        var values = readings.Select(r => c.Rss[Courses.NearestIndex(c, r.At)]).ToList();
        var top = Enumerable.Range(1, readings.Count - 1).MaxBy(i => values[i]);
        var (counted, rss) = (readings[top].Value - readings[0].Value, values[top] - values[0]);
        var figures = $"{call.Text("name")} {SizeWords.Size((long)readings[0].Value)} → {SizeWords.Size((long)readings[top].Value)}, RSS {GrowthChecks.Signed((long)rss)}";
        return CheckResult.Of(rss > 0 && counted >= call.Share("least") * rss, figures, NmtSource) with { Metric = rss > 0 ? GrowthChecks.Percent(counted / rss) : null, Curve = CaseFacts.Curve([.. readings.Select(r => r.Value)]) };
    }

    private static List<FigureReading> Nmt(CaseFacts c, string label) =>
        [.. FigureCourses.In(c, "jvm-nmt").Where(f => f.Label == label && f.Bytes.ContainsKey("committed")).Select(f => new FigureReading(f.At, f.Bytes["committed"]))];

    /// <summary>States of the allocator in the window and shortly behind it, oldest first.</summary>
    private static IReadOnlyList<AllocatorState> InWindow(CheckCall call)
    {
        var c = call.Case;
        return c.Count == 0 ? [] : [.. AllocatorChecks.States(c, call.Texts("allocator")).Where(s => s.At >= c.Track.Points[c.From].TakenAt.AddSeconds(-1))];
    }

    private static EvidenceSource NmtSource => new(EvidenceKind.Figures, "native memory tracking, snapshots");

    private static EvidenceSource Source(AllocatorState s) => new(EvidenceKind.Figures, string.Create(CultureInfo.InvariantCulture, $"{s.Name}, {Assessment.AssessmentWords.Clock(s.At)}"));
}
