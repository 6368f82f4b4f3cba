using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>Small wire records to render. Every name in them comes from a hostile process.</summary>
internal static class Samples
{
    /// <summary>What must never become an element.</summary>
    public const string Hostile = "<img src=x onerror=alert(1)>";

    public static readonly Guid ProcessId = Guid.Parse("01a1fba8-75aa-7f2a-afab-375737fe48fb");
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 15, 40, 59, TimeSpan.Zero);

    public static ProcessWire Process(string comm = "ucx_leak", string kind = "leak") =>
        new(ProcessId, "debian12", 32305, comm, "ucx_leak 30", Start, new Dictionary<string, string>(StringComparer.Ordinal), 91, Start, Start.AddSeconds(90.2), 51_376_128, 432_029,
            new AssessmentWire(kind, false, "anonymous", "Memory grows by 24.7 MiB/min in a straight line."))
        {
            Sources = ["smaps"],
            RssSparkline = [12_580 << 10, 30_000 << 10, 50_172 << 10],
        };

    public static WindowWire Window(int from = 1, int to = 91, bool whole = true) => new("smaps", from, to, Start, Start.AddSeconds(90.2), to - from + 1, whole);

    public static RegionWire Region(long rssKiB = 41_836, long changeKiB = 37_592, string name = "", string category = "anonymous", string shape = "linear") =>
        new(Guid.CreateVersion7(), category, name, "rw-p", "7f1f5f925000", "7f1f62200000", rssKiB << 10, rssKiB << 10, changeKiB * 1024 / 90.2, shape, Start, null,
            [new RegionChangeWire("born", 1, Start, name, true)])
        {
            RssChangeBytes = changeKiB << 10,
            PssBytes = rssKiB << 10,
            PrivateDirtyBytes = rssKiB << 10,
            Anchor = "end fixed, start slides down",
            Alive = true,
            ChangeCount = 1,
            RssSparkline = [1 << 20, 2 << 20, 3 << 20],
        };

    public static RegionsWire Regions(params RegionWire[] items) => new(Window(), items, null)
    {
        Matching = items.Length,
        All = items.Length,
        RssBytes = items.Sum(r => r.RssBytes ?? 0),
        RssChangeBytes = items.Sum(r => r.RssChangeBytes),
        VirtualBytes = items.Sum(r => r.VirtualBytes),
    };

    public static GrowthWire Growth(string key, long rssKiB, long changeKiB) => new(key, rssKiB << 10, changeKiB << 10, changeKiB * 1024 / 90.2, changeKiB * 1000 / 90.2, changeKiB * 1050 / 90.2, 0.99997, "linear", 4);

    public static SnapshotWire Snapshot(int number, long rssKiB) =>
        new(number, Start.AddSeconds(number), Guid.CreateVersion7(), 74, rssKiB << 10, rssKiB << 10, 0, rssKiB << 10, new Dictionary<string, long>(StringComparer.Ordinal)) { Source = "smaps" };

    public static OverviewWire Overview(params RegionWire[] growers) =>
        new(Process(), Window(), Growth("total", 50_172, 37_592), [Growth("anonymous", 42_004, 37_592), Growth("heap", 140, 0), Growth("shared", 4_168, 0), Growth("file-text", 3_860, 0)], growers,
            "Memory grows by 24.7 MiB/min in a straight line.")
        {
            Last = Snapshot(91, 50_172),
            PrivateDirtyBytes = 46_592 << 10,
            UnchangedRegions = 72,
            UnchangedRssBytes = 8_336 << 10,
        };

    public static DiffRowWire DiffRow(string state, long baseKiB, long currentKiB, string category = "anonymous", string name = "") =>
        new(state, Guid.CreateVersion7(), category, name, Sizes(baseKiB), Sizes(currentKiB), Sizes(currentKiB - baseKiB))
        {
            BaseRange = baseKiB == 0 ? null : "7f1f6072a000-7f1f62200000",
            CurrentRange = currentKiB == 0 ? null : "7f1f5fdc5000-7f1f62200000",
            Words = name,
        };

    public static DiffWire Diff(params DiffRowWire[] rows) =>
        new(Snapshot(56, KiB(rows, r => r.Base)), Snapshot(79, KiB(rows, r => r.Current)), new DiffTotalWire(Sizes(KiB(rows, r => r.Base)), Sizes(KiB(rows, r => r.Current)), Sizes(KiB(rows, r => r.Delta))), rows)
        {
            Answer = "One region grew by 9.39 MiB in 23 s.",
        };

    /// <summary>Two processes: A leaks, B does not.</summary>
    public static CompareWire Compare(params DiffRowWire[] rows)
    {
        var diff = Diff(rows) with
        {
            BaseProcess = new(ProcessId, "debian12", 32305, Hostile), CurrentProcess = new(Guid.Empty, "debian12", 14773, Hostile), Metrics = ["rss", "virtual", "mappings"], AllRows = rows.Length, Matching = rows.Length,
            States = rows.CountBy(r => r.State).ToDictionary(), Notes = [Hostile],
        };
        CompareRateWire leak = new(432_029, 431_000, 433_000) { Shape = "linear" }, none = new(0, 0, 0) { Shape = "flat" };
        return new(new(Process(Hostile), Window(), new([0, 45, 90], [12 << 20, 30 << 20, 49 << 20])), new(Process("fixed"), Window(1, 46), new([0, 45], [12 << 20, 12 << 20])), diff,
            [new("total", leak, none, new(-432_029, -433_000, -431_000), true), new("anonymous", leak, none, new(-432_029, -433_000, -431_000), true)], "B has 36.8 MiB less RSS than A. A grows by 24.7 MiB/min, B does not.");
    }

    /// <summary>What two processes have of one kind.</summary>
    public static DiffRowWire PairRow(string state, long baseKiB, long currentKiB, string category = "file-text", string name = "/usr/lib/libc.so.6", string match = "name") =>
        DiffRow(state, baseKiB, currentKiB, category, name) with { RegionId = null, BaseRange = null, CurrentRange = null, Match = match, BaseNames = baseKiB == 0 ? [] : [name], CurrentNames = currentKiB == 0 ? [] : [name], Perms = "r-xp" };

    public static FrameWire Frame(string? function, string? module = "/opt/ucx/lib/libucs.so.0", string? offset = "36ced", bool gap = false) =>
        new(function, "rcache.c", 244, module, "0e23ab09331c45c0", offset, false, function is null ? "no-symbols" : null) { GapAfter = gap };

    public static CallchainsWire Chains(string weight, params CallchainWire[] chains) =>
        new(weight, chains.Sum(c => c.Bytes), 0.236, new Dictionary<string, long>(StringComparer.Ordinal), chains);

    public static SeriesWire Series(params double[] values) =>
        new("smaps", "rss", ["anonymous", "shared"], ["anonymous", "shared"], [.. values.Select((_, i) => i + 1)], [.. values.Select((_, i) => Start.AddSeconds(i).ToUnixTimeMilliseconds() * 1.0)],
            [values, [.. values.Select(_ => 4.0 * (1 << 20))]], false);

    private static long KiB(DiffRowWire[] rows, Func<DiffRowWire, DiffSizesWire> of) => rows.Sum(r => of(r).RssBytes ?? 0) >> 10;

    private static DiffSizesWire Sizes(long kib) => new(kib << 10, kib << 10, kib << 10);
}
