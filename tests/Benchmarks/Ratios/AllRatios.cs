using System.Text.Json;
using MemScope.Tests;

namespace MemScope.Benchmarks.Ratios;

/// <summary>All ratios that are measured: <c>./memscope bench ratio [NAME…]</c>.</summary>
internal static class AllRatios
{
    /// <summary>34 snapshots of 20,000 mappings, 0.5 GB, one directly behind the other.</summary>
    private static readonly RatioInput Smaps = new("smaps.txt", path => SmapsText.Write(path, snapshots: 34, mappings: 20_000, withTimes: false));

    /// <summary>The same, a time line above each.</summary>
    private static readonly RatioInput TimedSmaps = new("smaps-times.txt", path => SmapsText.Write(path, snapshots: 34, mappings: 20_000, withTimes: true));

    /// <summary>Page faults of a program with stacks of 25 frames, 0.45 GB.</summary>
    private static readonly RatioInput PerfSamples = new("perf-samples.txt", path => PerfText.Write(path, "deep.txt.gz", 450L << 20));

    /// <summary>Beginnings and ends of memory calls with short stacks, 0.3 GB.</summary>
    private static readonly RatioInput PerfCalls = new("perf-calls.txt", path => PerfText.Write(path, "raw-mmap-leak.txt.gz", 300L << 20));

    /// <summary>47.9 million events of heaptrack.</summary>
    private static readonly RatioInput Heaptrack = new("heaptrack.txt", HeaptrackText.Write);

    /// <summary>The registry.</summary>
    public static IReadOnlyList<Ratio> All { get; } =
    [
        new("smaps-wc", Smaps, Parse, new("wc", "-l", "{input}"), Target: 0.40, Accept: 0.25, HoldsAllMappings),
        new("smaps-times-wc", TimedSmaps, Parse, new("wc", "-l", "{input}"), Target: 0.40, Accept: 0.25, HoldsAllMappings),
        new("smaps-grep", Smaps, Parse, new("grep", "-c", "^Rss", "{input}"), Target: 1, Accept: 1, (ours, peer) => Same("mappings", Mappings(ours), long.Parse(peer, null))),
        new("smaps-mawk", Smaps, Parse, new("mawk", "/^[0-9a-f]+-/ { name = $6 } /^Rss:/ { by[name] += $2 } END { for (n in by) sum += by[n]; printf \"%.0f\\n\", sum }", "{input}"), Target: 5, Accept: 3, (ours, peer) => Same("Rss in kB", RssKiB(ours), long.Parse(peer, null))),
        new("smaps-psutil", Smaps, Parse, new("/usr/bin/python3", Script("psutil-smaps.py"), "{input}"), Target: 40, Accept: 20, (ours, peer) => Same("Rss in kB", RssKiB(ours), long.Parse(peer, null))),
        new("perf-collapse", PerfSamples, Fold, Collapse, Target: 10, Accept: 5, SameLines),
        new("perf-calls-collapse", PerfCalls, Fold, Collapse, Target: 10, Accept: 5, TwoSamplesPerCall),
        new("perf-wc", PerfSamples, Fold, new("wc", "-l", "{input}"), Target: 0.12, Accept: 0.06, (_, _) => null),
        new("perf-calls-wc", PerfCalls, Fold, new("wc", "-l", "{input}"), Target: 0.12, Accept: 0.06, (_, _) => null),
        new("heaptrack-print", Heaptrack, Parse, new("heaptrack_print", "-f", "{input}"), Target: 3, Accept: 1.5, SaysWhatHeaptrackPrintSays),
        // Without its lists: the summary only, which still needs both of its passes.
        new("heaptrack-summary", Heaptrack, Parse, new("heaptrack_print", "-f", "{input}", "-p0", "-a0", "-T0", "-l0"), Target: 3, Accept: 1.5, SaysWhatHeaptrackPrintSays),
    ];

    private static CommandLine Fold => new("dotnet", AgentDll, "parse", "--folded", "{input}");

