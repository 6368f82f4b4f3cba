using System.Globalization;
using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class KernelTests
{
    private const long Page = 4096;

    [Fact]
    public void A_stat_names_the_process_whose_name_holds_blanks_and_parentheses()
    {
        var figures = Assert.Single(OfFixture("stat", "odd-name.stat").Figures);
        var line = TextOf("stat", "odd-name.stat").TrimEnd();
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ').Prepend("").Prepend("").Prepend("").ToArray();
        Assert.Equal(("stat", int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture), "odd ) name("), (figures.Kind, figures.Process.Pid, figures.Process.Comm));
        Assert.Equal(ulong.Parse(fields[22], CultureInfo.InvariantCulture), figures.Process.StartTicks);
        Assert.Equal(Number(fields[23]), figures.Bytes["vsize"]);
        Assert.Equal(Number(fields[24]) * Page, figures.Bytes["rss"]);
        Assert.False(figures.Bytes.ContainsKey("rsslim"));
        Assert.Equal((Number(fields[10]), Number(fields[12]), Number(fields[47])), (figures.Counts["minflt"], figures.Counts["majflt"], figures.Counts["start_brk"]));
    }

    [Fact]
    public void Stat_and_statm_agree_with_the_status_of_the_same_process()
    {
        var status = OfFixture("stat", "witness.status").Figures.Single().Bytes;
        var stat = OfFixture("stat", "odd-name.stat").Figures.Single().Bytes;
        var statm = OfFixture("statm", "odd-name.statm").Figures.Single().Bytes;
        Assert.Equal((status["VmSize"], status["VmSize"]), (stat["vsize"], statm["size"]));
        Assert.Equal(status["VmRSS"], statm["resident"]);
        // stat reads the counters without what each CPU has not added yet.
        Assert.InRange(stat["rss"], status["VmRSS"] - (64 * Page), status["VmRSS"] + (64 * Page));
        Assert.Equal(status["VmData"] + status["VmStk"], statm["data"]);
    }

    [Fact]
    public void A_loop_gives_each_line_the_time_above_it_and_the_page_size_is_said_to_be_assumed()
    {
        var parsed = OfFixture("stat", "times.log");
        Assert.Equal(["stat", "statm", "stat", "statm", "stat", "statm"], parsed.Figures.Select(f => f.Kind));
        Assert.Equal(3, parsed.Figures.Select(f => f.TakenAt).Distinct().Count());
        Assert.All(parsed.Figures, f => Assert.True(f is { TakenAt.Year: 2026, TimeOrigin: TimeOrigin.InFile, Process.Pid: not null }));
        Assert.Equal("KERNEL001", Assert.Single(parsed.Diagnostics).Id);
    }

    [Fact]
    public void Meminfo_is_kept_key_by_key_and_huge_pages_are_counts()
    {
        var lines = TextOf("meminfo", "machine.meminfo.txt").TrimEnd().Split('\n').Select(l => l.Split(':', StringSplitOptions.TrimEntries)).ToList();
        var figures = Assert.Single(OfFixture("meminfo", "machine.meminfo.txt").Figures);
        Assert.Equal(lines.Count, figures.Bytes.Count + figures.Counts.Count);
        Assert.All(lines, l => Assert.Equal(Number(l[1].Split(' ')[0]) * (l[1].EndsWith("kB", StringComparison.Ordinal) ? 1024 : 1), l[1].EndsWith("kB", StringComparison.Ordinal) ? figures.Bytes[l[0]] : figures.Counts[l[0]]));
        Assert.True(figures.Counts.ContainsKey("HugePages_Total") && figures.Bytes.ContainsKey("Active(anon)"));
        Assert.Equal(3, OfFixture("meminfo", "times.log").Figures.Select(f => f.TakenAt).OfType<DateTimeOffset>().Distinct().Count());
    }

    [Fact]
    public void Vmstat_counts_pages_as_bytes_and_events_as_they_are()
    {
        var lines = TextOf("vmstat", "machine.vmstat.txt").TrimEnd().Split('\n').Select(l => l.Split(' ')).ToDictionary(l => l[0], l => Number(l[1]));
        var figures = Assert.Single(OfFixture("vmstat", "machine.vmstat.txt").Figures);
        Assert.Equal(lines.Count, figures.Bytes.Count + figures.Counts.Count);
        Assert.Equal((lines["nr_free_pages"] * Page, lines["nr_kernel_stack"] * 1024, lines["pgfault"]), (figures.Bytes["nr_free_pages"], figures.Bytes["nr_kernel_stack"], figures.Counts["pgfault"]));
        Assert.Equal(lines["nr_dirtied"], figures.Counts["nr_dirtied"]);
    }

    [Fact]
    public void A_memory_stat_of_cgroup_v1_is_bytes_but_for_its_counters()
    {
        var figures = Assert.Single(OfFixture("cgroup", "v1.memory.stat").Figures);
        var lines = TextOf("cgroup", "v1.memory.stat").TrimEnd().Split('\n').Select(l => l.Split(' ')).ToDictionary(l => l[0], l => l[1]);
        Assert.Equal(("cgroup", Number(lines["total_rss"]), Number(lines["cache"])), (figures.Kind, figures.Bytes["total_rss"], figures.Bytes["cache"]));
        Assert.Equal((Number(lines["total_pgfault"]), Number(lines["pgpgin"])), (figures.Counts["total_pgfault"], figures.Counts["pgpgin"]));
        // 2^63 less a page: no limit.
        Assert.False(figures.Bytes.ContainsKey("hierarchical_memory_limit"));
        Assert.Equal(lines.Count - 2, figures.Bytes.Count + figures.Counts.Count);
    }

    [Theory]
    [InlineData("v1.grep.txt")]
    [InlineData("v1.head.txt")]
    public void A_dump_of_a_cgroups_folder_is_read_in_each_shape(string file)
    {
        var parsed = OfFixture("cgroup", file);
        var figures = Assert.Single(parsed.Figures);
        Assert.Equal("cgroup", parsed.Format);
        Assert.Equal("/sys/fs/cgroup/memory", figures.Label);
        var text = TextOf("cgroup", file).Split('\n');
        long Of(string name) => Number(file == "v1.grep.txt" ? text.Single(l => l.Contains(name + ":", StringComparison.Ordinal)).Split(':')[1] : text[Array.FindIndex(text, l => l.Contains(name + " <==", StringComparison.Ordinal)) + 1]);
        Assert.Equal(Of("/memory.usage_in_bytes"), figures.Bytes["memory.usage_in_bytes"]);
        Assert.Equal(Of("/memory.max_usage_in_bytes"), figures.Bytes["memory.max_usage_in_bytes"]);
        Assert.Equal((0, 0), (figures.Counts["memory.failcnt"], figures.Counts["memory.oom_control.oom_kill"]));
        Assert.True(figures.Bytes["total_rss"] > 0);
        Assert.Empty(parsed.Complaints());
    }

    [Fact]
    public void A_file_of_one_number_is_known_by_its_name_only()
    {
        var usage = Fixtures.Bytes("cgroup", "memory.usage_in_bytes");
        var figures = Assert.Single(Reading.Of(usage, "x/memory.usage_in_bytes").Parsed.Figures);
        Assert.Equal(("x", Number(Encoding.ASCII.GetString(usage).Trim())), (figures.Label, figures.Bytes["memory.usage_in_bytes"]));
        Assert.Equal("unknown-format", Reading.Refused(usage).Code);
        Assert.Equal("unknown-format", Reading.Refused(usage, "readme.txt").Code);
    }

    /// <summary>cgroup v2 after Documentation/admin-guide/cgroup-v2.rst: no memory controller is mounted that way here.</summary>
    [Fact]
    public void Files_of_cgroup_v2_are_read_and_a_limit_of_max_is_no_number()
    {
        const string dump = """
            /sys/fs/cgroup/a.slice:cri:1/memory.current:734003200
            /sys/fs/cgroup/a.slice:cri:1/memory.events:low 0
            /sys/fs/cgroup/a.slice:cri:1/memory.events:oom_kill 3
            /sys/fs/cgroup/a.slice:cri:1/memory.max:1073741824
            /sys/fs/cgroup/a.slice:cri:1/memory.numa_stat:anon N0=1 N1=2
            /sys/fs/cgroup/a.slice:cri:1/memory.pressure:some avg10=0.12 avg60=0.00 avg300=0.00 total=4711
            /sys/fs/cgroup/a.slice:cri:1/memory.pressure:full avg10=0.00 avg60=0.00 avg300=0.00 total=11
            /sys/fs/cgroup/a.slice:cri:1/memory.stat:anon 629145600
            /sys/fs/cgroup/a.slice:cri:1/memory.stat:file 4096
            /sys/fs/cgroup/a.slice:cri:1/memory.stat:pgfault 77
            /sys/fs/cgroup/a.slice:cri:1/memory.swap.max:max
            """;
        var parsed = Reading.Of(dump);
        var figures = Assert.Single(parsed.Figures);
        Assert.Equal("/sys/fs/cgroup/a.slice:cri:1", figures.Label);
        Assert.Equal((734003200, 1073741824, 629145600), (figures.Bytes["memory.current"], figures.Bytes["memory.max"], figures.Bytes["anon"]));
        Assert.Equal((3, 77, 4711, 11), (figures.Counts["memory.events.oom_kill"], figures.Counts["pgfault"], figures.Counts["memory.pressure.some.total_us"], figures.Counts["memory.pressure.full.total_us"]));
        Assert.False(figures.Bytes.ContainsKey("memory.swap.max"));
        Assert.Equal("KERNEL004", Assert.Single(parsed.Diagnostics).Id);
    }

    [Fact]
    public void A_file_of_pressure_is_read_and_that_of_another_resource_is_not_taken_for_memorys()
    {
        var pressure = Fixtures.Bytes("cgroup", "memory.pressure");
        Assert.True(Assert.Single(Reading.Of(pressure, "memory.pressure").Parsed.Figures).Counts.ContainsKey("memory.pressure.some.total_us"));
        Assert.Equal("no-data", Reading.Refused(pressure, "io.pressure").Code);
    }

    [Fact]
    public void Cgroups_of_one_dump_stay_apart_and_a_second_dump_begins_anew()
    {
        const string dump = "a/memory.current:1\nb/memory.current:2\na/memory.max:max\na/memory.peak:9\na/memory.current:3\n";
        var figures = Reading.Of(dump).Figures;
        Assert.Equal([("a", 1), ("a", 3), ("b", 2)], figures.Select(f => (f.Label, f.Bytes["memory.current"])));
        Assert.Equal(9, figures[0].Bytes["memory.peak"]);
    }

    [Theory]
    [InlineData("1 2 3 4 5 6 7\n")]
    [InlineData("730 439 412 5 0 89\n")]
    [InlineData("cache 5\n")]
    [InlineData("1 (init) S\n")]
    [InlineData("main;work 5\nmain;idle 7\n")]
    [InlineData("file 1\nline 2\ncolumn 3\nword 4\n")]
    [InlineData("memory.txt\nsome other words\n")]
    public void Numbers_alone_are_none_of_these(string text) =>
        Assert.DoesNotContain(InputFormats.Sniff(Encoding.ASCII.GetBytes(text))?.Slug, new[] { "stat", "statm", "meminfo", "vmstat", "cgroup" });

    /// <summary>The text holds each kind of block twice; stat stands below pmap too, under the same time.</summary>
    [Fact]
    public void Between_mappings_and_status_they_are_read_as_well()
    {
        var parsed = Reading.Of(Fixtures.Bytes("mixed", "everything.txt.gz"), "everything.txt.gz").Parsed;
        Assert.Equal("mixed", parsed.Format);
        // maps repeat what the smaps of the same moment hold, and are left out.
        Assert.Equal(["smaps", "pmap -x", "smaps", "pmap -x"], parsed.Snapshots.Select(s => s.Source.Text()));
        Assert.Equal(["status", "stat", "statm", "meminfo", "stat", "vmstat", "cgroup", "status", "stat", "statm", "meminfo", "stat", "vmstat", "cgroup"], parsed.Figures.Select(f => f.Kind));
        var pid = parsed.Figures[0].Process.Pid;
        Assert.All(parsed.Figures, f => Assert.Equal(pid, f.Process.Pid));
        Assert.All(parsed.Snapshots.Where(s => s.Source == SnapshotSource.Smaps), s => Assert.Equal(parsed.Figures[1].Process.StartTicks, s.Process.StartTicks));
        var text = Encoding.UTF8.GetString(Fixtures.Unzipped("mixed", "everything.txt.gz")).Split('\n');
        Assert.Equal(text.Count(l => l.StartsWith("Size:", StringComparison.Ordinal)), parsed.Snapshots.Where(s => s.Source == SnapshotSource.Smaps).Sum(s => s.Vmas.Count));
        Assert.Equal(text.Where(l => l.StartsWith("MemTotal:", StringComparison.Ordinal)).Select(l => Number(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024), parsed.Figures.Where(f => f.Kind == "meminfo").Select(f => f.Bytes["MemTotal"]));
        Assert.Equal(parsed.Figures[0].Bytes["VmRSS"], parsed.Figures[2].Bytes["resident"]);
        Assert.All(parsed.Figures.Where(f => f.Kind == "cgroup"), f => Assert.Equal("/sys/fs/cgroup/memory", f.Label));
        // The second stat below one time line has no time of its own.
        Assert.Equal([2, 2], [parsed.Diagnostics.Count(d => d.Id == "FRAME006"), parsed.Figures.Count(f => f.TakenAt is null)]);
        Assert.DoesNotContain(parsed.Diagnostics, d => d.Id is "KERNEL002" or "FRAME001");
    }

    private static ParsedCapture OfFixture(string folder, string file) => Reading.Of(Fixtures.Bytes(folder, file), file).Parsed;

    private static string TextOf(string folder, string file) => Encoding.UTF8.GetString(Fixtures.Bytes(folder, file));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
