using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Analysis.Proof;
using MemScope.Core.Model;
using Xunit.Abstractions;

namespace MemScope.Tests.Proof;

public sealed class FixProverTests(ITestOutputHelper output)
{
    private const double MiB = 1 << 20;
    private const int Seeds = 200;

    public static TheoryData<string> LeakNames => [.. MadeSeries.Leaks.Keys];

    public static TheoryData<string> HealthyNames => [.. MadeSeries.Healthy.Keys];

    [Theory]
    [InlineData("ucx-leak/hook-none")]
    [InlineData("ucx-leak/unreleased-1024")]
    [InlineData("ucx-leak/ucx-1.13.1")]
    public void The_founding_case_is_fixed_in_its_flat_runs(string after)
    {
        var proof = FixProver.Of(Rss("ucx-leak"), Rss(after));
        output.WriteLine(proof.Words);
        Assert.Equal(ProofVerdict.Fixed, proof.Verdict);
        var rss = Rss(after).Bytes;
        Assert.True(proof.ExpectedBytes > 10 * (rss.Max() - rss.Min()));
    }

    [Fact]
    public void It_is_not_fixed_in_another_run_that_leaks_nor_later_in_the_same()
    {
        var (seconds, bytes) = Rss("ucx-leak");
        var second = RssOf(CaseTracks.OfFile(Path.Combine(Fixtures.RepositoryRoot, "demo", "ucx-leak", "second-run", "smaps.tar.gz")));
        foreach (var after in new[] { second, (seconds[45..], bytes[45..]), Rss("ucx-leak/with-heaptrack"), Rss("malloc-leak-cpp") })
        {
            var proof = FixProver.Of((seconds[..45], bytes[..45]), after);
            output.WriteLine(proof.Words);
            Assert.Equal(ProofVerdict.NotFixed, proof.Verdict);
        }
    }

    [Theory]
    [InlineData("ucx-leak/hook-none")]
    [InlineData("ucx-leak/unreleased-1024")]
    public void Three_snapshots_cannot_tell_and_it_says_for_how_long_to_go_on(string name)
    {
        var (seconds, bytes) = Rss(name);
        var proof = FixProver.Of(Rss("ucx-leak"), (seconds[..3], bytes[..3]));
        output.WriteLine(proof.Words);
        Assert.Equal(ProofVerdict.CannotTellYet, proof.Verdict);
        Assert.True(proof.MoreSeconds > 0);
        // So long later it can.
        var enough = Array.FindIndex(seconds, s => s >= seconds[2] + proof.MoreSeconds!.Value);
        Assert.Equal(ProofVerdict.Fixed, FixProver.Of(Rss("ucx-leak"), (seconds[..(enough + 1)], bytes[..(enough + 1)])).Verdict);
    }

    [Theory]
    [InlineData("plateau")]
    [InlineData("steady-healthy")]
    [InlineData("glibc-fragmentation")]
    [InlineData("ucx-leak/hook-none")]
    public void A_run_that_does_not_keep_growing_has_nothing_to_fix(string before)
    {
        foreach (var after in new[] { "ucx-leak", "plateau", "ucx-leak/hook-none" }) Assert.Equal(ProofVerdict.NothingToFix, FixProver.Of(Rss(before), Rss(after)).Verdict);
    }

    [Fact]
    public void Nothing_or_numbers_that_are_none_cannot_tell()
    {
        Assert.Equal(ProofVerdict.CannotTellYet, FixProver.Of(([], []), ([], [])).Verdict);
        Assert.Equal(ProofVerdict.CannotTellYet, FixProver.Of(Rss("ucx-leak"), ([], [])).Verdict);
        Assert.Equal(ProofVerdict.CannotTellYet, FixProver.Of(Rss("ucx-leak"), ([0, 1, 2, 3, 4, 5], [double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN])).Verdict);
        Assert.Equal(ProofVerdict.CannotTellYet, FixProver.Of(Rss("ucx-leak"), ([0, 0, 0, 0, 0, 0], [1e6, 1e6, 1e6, 1e6, 1e6, 1e6])).Verdict);
    }

    /// <summary>The false proof: a run that leaks on, or by a half or a fifth of the rate, must next to never be called fixed, whatever the noise.</summary>
    [Theory]
    [MemberData(nameof(LeakNames))]
    public void A_run_that_leaks_on_is_next_to_never_called_fixed(string family)
    {
        foreach (var left in new[] { 1.0, 0.5, 0.2 })
        {
            foreach (var points in new[] { 10, 40, 120 })
            {
                var (wrong, told) = (0, 0);
                for (var seed = 0; seed < Seeds; seed++)
                {
                    var verdict = FixProver.Of(Made(MadeSeries.Leaks[family], seed, 120, 1), Made(MadeSeries.Leaks[family], seed + 10_000, points, left)).Verdict;
                    if (verdict == ProofVerdict.Fixed) wrong++;
                    if (verdict == ProofVerdict.NotFixed) told++;
                }
                output.WriteLine($"{family}, {left:0.0} of the rate left, {points} snapshots: {wrong} of {Seeds} called fixed, {told} not fixed");
                Assert.InRange(wrong, 0, Seeds / 100);
            }
        }
    }

    /// <summary>Growth by a step of so many snapshots' worth now and then is the hardest to see: a run of one or two steps looks like warm-up.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(24)]
    public void A_run_that_leaks_on_in_steps_is_next_to_never_called_fixed(int period)
    {
        var wrong = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var first = new Random(seed).Next(period);
            var after = Made((_, t) => [.. t.Select((_, i) => (100 + (period * ((i + first) / period))) * MiB)], seed, 48, 1);
            if (FixProver.Of(Made(MadeSeries.Leaks["a clean line"], seed, 60, 1), after).Verdict == ProofVerdict.Fixed) wrong++;
        }
        output.WriteLine($"steps every {period} of 48 snapshots: {wrong} of {Seeds} called fixed");
        Assert.InRange(wrong, 0, Seeds / 100);
    }

    /// <summary>What is healthy behind the change is found to be so, unless it moves so much by itself that the old growth would not stand out.</summary>
    [Theory]
    [MemberData(nameof(HealthyNames))]
    public void A_healthy_run_behind_the_change_is_never_called_not_fixed_more_often_than_healthy_runs_are_called_leaks(string family)
    {
        var (fixedRuns, wrong) = (0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var verdict = FixProver.Of(Made(MadeSeries.Leaks["noise of half a snapshot's growth"], seed, 120, 1), Made(MadeSeries.Healthy[family], seed + 10_000, 120, 1)).Verdict;
            if (verdict == ProofVerdict.Fixed) fixedRuns++;
            if (verdict == ProofVerdict.NotFixed) wrong++;
        }
        output.WriteLine($"{family}: {fixedRuns} of {Seeds} called fixed, {wrong} not fixed");
        Assert.InRange(wrong, 0, Seeds / 20);
    }

    private static (double[] Seconds, double[] Bytes) Made(Func<Random, double[], double[]> family, int seed, int points, double rate)
    {
        var random = new Random(seed);
        var seconds = MadeSeries.Seconds(random, points);
        // The slower the leak, the less time is in its own clock; its noise stays.
        var bytes = family(random, [.. seconds.Select(s => s * rate)]);
        return (seconds, bytes);
    }

    private static (double[] Seconds, double[] Bytes) Rss(string name) => RssOf(CaseTracks.Of(name));

    private static (double[] Seconds, double[] Bytes) RssOf(Track track) => (TrackSeries.Seconds(track), TrackSeries.Total(track, Metric.Rss));
}
