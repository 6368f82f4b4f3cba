using System.Globalization;
using System.Text;
using MemScope.Core.Formats.Framing;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class FramingTests
{
    private const string Mapping = "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n";
    private const string Smaps = Mapping + "Size:                  4 kB\nRss:                   4 kB\nVmFlags: rd wr \n";
    private const string Status = "Name:\tworker\nPid:\t77\nVmRSS:\t       4 kB\n";
    private const string Pmap = "77:   ./worker\nAddress           Kbytes     RSS   Dirty Mode  Mapping\n00007f0000000000       4       4       0 rw---   [ anon ]\n---------------- ------- ------- ------- \ntotal kB               4       4       0\n";

    [Theory]
    [InlineData("=== 2026-11-20T15:30:19.662684063+00:00 pid=22654", "2026-11-20T15:30:19.6626840Z", 22654)]
    [InlineData("=== 2026-11-20T15:30:19+01:00 ===", "2026-11-20T14:30:19Z", null)]
    [InlineData("Fri Nov 20 15:30:19 UTC 2026", "2026-11-20T15:30:19Z", null)]
    [InlineData("Sat Nov  7 15:30:19 UTC 2026", "2026-11-07T15:30:19Z", null)]
    [InlineData("Fri Nov 20 03:30:19 PM UTC 2026", "2026-11-20T15:30:19Z", null)]
    [InlineData("Fri Nov 20 12:30:19 AM CET 2026", "2026-11-19T23:30:19Z", null)]
    [InlineData("Fri 20 Nov 2026 03:30:19 PM CET", "2026-11-20T14:30:19Z", null)]
    [InlineData("2026-11-20 15:30:19,662", "2026-11-20T15:30:19.6620000Z", null)]
    [InlineData("2026-11-20T15:30:19Z", "2026-11-20T15:30:19Z", null)]
    [InlineData("2026-11-20T10:30:19-0500", "2026-11-20T15:30:19Z", null)]
    [InlineData("1795188619", "2026-11-20T15:30:19Z", null)]
    [InlineData("1795188619.25", "2026-11-20T15:30:19.2500000Z", null)]
    [InlineData("1795188619662", "2026-11-20T15:30:19.6620000Z", null)]
    [InlineData("1795188619662684063", "2026-11-20T15:30:19.6626840Z", null)]
    [InlineData("# 1795188619 PID 12", "2026-11-20T15:30:19Z", 12)]
    [InlineData("--- 2026-11-20T15:30:19Z after the restart ---", "2026-11-20T15:30:19Z", null)]
    public void A_line_that_says_when_is_understood(string line, string utc, int? pid)
    {
        var time = TimeLine.Parse(Encoding.ASCII.GetBytes(line));
        Assert.NotNull(time);
        Assert.Equal((DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture), pid), (time.At, time.Pid));
    }

    [Theory]
    [InlineData("2026-11-20T15:30:19Z something happened")]
    [InlineData("1795188619 1 2 3")]
    [InlineData("Fri Nov 31 15:30:19 UTC 2026")]
    [InlineData("2026-13-20T15:30:19Z")]
    [InlineData("99999999999")]
    [InlineData("0000000000")]
    [InlineData("Rss:                   4 kB")]
    [InlineData("00007f0000000000       4K rw---   [ anon ]")]
    public void Another_line_is_no_time(string line) => Assert.Null(TimeLine.Parse(Encoding.ASCII.GetBytes(line)));

    [Theory]
    [InlineData("Fri Nov 20 15:30:19 IST 2026")]
    [InlineData("2026-11-20 15:30:19")]
    public void A_zone_that_is_not_known_is_reported(string line)
    {
        var parsed = Reading.Of(line + "\n" + Smaps);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 15, 30, 19, TimeSpan.Zero), parsed.Snapshots.Single().TakenAt);
        Assert.Contains(parsed.Diagnostics, d => d is { Id: "FRAME002", Line: 1 });
    }

    [Fact]
    public void Date_status_smaps_and_pmap_in_one_text_carry_the_time_above()
    {
        var parsed = Reading.Of($"1795188619\n{Status}{Smaps}{Pmap}1795188620\n{Status}{Smaps}{Pmap}");

        Assert.Equal("mixed", parsed.Format);
        Assert.Equal([(SnapshotSource.Smaps, 19), (SnapshotSource.PmapExtended, 19), (SnapshotSource.Smaps, 20), (SnapshotSource.PmapExtended, 20)],
            parsed.Snapshots.Select(s => (s.Source, s.TakenAt!.Value.Second)));
        Assert.All(parsed.Snapshots, s => Assert.Equal((77, 4096), (s.Process.Pid, s.RssBytes)));
        Assert.Equal([19, 20], parsed.Figures.Select(f => f.TakenAt!.Value.Second));
        Assert.All(parsed.Figures, f => Assert.Equal((77, "worker", 4096L), (f.Process.Pid, f.Process.Comm, f.Bytes["VmRSS"])));
        Assert.Empty(parsed.Diagnostics);
    }

    [Fact]
    public void Times_behind_the_blocks_belong_to_the_blocks_above()
    {
        var parsed = Reading.Of($"{Smaps}1795188619\n{Smaps}1795188620\n");
        Assert.Equal([19, 20], parsed.Snapshots.Select(s => s.TakenAt!.Value.Second));
        Assert.Contains(parsed.Diagnostics, d => d.Id == "FRAME005");
    }

    [Fact]
    public void A_second_snapshot_below_one_time_line_has_no_time()
    {
        var parsed = Reading.Of($"1795188619\n{Smaps}{Smaps.Replace("7f0000", "7e0000", StringComparison.Ordinal)}");
        Assert.Equal([true, false], parsed.Snapshots.Select(s => s.TakenAt is not null));
        Assert.Contains(parsed.Diagnostics, d => d is { Id: "FRAME006", Line: 6 });
    }

    [Fact]
    public void Each_process_below_one_time_line_has_that_time()
    {
        var parsed = Reading.Of("1795188619\n" + Pmap + Pmap.Replace("77:", "78:", StringComparison.Ordinal));
        Assert.Equal([77, 78], parsed.Snapshots.Select(s => s.Process.Pid ?? 0));
        Assert.All(parsed.Snapshots, s => Assert.NotNull(s.TakenAt));
    }

    [Fact]
    public void Addresses_that_begin_anew_begin_another_snapshot()
    {
        var first = Smaps + Smaps.Replace("7f0000", "7f0001", StringComparison.Ordinal);
        var parsed = Reading.Of(first + first);
        Assert.Equal([2, 2], parsed.Snapshots.Select(s => s.Vmas.Count));
    }

    [Fact]
    public void Text_around_the_blocks_is_reported_by_line()
    {
        var parsed = Reading.Of($"$ cat /proc/77/smaps\n{Smaps}cat: /proc/78/smaps: Permission denied\nbye\n");
        Assert.Single(parsed.Snapshots);
        Assert.Equal([("FRAME001", 1), ("FRAME004", 6), ("FRAME001", 7)], parsed.Diagnostics.Select(d => (d.Id, d.Line)));
    }

    [Fact]
    public void A_message_between_two_mappings_does_not_end_the_snapshot()
    {
        var parsed = Reading.Of($"{Smaps}Lost 3 events\n{Smaps.Replace("7f0000", "7f0001", StringComparison.Ordinal)}");
        Assert.Equal(2, Assert.Single(parsed.Snapshots).Vmas.Count);
        Assert.Contains(parsed.Diagnostics, d => d is { Id: "FRAME001", Line: 5 });
    }

    [Fact]
    public void Windows_line_ends_and_byte_order_marks_change_nothing()
    {
        var text = $"1795188619\n{Status}{Smaps}{Pmap}";
        var expected = Dump(Encoding.UTF8.GetBytes(text));
        var crlf = text.ReplaceLineEndings("\r\n");

        Assert.Equal(expected, Dump([0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(text)]));
        Assert.Equal(expected, Dump([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)]));
        Assert.Equal(expected, Dump([.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text)]));
        Assert.Equal(WithoutOffsets(expected), WithoutOffsets(Dump(Encoding.UTF8.GetBytes(crlf))));

        static string Dump(byte[] file)
        {
            var dump = new StringWriter();
            MemScope.Core.Formats.ModelDump.Write(Reading.Of(file).Parsed, dump);
            return dump.ToString();
        }

        static string WithoutOffsets(string dump) => string.Join('\n', dump.Split('\n').Select(l => l.Split(", at byte ")[0]));
    }

    [Fact]
    public void Only_a_text_with_windows_line_ends_loses_its_carriage_returns()
    {
        var lines = new LineReader("a\nb\r\n"u8);
        Assert.True(lines.Next() && lines.Next());
        Assert.True(lines.Line.SequenceEqual("b\r"u8));
    }

    [Fact]
    public void A_line_longer_than_the_limit_is_skipped_and_reported()
    {
        var parsed = Reading.Of(Smaps + new string('x', 70_000) + "\n");
        Assert.Single(parsed.Snapshots);
        Assert.Contains(parsed.Diagnostics, d => d is { Id: "FRAME003", Line: 5 });
    }
}
