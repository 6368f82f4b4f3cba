using System.Diagnostics;
using System.Globalization;
using System.Net;
using MemScope.Agent.Commands;
using MemScope.Agent.Proc;
using MemScope.Agent.Sending;
using MemScope.Agent.Watching;

namespace MemScope.EndToEnd.Tests.Agent;

public sealed class AgentPartsTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("5s", 5)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("7", 7)]
    public void Durations_are_read_with_their_unit(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("0s")]
    [InlineData("5 fortnights")]
    [InlineData("1e9d")]
    public void Other_durations_are_refused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData("7 (a) R 1 7 (x)) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 4711 23", 4711UL)] // the name is "a) R 1 7 (x)"
    [InlineData("7 (sleep) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 4712 23", 4712UL)]
    public void Start_ticks_are_found_behind_a_name_with_parentheses(string stat, ulong ticks) => Assert.Equal(ticks, TargetProcess.StartTicksIn(stat));

    [Fact]
    public void A_cut_stat_has_no_start_ticks() => Assert.Null(TargetProcess.StartTicksIn("7 (sleep) S 3 4"));

    [Fact]
    public void A_snapshot_of_this_process_holds_its_memory()
    {
        var target = TargetProcess.Open(Environment.ProcessId, TimeProvider.System);
        var snapshot = target.Take(1)!;
        using var self = Process.GetCurrentProcess();

        Assert.InRange(snapshot.RssBytes, self.WorkingSet64 * 0.8, self.WorkingSet64 * 1.2);
        Assert.Contains("VmRSS:", System.Text.Encoding.UTF8.GetString(snapshot.Status), StringComparison.Ordinal);
        Assert.True(snapshot.ReadingCpu > TimeSpan.Zero);
        Assert.InRange((target.StartTime.UtcDateTime - self.StartTime.ToUniversalTime()).TotalSeconds, -2, 2);
    }

    [Fact]
    public void A_process_that_does_not_exist_is_said_so()
    {
        var e = Assert.Throws<TargetProcessException>(() => TargetProcess.Open(int.MaxValue, TimeProvider.System));
        Assert.Contains("no process", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_that_costs_more_than_its_share_makes_snapshots_rarer()
    {
        var plan = new WatchPlan("h", []) { Interval = TimeSpan.FromSeconds(1) };
        Assert.Equal(TimeSpan.FromSeconds(1), plan.PauseAfter(TimeSpan.FromMilliseconds(49)));
        Assert.Equal(TimeSpan.FromSeconds(10), plan.PauseAfter(TimeSpan.FromMilliseconds(500)));
    }

    [Fact]
    public void Waits_double_up_to_half_a_minute_with_jitter_and_never_undercut_what_the_server_asks()
    {
        Assert.Equal(TimeSpan.FromSeconds(0.25), Backoff.Wait(1, null, random: 0));
        Assert.Equal(TimeSpan.FromSeconds(0.5), Backoff.Wait(1, null, random: 1));
        Assert.Equal(TimeSpan.FromSeconds(4), Backoff.Wait(4, null, random: 1));
        Assert.Equal(TimeSpan.FromSeconds(30), Backoff.Wait(100, null, random: 1));
        Assert.Equal(TimeSpan.FromSeconds(20), Backoff.Wait(1, TimeSpan.FromSeconds(20), random: 0));
    }

    [Fact]
    public void Only_an_absent_or_busy_server_is_tried_again()
    {
        HttpStatusCode[] again = [HttpStatusCode.RequestTimeout, HttpStatusCode.TooManyRequests, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout];
        Assert.Equal(again.Order(), Enum.GetValues<HttpStatusCode>().Where(Backoff.MayHelp).Distinct().Order());
    }

    [Fact]
    public void Addresses_escape_what_labels_hold()
    {
        var address = CaptureAddress.Of([("host", "a b"), ("pid", 7.ToString(CultureInfo.InvariantCulture)), ("bootId", null), ("label.role", "x&y=z")]);
        Assert.Equal("api/v1/captures?host=a%20b&pid=7&label.role=x%26y%3Dz", address);
    }
}