    /// <summary>FlameGraph's script where it is on the path, else one written to its documentation.</summary>
    public static CommandLine Collapse => new("perl", OnPath("stackcollapse-perf.pl") ?? Script("collapse-equivalent.pl"), "{input}");

    private static string? OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);

    /// <summary>Whether two outputs are equal, and else where they differ first.</summary>
    public static string? SameLines(string ours, string peers) => ours == peers ? null : FirstDifference(ours, peers);

    /// <summary>A call is two samples, its beginning and its end, where nothing was lost.</summary>
    public static string? TwoSamplesPerCall(string ours, string peers) =>
        SameLines(string.Concat(ours.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => FormattableString.Invariant($"{l[..l.LastIndexOf(' ')]} {2 * long.Parse(l.AsSpan(l.LastIndexOf(' ')), null)}\n"))), peers);

    private static string FirstDifference(string ours, string peers)
    {
        var (a, b) = (ours.Split('\n'), peers.Split('\n'));
        var at = Enumerable.Range(0, Math.Min(a.Length, b.Length)).FirstOrDefault(i => a[i] != b[i]);
        return $"{a.Length - 1} and {b.Length - 1} lines; ours \"{a[at]}\", the peer's \"{b[at]}\"";
    }

    private static CommandLine Parse => new("dotnet", AgentDll, "parse", "{input}");

    /// <summary>The agent as <c>./memscope parse</c> starts it.</summary>
    public static string AgentDll => Path.Combine(Fixtures.RepositoryRoot, "src", "MemScope.Agent", "bin", "Release", "net10.0", "linux-x64", "ahead", "MemScope.Agent.dll");

    /// <summary>A script that lies beside this file.</summary>
    private static string Script(string name) => Path.Combine(Fixtures.RepositoryRoot, "tests", "Benchmarks", "Ratios", name);

    /// <summary>wc counts lines, which no report of ours does: that nothing was left out is seen by the mappings.</summary>
    private static string? HoldsAllMappings(string ours, string peer) => Same("mappings", Mappings(ours), 34 * 20_000);

    private static long Mappings(string report)
    {
        using var json = JsonDocument.Parse(report);
        var root = json.RootElement;
        return root.GetProperty("diagnostics").GetArrayLength() > 0 ? -1 : root.GetProperty("snapshots").GetInt64() * root.GetProperty("regions").GetInt64();
    }

    private static long RssKiB(string report)
    {
        using var json = JsonDocument.Parse(report);
        return json.RootElement.GetProperty("rssBytes").EnumerateArray().Sum(r => r.GetInt64()) / 1024;
    }

    /// <summary>Peak and leaked bytes to the digits that heaptrack_print prints.</summary>
    private static string? SaysWhatHeaptrackPrintSays(string ours, string peer)
    {
        using var json = JsonDocument.Parse(ours);
        var root = json.RootElement;
        var said = (Peak: Said("peak heap memory consumption: "), Leaked: Said("total memory leaked: "));
        var read = (Peak: HeaptrackBytes(root.GetProperty("peakBytes").GetInt64()), Leaked: HeaptrackBytes(root.GetProperty("liveBytes").GetInt64()));
        return said == read && root.GetProperty("diagnostics").GetArrayLength() == 0 ? null : $"ours {read} with {root.GetProperty("diagnostics")}, the peer {said}";

        string Said(string key) => peer.Split('\n').Single(l => l.StartsWith(key, StringComparison.Ordinal))[key.Length..];
    }

    /// <summary>As heaptrack_print writes bytes: decimal units, two digits behind the point.</summary>
    private static string HeaptrackBytes(double bytes)
    {
        var unit = 0;
        for (; bytes > 1000 && unit < 4; unit++) bytes /= 1000;
        return bytes.ToString(unit == 0 ? "F0" : "F2", System.Globalization.CultureInfo.InvariantCulture) + "BKMGT"[unit];
    }

    private static string? Same(string what, long ours, long peers) => ours == peers ? null : $"{what}: ours {ours}, the peer {peers}";
}
