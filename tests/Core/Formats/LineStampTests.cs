using System.Globalization;
using System.Text;
using MemScope.Core;
using MemScope.Core.Formats;
using MemScope.Core.Formats.Framing;
using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>Texts in front of whose every line a logger put the time.</summary>
public sealed class LineStampTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 15, 3, 24, TimeSpan.Zero);
    private static readonly DateTimeOffset Received = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-11-20T15:03:24 ")]
    [InlineData("2026-11-20T15:03:24Z ")]
    [InlineData("2026-11-20T16:03:24+01:00 ")]
    [InlineData("2026-11-20 15:03:24\t")]
    [InlineData("[2026-11-20 15:03:24] ")]
    [InlineData("[2026-11-20T15:03:24.000] ")]
    [InlineData("Nov 20 15:03:24 ")]
    [InlineData("[Nov 20 15:03:24] ")]
    [InlineData("Nov 20 15:03:24 db-3 snapshot.sh[4711]: ")]
    [InlineData("2026-11-20T15:03:24.000000000Z stdout F ")]
    [InlineData("1795187004.000 ")]
    [InlineData("Fri Nov 20 15:03:24 UTC 2026 ")]
    public void Every_format_is_read_as_it_was_before(string stamp)
    {
        foreach (var (folder, file, slug) in (ReadOnlySpan<(string, string, string)>)[("smaps", "odd-maps.smaps.txt.gz", "smaps"), ("smaps", "odd-maps.maps.txt", "maps"), ("status", "odd-maps.status.txt", "status"),
            ("pmap", "odd-maps.pmap.txt.gz", "pmap"), ("pmap", "odd-maps.pmap-all-fields.txt.gz", "pmap"), ("pmap", "sleep.pmap-d.txt", "pmap"), ("pmap", "two-processes.pmap-x.txt", "pmap"), ("smaps", "odd-maps.smaps_rollup.txt", "smaps-rollup")])
        {
            var text = Plain(folder, file);
            var parsed = Read(Stamped(text, _ => stamp)).Parsed;
            var plain = Reading.Of(text).Parsed;

            Assert.Equal(slug, parsed.Format);
            Assert.All(parsed.Snapshots, s => Assert.Equal((At, TimeOrigin.InFile), (s.TakenAt, s.TimeOrigin)));
            Assert.All(parsed.Figures, f => Assert.Equal(At, f.TakenAt));
            Assert.Equal(Dump(plain), Dump(parsed));
            Assert.Equal(plain.Diagnostics.Select(d => (d.Id, d.Line)), parsed.Diagnostics.Where(d => !d.Id.StartsWith("FRAME00", StringComparison.Ordinal)).Select(d => (d.Id, d.Line)));
            Assert.Contains(parsed.Diagnostics, d => d.Id == "FRAME007");
        }
    }

    [Fact]
    public void Each_block_has_the_time_of_its_first_line()
    {
        var second = 0;
        var log = Encoding.Latin1.GetString(Fixtures.Unzipped("cases", "plateau", "pmap-x.log.gz")).Split('\n').Where(l => !l.StartsWith("===", StringComparison.Ordinal)).ToList();
        var text = string.Join('\n', log.Select(l => $"{At.AddSeconds(second += l.Contains(":   /", StringComparison.Ordinal) ? 1 : 0):yyyy-MM-ddTHH:mm:ssZ} {l}"));
        var snapshots = Read(Encoding.Latin1.GetBytes(text)).Parsed.Snapshots;
        var expected = Reading.OfCase("plateau", "pmap-x.log.gz").Parsed.Snapshots;

        Assert.Equal(expected.Select(s => s.RssBytes), snapshots.Select(s => s.RssBytes));
        Assert.Equal(Enumerable.Range(1, expected.Count).Select(i => (DateTimeOffset?)At.AddSeconds(i)), snapshots.Select(s => s.TakenAt));
    }

    [Fact]
    public void Snapshots_of_smaps_end_where_the_addresses_begin_anew()
    {
        var smaps = Plain("smaps", "odd-maps.smaps.txt.gz");
        byte[] log = [.. Stamped(smaps, _ => "2026-11-20T15:03:24Z "), .. Stamped(smaps, i => i < 200 ? "2026-11-20T15:03:34Z " : "2026-11-20T15:03:35Z ")];
        var snapshots = Read(log).Parsed.Snapshots;

        Assert.Equal([At, At.AddSeconds(10)], snapshots.Select(s => s.TakenAt!.Value));
        Assert.Equal(Reading.SumOfKey(smaps, "Rss"), snapshots[1].RssBytes);
        Assert.Equal(log.Length / 2, snapshots[1].ByteOffset);
    }

    [Fact]
    public void Times_of_the_script_go_before_those_of_the_logger()
    {
        var smaps = Plain("smaps", "odd-maps.maps.txt");
        var parsed = Read(Stamped([.. "=== 2026-11-20T12:00:00Z pid=77\n"u8, .. smaps], _ => "2026-11-20T15:03:24Z ")).Parsed;
        Assert.Equal((At.AddHours(-3).AddMinutes(-3).AddSeconds(-24), 77), (parsed.Snapshots.Single().TakenAt, parsed.Snapshots[0].Process.Pid));
    }

    [Fact]
    public void A_diagnostic_names_the_line_of_the_file()
    {
        var text = Encoding.Latin1.GetString(Plain("pmap", "sleep.pmap-d.txt")).Split('\n').ToList();
        text.Insert(10, "broken");
        var parsed = Read(Stamped(Encoding.Latin1.GetBytes(string.Join('\n', text)), _ => "1795187004 ")).Parsed;
        Assert.Contains(parsed.Diagnostics, d => d is { Id: "FRAME001" or "PMAP001", Line: 11 });
    }

    [Theory]
    [InlineData("Nov 20 15:03:24", "2026-11-21T09:00:00Z", "2026-11-20T15:03:24Z")]
    [InlineData("Dec 31 23:59:59", "2026-01-01T00:10:00Z", "2025-12-31T23:59:59Z")]
    [InlineData("Jan  1 00:00:01.5", "2026-01-01T00:10:00Z", "2026-01-01T00:00:01.5Z")]
    [InlineData("Feb 29 12:00:00", "2026-11-21T09:00:00Z", "2024-02-29T12:00:00Z")]
    [InlineData("Nov 21 10:00:00", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z")]
    [InlineData("23:50:00", "2026-11-21T09:00:00Z", "2026-11-20T23:50:00Z")]
    [InlineData("08:59:59", "2026-11-21T09:00:00Z", "2026-11-21T08:59:59Z")]
    [InlineData("00:10:00", "2026-11-20T23:30:00Z", "2026-11-21T00:10:00Z")]
    public void A_missing_year_or_date_is_that_of_the_receipt(string stamp, string received, string expected)
    {
        var parsed = Read(Stamped(Plain("smaps", "odd-maps.maps.txt"), _ => stamp + " "), DateTimeOffset.Parse(received, CultureInfo.InvariantCulture)).Parsed;
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), parsed.Snapshots.Single().TakenAt);
        Assert.Contains(parsed.Diagnostics, d => d is { Id: "FRAME008", Severity: Severity.Warning });
    }

    [Fact]
    public void Without_a_receipt_such_times_are_none()
    {
        var parsed = Reading.Of(Stamped(Plain("smaps", "odd-maps.maps.txt"), _ => "Nov 20 15:03:24 ")).Parsed;
        Assert.Null(parsed.Snapshots.Single().TakenAt);
        Assert.Contains(parsed.Diagnostics, d => d.Id == "FRAME008");
    }

    [Fact]
    public void Nine_of_ten_lines_must_have_the_stamp()
    {
        var text = Plain("smaps", "odd-maps.maps.txt");
        Assert.NotNull(LineStamp.Detect(Stamped(text, i => i % 11 == 5 ? "" : "1795187004 ")));
        Assert.Null(LineStamp.Detect(Stamped(text, i => i % 9 == 5 ? "" : "1795187004 ")));
    }

    [Theory]
    [InlineData("strace", "raw-mmap-leak.txt.gz")]
    [InlineData("bpftrace", "ucx-leak.txt.gz")]
    [InlineData("mixed", "times-behind.txt.gz")]
    [InlineData("cases", "ucx-leak/pmap-x.log.gz")]
    public void Other_files_have_no_stamp(string folder, string file) => Assert.Null(LineStamp.Detect(Fixtures.Unzipped([folder, .. file.Split('/')])));

    [Theory]
    [InlineData("2026-11-20T15:03:24Z INFO started\n2026-11-20T15:03:25Z INFO ready\n2026-11-20T15:03:26Z WARN slow\n")]
    [InlineData("15:03:24 a b c\n15:03:24 d\n15:03:24 e\n")]
    public void The_log_of_an_application_is_no_capture(string text) => Assert.Equal("unknown-format", Reading.Refused(Encoding.ASCII.GetBytes(text)).Code);

    [Fact]
    public void A_cut_or_damaged_text_is_read_as_far_as_it_goes()
    {
        var text = Stamped(Plain("smaps", "odd-maps.maps.txt"), _ => "Nov 20 15:03:24 ");
        for (var length = 0; length < text.Length; length += 7)
        {
            // A piece too short to show what it is may be refused, with a reason; nothing else may be thrown.
            if (Record.Exception(() => Read(text[..length])) is { } thrown) Assert.NotEmpty(Assert.IsType<CaptureRefusedException>(thrown).Code);
        }
    }

    private static CaptureContents Read(byte[] text, DateTimeOffset? received = null) => CaptureReader.Read(new MemoryStream(text), null, null, Limits.Default, null, received ?? Received, default);

    private static byte[] Plain(string folder, string file) => file.EndsWith(".gz", StringComparison.Ordinal) ? Fixtures.Unzipped(folder, file) : Fixtures.Bytes(folder, file);

    /// <summary>The text with a stamp before each line.</summary>
    private static byte[] Stamped(byte[] text, Func<int, string> stamp)
    {
        var lines = Encoding.Latin1.GetString(text).TrimEnd('\n').Split('\n');
        return Encoding.Latin1.GetBytes(string.Concat(lines.Select((l, i) => stamp(i) + l + "\n")));
    }

    /// <summary>What was read, but for times, byte offsets and diagnostics.</summary>
    private static string Dump(ParsedCapture parsed)
    {
        var text = new StringWriter();
        ModelDump.Write(parsed with { Diagnostics = [], Snapshots = [.. parsed.Snapshots.Select(s => s with { TakenAt = null, ByteOffset = 0 })], Figures = [.. parsed.Figures.Select(f => f with { TakenAt = null })] }, text);
        return text.ToString();
    }
}
