using System.Globalization;
using System.Text;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Every real case in several formats: the last snapshot of each was taken while the process held still, so that all of them show the same.</summary>
public sealed class FormatsAgreeTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static readonly string[] Names = [.. Fixtures.Cases, "odd-maps"];

    public static TheoryData<string> Cases => [.. Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_last_snapshot_has_the_same_mappings_in_every_format(string name)
    {
        var facts = MappingFact.Of(Fixtures.Members("cases", name, "smaps.tar.gz").Last().Text);
        var smaps = Reading.OfCase(name, "smaps.tar.gz").Parsed.Snapshots[^1];
        var maps = Reading.OfCase(name, "maps.tar.gz").Parsed.Snapshots[^1];
        var extended = Reading.OfCase(name, "pmap-x.log.gz").Parsed.Snapshots[^1];
        var keys = Reading.OfCase(name, "pmap-X.log.gz").Parsed.Snapshots[^1];
        var all = Single(name, "pmap-XX.*");
        var plain = Single(name, "pmap.0*");

        foreach (var snapshot in new[] { smaps, maps, extended, keys, all, plain }) Assert.Equal(facts.Select(f => f.Place), MappingFact.PlacesOf(snapshot));
        foreach (var snapshot in new[] { smaps, maps }) Assert.Equal(facts.Select(f => f.FullName), MappingFact.NamesOf(snapshot));
        foreach (var snapshot in new[] { keys, all }) Assert.Equal(facts.Select(f => f.KeyLayoutName), MappingFact.NamesOf(snapshot));
        foreach (var snapshot in new[] { extended, plain }) Assert.Equal(facts.Select(f => f.BaseName), MappingFact.NamesOf(snapshot));
        foreach (var snapshot in new[] { smaps, extended, keys, all }) Assert.Equal(facts.Select(f => f.RssKiB ?? -1), snapshot.Vmas.Column(Metric.Rss).ToArray());
        foreach (var snapshot in new[] { maps, plain }) Assert.Null(snapshot.RssBytes);
        foreach (var snapshot in new[] { maps, keys, all })
            Assert.Equal(Offsets(smaps), Offsets(snapshot));
        Assert.Equal(smaps.Vmas.FlagsColumn.ToArray(), all.Vmas.FlagsColumn.ToArray());
        output.WriteLine($"{name}: {facts.Count} mappings, {facts.Sum(f => f.RssKiB)} KiB resident, in six formats");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_total_line_of_each_pmap_x_is_the_sum_of_what_was_read(string name)
    {
        var blocks = Blocks(name, "pmap-x.log.gz");
        var snapshots = Reading.OfCase(name, "pmap-x.log.gz").Parsed.Snapshots;
        Assert.Equal(blocks.Count, snapshots.Count);
        foreach (var (lines, snapshot) in blocks.Zip(snapshots))
        {
            var stated = Numbers(lines.Single(l => l.StartsWith("total kB", StringComparison.Ordinal)));
            // A mapping that was printed again counts once here and twice in pmap's total.
            var rows = lines.Where(l => l.Length > 16 && l[..16].All(char.IsAsciiHexDigitLower)).Select(l => l.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries)).ToList();
            var repeated = rows.GroupBy(r => r[0]).SelectMany(g => g.SkipLast(1)).ToList();
            for (var i = 0; i < 3; i++) stated[i] -= repeated.Sum(r => long.Parse(r[i + 1], CultureInfo.InvariantCulture));
            Assert.Equal(stated, [(long)snapshot.VirtualBytes / 1024, snapshot.RssBytes!.Value / 1024, snapshot.Vmas.SumBytes(Metric.Dirty)!.Value / 1024]);
        }
        output.WriteLine($"{name}: {blocks.Count} total lines");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_total_line_of_pmap_with_keys_is_the_sum_where_the_process_held_still(string name)
    {
        var blocks = Blocks(name, "pmap-X.log.gz");
        var parsed = Reading.OfCase(name, "pmap-X.log.gz").Parsed;
        var equal = 0;
        foreach (var (lines, snapshot) in blocks.Zip(parsed.Snapshots)) equal += Totals(lines).All(t => snapshot.Vmas.SumBytes(t.Metric) == t.KiB * 1024) ? 1 : 0;
        var last = Totals(blocks[^1]).ToList();
        Assert.All(last, t => Assert.Equal(t.KiB * 1024, parsed.Snapshots[^1].Vmas.SumBytes(t.Metric)));
        Assert.True(last.Count > 10);
        // The totals come from a first reading of the process, the rows from a second: the others are reported one by one.
        Assert.InRange(blocks.Count - equal, 0, parsed.Diagnostics.Where(d => d.Id is "PMAP002" or "PMAP009").Sum(d => d.Count));
        output.WriteLine($"{name}: {equal} of {blocks.Count} total lines equal the sums");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_total_lines_of_the_single_outputs_are_the_sums_of_what_was_read(string name)
    {
        foreach (var path in Files(name, "pmap.0*").Concat(Files(name, "pmap-XX.*")))
        {
            var text = Encoding.Latin1.GetString(Fixtures.Unzipped("cases", name, Path.GetFileName(path))).TrimEnd('\n').Split('\n');
            var parsed = Reading.OfCase(name, Path.GetFileName(path)).Parsed;
            var snapshot = Assert.Single(parsed.Snapshots);
            if (text[^1].StartsWith(" total", StringComparison.Ordinal)) Assert.Equal(long.Parse(text[^1].Split(' ')[^1][..^1], CultureInfo.InvariantCulture), (long)snapshot.VirtualBytes / 1024);
            else if (parsed.Diagnostics.Count == 0) Assert.All(Totals([.. text]), t => Assert.Equal(t.KiB * 1024, snapshot.Vmas.SumBytes(t.Metric)));
            Assert.DoesNotContain(parsed.Complaints(), d => d.Id != "PMAP009");
        }
    }

    /// <summary>
    /// The rule of the known drift: the files of one snapshot are read one after the other, so Rss differs by what the process did in between and not at all while it holds still. Pss is rounded down in each mapping and
    /// only once in the rollup, which therefore has more, by less than a KiB for each mapping.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_rollup_is_the_sum_within_its_known_drift(string name)
    {
        var smaps = Reading.OfCase(name, "smaps.tar.gz").Parsed.Snapshots;
        var rollup = Reading.OfCase(name, "smaps_rollup.tar.gz").Parsed.Figures;
        var drift = smaps.Zip(rollup, (s, r) => (r.Bytes["Rss"] - s.RssBytes!.Value) / 1024).ToList();

        Assert.Equal(0, drift[^1]);
        Assert.InRange(rollup[^1].Bytes["Pss"] - smaps[^1].Vmas.SumBytes(Metric.Pss)!.Value, 0, (smaps[^1].Vmas.Count * 1024) - 1);
        foreach (var metric in new[] { Metric.PrivateDirty, Metric.PrivateClean, Metric.SharedClean, Metric.SharedDirty, Metric.Anonymous, Metric.LazyFree, Metric.Swap, Metric.AnonHugePages })
            Assert.Equal(rollup[^1].Bytes[metric.SmapsName()], smaps[^1].Vmas.SumBytes(metric));
        output.WriteLine($"{name}: {drift.Count(d => d == 0)} of {drift.Count} rollups equal the sum of smaps, the others differ by {drift.Min()} to {drift.Max()} KiB");
        Assert.True(drift.Count(d => d == 0) * 2 > drift.Count);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Status_counts_the_same_pages_while_the_process_holds_still(string name)
    {
        var smaps = Reading.OfCase(name, "smaps.tar.gz").Parsed.Snapshots;
        var status = Reading.OfCase(name, "status.tar.gz").Parsed.Figures;
        var drift = smaps.Zip(status, (s, f) => (f.Bytes["VmRSS"] - s.RssBytes!.Value) / 1024).ToList();

        Assert.All(status, f => Assert.Equal(f.Bytes["VmRSS"], f.Bytes["RssAnon"] + f.Bytes["RssFile"] + f.Bytes["RssShmem"]));
        // Its counters are batched by CPU: a few pages are allowed.
        Assert.InRange(drift[^1], -64, 64);
        output.WriteLine($"{name}: {drift.Count(d => d == 0)} of {drift.Count} VmRSS equal the sum of smaps, the others differ by {drift.Min()} to {drift.Max()} KiB");
    }

    private static Snapshot Single(string name, string pattern) => Assert.Single(Reading.OfCase(name, Path.GetFileName(Files(name, pattern)[^1])).Parsed.Snapshots);

    private static List<string> Files(string name, string pattern) => [.. Directory.GetFiles(Fixtures.PathOf("cases", name), pattern).Order(StringComparer.Ordinal)];

    private static IEnumerable<(ulong, uint, uint, ulong)> Offsets(Snapshot snapshot) =>
        Enumerable.Range(0, snapshot.Vmas.Count).Select(i => snapshot.Vmas[i]).Select(v => (v.Offset, v.DeviceMajor, v.DeviceMinor, v.Inode));

    private static List<List<string>> Blocks(string name, string log)
    {
        var blocks = new List<List<string>>();
        foreach (var line in Encoding.Latin1.GetString(Fixtures.Unzipped("cases", name, log)).TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("===", StringComparison.Ordinal) && line.Contains("pid=", StringComparison.Ordinal)) blocks.Add([]);
            else blocks[^1].Add(line);
        }
        return blocks;
    }

    /// <summary>The totals of -X or -XX by key, but for those that add up page sizes and flags.</summary>
    private static IEnumerable<(Metric Metric, long KiB)> Totals(List<string> lines) =>
        lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Metrics.Parse).OfType<Metric>().Zip(Numbers(lines[^1]))
            .Where(t => t.First is not (Metric.KernelPageSize or Metric.MmuPageSize or Metric.ThpEligible));

    private static List<long> Numbers(string line) => [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w.All(char.IsAsciiDigit)).Select(w => long.Parse(w, CultureInfo.InvariantCulture))];
}
