using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>The looped pmap logs of real processes.</summary>
public sealed partial class CasePmapTests
{
    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_snapshot_of_pmap_x_sums_to_the_columns_of_its_text(string name)
    {
        var blocks = Blocks(Fixtures.Unzipped("cases", name, "pmap-x.log.gz")).ConvertAll(RowsByAddress);
        var parsed = Reading.OfCase(name, "pmap-x.log.gz").Parsed;

        Assert.Equal("pmap", parsed.Format);
        Assert.All(parsed.Snapshots, s => Assert.Equal(SnapshotSource.PmapExtended, s.Source));
        Assert.Equal(blocks.Select(b => b.Sum(w => Bytes(w[1]))), parsed.Snapshots.Select(s => (long)s.VirtualBytes));
        Assert.Equal(blocks.Select(b => b.Sum(w => Bytes(w[2]))), parsed.Snapshots.Select(s => s.RssBytes ?? -1));
        Assert.Equal(blocks.Select(b => b.Sum(w => Bytes(w[3]))), parsed.Snapshots.Select(s => s.Vmas.SumBytes(Metric.Dirty) ?? -1));
        Assert.Equal(blocks.Select(b => b.Count), parsed.Snapshots.Select(s => s.Vmas.Count));
        Assert.DoesNotContain(parsed.Complaints(), d => d.Id != "PMAP009");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_snapshot_with_all_keys_sums_to_the_columns_of_its_text(string name)
    {
        var blocks = Blocks(Fixtures.Unzipped("cases", name, "pmap-X.log.gz")).ConvertAll(RowsByAddress);
        var parsed = Reading.OfCase(name, "pmap-X.log.gz").Parsed;

        Assert.All(parsed.Snapshots, s => Assert.Equal(SnapshotSource.PmapFields, s.Source));
        Assert.Equal(blocks.Select(b => b.Sum(w => Bytes(w[5]))), parsed.Snapshots.Select(s => (long)s.VirtualBytes));
        Assert.Equal(blocks.Select(b => b.Sum(w => Bytes(w[6]))), parsed.Snapshots.Select(s => s.RssBytes ?? -1));
        Assert.Equal(blocks.Select(b => b.Sum(w => Bytes(w[7]))), parsed.Snapshots.Select(s => s.Vmas.SumBytes(Metric.Pss) ?? -1));
        Assert.DoesNotContain(parsed.Complaints(), d => d.Id != "PMAP009");
    }

    [Theory]
    [InlineData("plateau", 1)]
    [InlineData("glibc-fragmentation", 1)]
    [InlineData("raw-mmap-leak", 0)]
    public void A_mapping_that_grew_while_it_was_read_counts_once(string name, int repeated)
    {
        var parsed = Reading.OfCase(name, "pmap-x.log.gz").Parsed;

        Assert.Equal(repeated, parsed.Diagnostics.Count(d => d.Id == "PMAP009"));
        Assert.All(parsed.Snapshots, s => Assert.All(Enumerable.Range(1, s.Vmas.Count - 1), i => Assert.True(s.Vmas[i - 1].End <= s.Vmas[i].Start)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Time_and_process_come_from_the_line_above(string name)
    {
        var times = Encoding.Latin1.GetString(Fixtures.Unzipped("cases", name, "pmap-x.log.gz")).Split('\n').Where(l => l.StartsWith("===", StringComparison.Ordinal))
            .Select(l => DateTimeOffset.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture)).ToList();
        var snapshots = Reading.OfCase(name, "pmap-x.log.gz").Parsed.Snapshots;

        // .NET rounds the ninth digit to 100 ns; the reader cuts it.
        Assert.All(snapshots.Zip(times), p => Assert.InRange((p.First.TakenAt!.Value - p.Second).Ticks, -1, 1));
        Assert.Equal(times.Count, snapshots.Count);
        Assert.All(snapshots, s => Assert.True(s is { TimeOrigin: TimeOrigin.InFile, Process.Pid: > 0, Process.CommandLine.Length: > 0 }));
    }

    private static long Bytes(string kib) => long.Parse(kib, CultureInfo.InvariantCulture) * 1024;

    private static List<List<string>> Blocks(byte[] log)
    {
        var blocks = new List<List<string>>();
        foreach (var line in Encoding.Latin1.GetString(log).Split('\n'))
        {
            if (line.StartsWith("===", StringComparison.Ordinal) && line.Contains("pid=", StringComparison.Ordinal)) blocks.Add([]);
            else blocks[^1].Add(line);
        }
        return blocks;
    }

    /// <summary>The words of each mapping; of two at one address the later, for it was printed again because it grew.</summary>
    private static List<string[]> RowsByAddress(List<string> lines) =>
        lines.Where(l => Row().IsMatch(l)).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).GroupBy(w => w[0]).Select(g => g.Last()).ToList();

    [GeneratedRegex("^ *[0-9a-f]{9,16} +([0-9]+ +[0-9]+|[-rwxsp]{4}) ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();
}
