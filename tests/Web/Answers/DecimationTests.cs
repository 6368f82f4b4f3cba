using MemScope.Web.Answers;

namespace MemScope.Web.Tests.Answers;

public sealed class DecimationTests
{
    [Fact]
    public void A_short_series_is_kept_whole() => Assert.Equal([0, 1, 2], Decimation.Pick([1, 2, 3], [], 3));

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(999)]
    public void Ends_and_peaks_survive(int points)
    {
        var random = new Random(points);
        var total = Enumerable.Range(0, 1000).Select(_ => random.NextDouble()).ToArray();
        var part = Enumerable.Range(0, 1000).Select(_ => random.NextDouble()).ToArray();
        (total[373], total[801], part[512]) = (5, -5, 9);
        var kept = Decimation.Pick(total, [part], points);

        Assert.Equal(kept.Order().Distinct(), kept);
        Assert.Equal((0, 999), (kept[0], kept[^1]));
        Assert.Contains(373, kept);
        Assert.Contains(801, kept);
        Assert.Contains(512, kept);
        Assert.InRange(kept.Length, 4, points + 4);
    }

    [Fact]
    public void Points_without_a_value_are_no_peaks()
    {
        var total = Enumerable.Repeat(double.NaN, 50).Concat(Enumerable.Range(0, 50).Select(i => (double)i)).ToArray();
        Assert.Contains(99, Decimation.Pick(total, [], 10));
    }
}
