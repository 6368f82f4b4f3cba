using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>The smaps series of real processes.</summary>
public sealed class CaseSmapsTests
{
    public static TheoryData<string> Cases => [.. Fixtures.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_snapshot_sums_to_the_Rss_lines_of_its_text(string name)
    {
        var texts = Fixtures.Members("cases", name, "smaps.tar.gz").ToList();
        var parsed = Reading.OfCase(name, "smaps.tar.gz").Parsed;

        Assert.Equal("smaps", parsed.Format);
        Assert.Equal(texts.Select(t => Reading.SumOfKey(t.Text, "Rss")), parsed.Snapshots.Select(s => s.RssBytes ?? -1));
        Assert.Equal(texts.Select(t => Reading.SumOfKey(t.Text, "Pss")), parsed.Snapshots.Select(s => s.Vmas.SumBytes(Metric.Pss) ?? -1));
        Assert.Equal(texts.Select(t => Reading.SumOfKey(t.Text, "Size")), parsed.Snapshots.Select(s => (long)s.VirtualBytes));
        Assert.Empty(parsed.Complaints());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Number_and_time_come_from_the_member_names(string name)
    {
        var names = Fixtures.Members("cases", name, "smaps.tar.gz").Select(m => Path.GetFileNameWithoutExtension(m.Name).Split('_')).ToList();
        var snapshots = Reading.OfCase(name, "smaps.tar.gz").Parsed.Snapshots;

        Assert.Equal(names.Select(n => int.Parse(n[0], System.Globalization.CultureInfo.InvariantCulture)), snapshots.Select(s => s.SeriesNumber ?? -1));
        Assert.Equal(names.Select(n => n[1]), snapshots.Select(s => FormattableString.Invariant($"{s.TakenAt!.Value.ToUnixTimeMilliseconds() / 1000m:F3}")));
        Assert.All(snapshots, s => Assert.Equal(TimeOrigin.MemberName, s.TimeOrigin));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Maps_status_and_rollup_of_the_series_are_read(string name)
    {
        var smaps = Reading.OfCase(name, "smaps.tar.gz").Parsed.Snapshots;
        var maps = Reading.OfCase(name, "maps.tar.gz").Parsed;
        var status = Reading.OfCase(name, "status.tar.gz").Parsed;
        var rollup = Reading.OfCase(name, "smaps_rollup.tar.gz").Parsed;

        Assert.Equal(smaps.Count, maps.Snapshots.Count);
        Assert.All(maps.Snapshots, s => Assert.Equal(SnapshotSource.Maps, s.Source));
        Assert.All(maps.Snapshots, s => Assert.Null(s.RssBytes));
        Assert.Equal(smaps.Count, status.Figures.Count);
        Assert.All(status.Figures, f => Assert.True(f.Process is { Pid: > 0, Comm.Length: > 0 } && f.Bytes["VmRSS"] > 0));
        Assert.Equal(Fixtures.Members("cases", name, "smaps_rollup.tar.gz").Select(m => Reading.SumOfKey(m.Text, "Rss")), rollup.Figures.Select(f => f.Bytes["Rss"]));
        Assert.Empty(maps.Complaints().Concat(status.Complaints()).Concat(rollup.Complaints()));
    }
}
