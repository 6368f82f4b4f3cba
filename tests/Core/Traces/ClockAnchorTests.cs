using System.Globalization;
using System.Text;
using MemScope.Core.Formats.Bpftrace;
using MemScope.Core.Model;

namespace MemScope.Tests.Traces;

public sealed class ClockAnchorTests
{
    [Fact]
    public void Unix_times_need_no_anchor_and_are_exact()
    {
        var trace = Assert.Single(Reading.Of(Fixtures.Unzipped("strace/raw-mmap-leak.txt.gz")).Parsed.Traces);

        Assert.Equal((ClockAnchorOrigin.Clock, "exact"), (trace.Anchor!.Origin, trace.Anchor.Sureness));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1795189479515), trace.Anchor.WallOf(trace.Events[0].TimeNs), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_time_in_the_begin_line_ties_the_clock_since_boot_to_wall_time()
    {
        // The recorded script prints both clocks in TRACE-BEGIN and the seconds of the day with every print.
        var text = Encoding.ASCII.GetString(Fixtures.Bytes("bpftrace", "maps", "sums.txt"));
        var begin = text.Split('\n').Single(l => l.StartsWith("TRACE-BEGIN ", StringComparison.Ordinal)).Split(' ');
        var end = long.Parse(text.Split('\n').Single(l => l.StartsWith("TRACE-END ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
        var read = Reading.Of(text + $"{end} 1 1 a mmap len=4096 ret=0x1000\n");

        var anchor = Assert.Single(read.Traces).Anchor!;
        Assert.Equal((ClockAnchorOrigin.InFile, "within 10 ms"), (anchor.Origin, anchor.Sureness));
        Assert.Equal(DateTimeOffset.Parse(begin[3]["time=".Length..].Insert(29, ":"), CultureInfo.InvariantCulture), anchor.WallOf(long.Parse(begin[1], CultureInfo.InvariantCulture)));
        var lastPrint = text.Split('\n').Last(l => l.Length == 8 && l[2] == ':');
        Assert.InRange(anchor.WallOf(end).TimeOfDay - TimeSpan.Parse(lastPrint, CultureInfo.InvariantCulture), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Contains(read.Diagnostics, d => d is { Id: "CLOCK002" } && d.Text.Contains("within 10 ms", StringComparison.Ordinal));
    }

    [Fact]
    public void Dates_between_events_narrow_the_difference_down()
    {
        // The clock since boot is 1,000 s behind; the dates have whole seconds.
        var anchor = Trace("1000000000000", "1000.2", "2026-11-21T12:00:00Z", "1000.7", "1005.1", "2026-11-21T12:00:05Z", "1009.9").Anchor!;

        // 12:00:00 to 12:00:01 lies between 1000.2 and 1000.7, 12:00:05 to 12:00:06 between 1005.1 and 1009.9: at 1000 s it was 11:59:59.3 to 12:00:00.8.
        var at = DateTimeOffset.Parse("2026-11-21T12:00:00Z", CultureInfo.InvariantCulture) - TimeSpan.FromSeconds(0.7) + TimeSpan.FromSeconds(0.75);
        Assert.Equal(at, anchor.WallOf(1_000_000_000_000), TimeSpan.FromMilliseconds(1));
        Assert.Equal((ClockAnchorOrigin.InFile, 751L), (anchor.Origin, anchor.WithinMs!.Value));
    }

    [Fact]
    public void A_date_on_one_side_only_is_a_guess()
    {
        var anchor = Trace("1000.0", "2026-11-21T12:00:00Z").Anchor!;

        Assert.Equal("guessed", anchor.Sureness);
        Assert.Equal(DateTimeOffset.Parse("2026-11-21T12:00:01Z", CultureInfo.InvariantCulture), anchor.WallOf(1_000_000_000_000), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Without_an_anchor_the_report_says_so()
    {
        var read = Reading.Of("10 20 30 app mmap len=8192 ret=0x7f0000000000\n");

        Assert.Null(Assert.Single(read.Traces).Anchor);
        Assert.Contains(read.Diagnostics, d => d is { Id: "CLOCK001", Severity: Severity.Info });
    }

    [Theory]
    [InlineData("23:50:00", "2026-11-21T12:00:00Z", "2026-11-20T23:50:00Z")]
    [InlineData("11:50:00", "2026-11-21T12:00:00Z", "2026-11-21T11:50:00Z")]
    [InlineData("12:01:00", "2026-11-21T12:00:00Z", "2026-11-21T12:01:00Z")]
    public void Times_of_day_take_the_date_of_their_file(string clock, string writtenAt, string expected)
    {
        var unix = DateTimeOffset.Parse(writtenAt, CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        var archive = Packing.Tar(($"run/0001_{unix}.5.txt", Encoding.ASCII.GetBytes($"{clock} brk(NULL) = 0x1000\n")));

        var trace = Assert.Single(Reading.Of(archive).Parsed.Traces);
        Assert.Equal((ClockAnchorOrigin.MemberName, "guessed"), (trace.Anchor!.Origin, trace.Anchor.Sureness));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), trace.Anchor.WallOf(trace.Events[0].TimeNs));
    }

    [Fact]
    public void No_number_leads_outside_of_what_a_date_can_be()
    {
        foreach (var origin in (ClockAnchor[])[ClockAnchor.UnixTimes, ClockAnchor.OfDay(long.MaxValue, DateTimeOffset.MaxValue, ClockAnchorOrigin.MemberName), ClockAnchor.OfDay(long.MinValue, DateTimeOffset.MinValue, ClockAnchorOrigin.MemberName)])
            foreach (var ns in (long[])[long.MinValue, 0, long.MaxValue]) Assert.InRange(origin.WallOf(ns), DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
    }

    [Fact]
    public void A_probe_that_goes_silent_part_way_shows_by_the_munmaps_that_go_on()
    {
        var calls = new StringBuilder();
        for (var i = 0; i < 100; i++)
        {
            // From the 40th on the mmaps are lost.
            if (i < 40) calls.Append(CultureInfo.InvariantCulture, $"{1000 + i} 1 1 a mmap len=4096 ret=0x{0x7f0000000000 + i * 8192:x}\n");
            calls.Append(CultureInfo.InvariantCulture, $"{1000 + i} 1 1 a munmap addr=0x{0x7f0000000000 + i * 8192:x} len=4096\n");
        }

        var trace = TraceFixtures.Trace(BpftraceFormat.Format, calls.ToString());

        var lost = trace.Losses.Single(l => l is { Kind: "silent-probe" });
        Assert.Equal(60, lost.Count);
        Assert.Contains("behind line 79", lost.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(TraceFixtures.Trace(BpftraceFormat.Format, string.Concat(calls.ToString().Split('\n').Where(l => l.Contains("munmap", StringComparison.Ordinal)).Select(l => l + "\n"))).Losses, l => l is { Kind: "silent-probe" });
    }

    [Theory]
    [InlineData("bpftrace/raw-mmap-leak.txt.gz")]
    [InlineData("bpftrace/ucx-leak.txt.gz")]
    [InlineData("strace/raw-mmap-leak.txt.gz")]
    [InlineData("strace/ucx-leak.txt.gz")]
    [InlineData("strace/threads/file.txt.gz")]
    [InlineData("bpftrace/raw-mmap-leak.json.gz")]
    public void Whole_traces_show_no_silent_probe(string fixture) =>
        Assert.DoesNotContain(Assert.Single(Reading.Of(Fixtures.Unzipped(fixture)).Parsed.Traces).Losses, l => l is { Kind: "silent-probe" });

    // Dates as they are, seconds since boot as an event.
    private static Trace Trace(params string[] lines) =>
        TraceFixtures.Trace(BpftraceFormat.Format, "Attaching 1 probe...\n" + string.Concat(lines.Select(l =>
            l.StartsWith("20", StringComparison.Ordinal) ? l + "\n" : l.Contains('.', StringComparison.Ordinal) ? $"{(long)(decimal.Parse(l, CultureInfo.InvariantCulture) * 1_000_000_000)} 1 1 a munmap addr=0x1000 len=4096\n" : "")));
}
