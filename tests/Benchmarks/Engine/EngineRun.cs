using System.Diagnostics;
using System.Globalization;
using MemScope.Core;
using MemScope.Core.Analysis.Diff;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Tests;

namespace MemScope.Benchmarks.Engine;

/// <summary>
/// <c>./memscope bench engine [--pairs N] [--quick] [--server DLL] [NAME…]</c>: what MemScope's store, answers and ingest are measured against, in one run: a row per mapping in the same PostgreSQL, SQL over
/// it, gzipped text, and a server that only unpacks. Then the same at four times the size.
/// </summary>
internal static class EngineRun
{
    private const int LeastPairs = 5;
    private static readonly string[] Names = ["store", "growth", "diff", "merge", "ingest", "four", "stages"];

    /// <summary>Measures and prints.</summary>
    /// <returns>0, or 1 when a figure is not accepted or answers differ.</returns>
    public static async Task<int> StartAsync(string[] arguments)
    {
        var (names, size, pairs, server) = (new List<string>(), EngineSize.Full, 0, IngestBench.ServerDll);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is "--pairs" && i + 1 < arguments.Length) pairs = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
            else if (arguments[i] is "--server" && i + 1 < arguments.Length) server = arguments[++i];
            else if (arguments[i] is "--quick") size = EngineSize.Quick;
            else names.Add(arguments[i]);
        }
        if (names.Find(n => !Names.Contains(n)) is { } unknown)
        {
            Console.Error.WriteLine($"There is no figure {unknown}. Known are: {string.Join(", ", Names)}.");
            return 2;
        }
        var report = new EngineReport(pairs > 0 ? pairs : size == EngineSize.Quick ? 1 : LeastPairs, judges: size != EngineSize.Quick);
        EngineReport.Begin($"{DateTime.UtcNow:yyyy-MM-dd}, commit {Commit()}, {Environment.ProcessorCount} cores, medians of {report.Pairs} pairs, {size}");
        await using (var store = await EngineStore.StartAsync())
        {
            var chosen = names.Count == 0 ? Names : [.. names];
            if (chosen.Contains("store") || chosen.Contains("growth") || chosen.Contains("four")) await StoreAndGrowthAsync(store, report, size, chosen);
            if (chosen.Contains("diff")) await DiffAsync(store, report, size);
            if (chosen.Contains("merge")) Merge(report, size);
            if (chosen.Contains("four")) await FourAsync(store, report, size);
            if (chosen.Contains("ingest")) Ingest(report, size, server, withFour: chosen.Contains("four"));
            if (chosen.Contains("stages")) await IngestStages.PrintAsync(store, size.Regions, size == EngineSize.Quick ? 1 : 10);
        }
        return report.IsGood ? 0 : 1;
    }

    /// <summary>Stored bytes of a region in a snapshot, and the growth of every region.</summary>
    private static async Task StoreAndGrowthAsync(EngineStore store, EngineReport report, EngineSize size, string[] chosen)
    {
        var process = await store.LoadAsync(new SyntheticProcess(1, size.Regions), size.Snapshots, withText: true);
        await store.WriteRowsAsync(process, GrowthBench.Table, GrowthBench.Index);
        var sightings = (double)size.Snapshots * size.Regions;
        if (chosen.Contains("store"))
        {
            var blocks = await store.NumberAsync("SELECT pg_total_relation_size('snapshot') + pg_total_relation_size('snapshot_block') + pg_total_relation_size('region')") / sightings;
            var rows = await store.NumberAsync($"SELECT pg_table_size('{GrowthBench.Table}')") / sightings;
            var gzip = process.GzipBytes / size.Regions;
            report.Add(Size("stored bytes per region and snapshot: rows", blocks, rows, 50, 25));
            report.Add(Size("the same: gzip -6 of the smaps text", blocks, gzip, 8, 4));
        }
        if (!chosen.Contains("growth")) return;
        var bench = new GrowthBench(store, process);
        if (await bench.DifferenceAsync() is { } difference) report.Say("growth of every region", $"the answers differ: {difference}", isBad: true);
        await report.CompareAsync("growth of every region, track in memory: SQL GROUP BY", bench.WarmAsync, bench.SqlAsync, 30, 10);
        await report.CompareAsync("the same, nothing in memory", bench.ColdAsync, bench.SqlAsync, null, null);
    }

    private static EngineFigure Size(string name, double ours, double peer, double target, double accept)
    {
        var ratio = peer / ours;
        return new EngineFigure(name, string.Create(CultureInfo.InvariantCulture, $"{ours:f2} B"), string.Create(CultureInfo.InvariantCulture, $"{peer:f1} B"), ratio, ratio, ratio, target, accept);
    }

    private static async Task DiffAsync(EngineStore store, EngineReport report, EngineSize size)
    {
        var process = await store.LoadAsync(new SyntheticProcess(2, size.DiffRegions), 2);
        await store.WriteRowsAsync(process, DiffBench.Table, DiffBench.Index);
        var bench = new DiffBench(store, process);
        var (ours, warm, peers) = (await bench.ColdAsync(), await bench.WarmAsync(), await bench.SqlAsync());
        if (ours != peers || warm != peers) report.Say("diff of two snapshots", $"the answers differ: {ours}, in SQL {peers}", isBad: true);
        await report.CompareAsync($"diff of two snapshots of {size.DiffRegions} regions, from the blocks: SQL FULL JOIN", bench.ColdAsync, bench.SqlAsync, 2.5, 1.5);
        await report.CompareAsync("the same, track in memory", bench.WarmAsync, bench.SqlAsync, null, null);
    }

    /// <summary>Comparing two snapshots in memory.</summary>
    private static void Merge(EngineReport report, EngineSize size)
    {
        var regions = size.DiffRegions * 3;
        var process = new SyntheticProcess(3, regions);
        var first = new TrackPoint(1, EngineStore.Begin, process.Table());
        process.Advance();
        var track = Track.Build(Guid.Empty, SnapshotSource.Smaps, [first, new TrackPoint(2, EngineStore.Begin + EngineStore.Step, process.Table())]);
        const int Runs = 40;
        var times = new double[Runs];
        for (var i = -Runs; i < Runs; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            SnapshotDiffer.Compare(track, 0, 1);
            if (i >= 0) times[i] = Stopwatch.GetElapsedTime(begin).TotalNanoseconds / regions;
        }
        var median = EngineReport.Median(times);
        report.Add(new EngineFigure($"diff of two tables of {regions} rows in memory, ns per region", string.Create(CultureInfo.InvariantCulture, $"{median:f0} ns"), "50 ns", median, times.Min(), times.Max(), 50, null, MoreIsBetter: false));
    }

    /// <summary>What four times the data costs.</summary>
    private static async Task FourAsync(EngineStore store, EngineReport report, EngineSize size)
    {
        await CostsAsync(store, report, size, size.Snapshots, size.Regions, 0.05); // brings the code to its speed
        var one = await CostsAsync(store, report, size, size.Snapshots, size.Regions, 0.05);
        var more = await CostsAsync(store, report, size, size.Snapshots * 4, size.Regions, 0.05);
        var wider = await CostsAsync(store, report, size, size.Snapshots, size.Regions * 4, 0.05);
        var calmer = await CostsAsync(store, report, size, size.Snapshots, size.Regions, 0.0125);
        foreach (var ((name, before), after, wide) in one.Zip(more, wider))
        {
            report.Add(Cost($"{name}, 4 times the snapshots", before, after.Ms));
            report.Add(Cost($"{name}, 4 times the regions", before, wide.Ms));
        }
        report.Add(Cost("growth in memory, a quarter of the changes", one[1].Ms, calmer[1].Ms) with { Target = null, Accept = null });
    }

    private static EngineFigure Cost(string name, double before, double after) =>
        new(name, EngineReport.Ms(after), EngineReport.Ms(before), after / before, after / before, after / before, 4.4, 5, MoreIsBetter: false);

    private static async Task<List<(string Name, double Ms)>> CostsAsync(EngineStore store, EngineReport report, EngineSize size, int snapshots, int regions, double changed)
    {
        var begin = Stopwatch.GetTimestamp();
        var process = await store.LoadAsync(new SyntheticProcess(4, regions, changed, changed * 0.04), snapshots);
        var store1 = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        var growth = new GrowthBench(store, process);
        var diff = new DiffBench(store, await store.LoadAsync(new SyntheticProcess(5, size.DiffRegions * regions / size.Regions), 2));
        return
        [
            ("storing (with the generator)", store1), ("growth in memory", await report.MedianAsync(growth.WarmAsync)), ("growth, nothing in memory", await report.MedianAsync(growth.ColdAsync)),
            ("diff from the blocks", await report.MedianAsync(diff.ColdAsync)),
        ];
    }

    private static void Ingest(EngineReport report, EngineSize size, string server, bool withFour)
    {
        if (!File.Exists(server))
        {
            report.Say("ingest", $"not measured: {server} is not built", isBad: false);
            return;
        }
        double cpu;
        using (var bench = new IngestBench(server, size.Regions, size.LoadTime)) cpu = bench.Measure(report, size.WarmUps);
        if (!withFour) return;
        using (var bench = new IngestBench(server, size.Regions * 4, size.LoadTime)) report.Add(Cost("CPU of an upload, 4 times the mappings", cpu, bench.Cpu(report.Pairs, size.WarmUps)));
    }

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Fixtures.RepositoryRoot, "describe", "--always", "--dirty", "--exclude=*"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return git.StandardOutput.ReadToEnd().Trim();
    }
}

/// <summary>How much is measured.</summary>
/// <param name="Snapshots">Snapshots of the process whose growth is asked for.</param>
/// <param name="Regions">Its mappings.</param>
/// <param name="DiffRegions">Mappings of the process that is compared.</param>
/// <param name="LoadTime">How long uploads are sent in each run.</param>
/// <param name="WarmUps">Most runs before the first that is measured: the runtime compiles what runs often again.</param>
internal sealed record EngineSize(int Snapshots, int Regions, int DiffRegions, TimeSpan LoadTime, int WarmUps)
{
    /// <summary>What docs/performance.md states.</summary>
    public static EngineSize Full { get; } = new(2000, 3000, 20_000, TimeSpan.FromSeconds(3), 60);

    /// <summary>Small enough for a test that all of it works.</summary>
    public static EngineSize Quick { get; } = new(70, 200, 400, TimeSpan.FromSeconds(0.2), 0);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Snapshots} snapshots of {Regions} regions");
}
