using MemScope.Core.Model;

namespace MemScope.Tests;

public sealed class SaturatingTests
{
    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(long.MaxValue, 1, long.MaxValue)]
    [InlineData(long.MaxValue, long.MinValue, -1)]
    [InlineData(long.MinValue, -1, long.MinValue)]
    [InlineData(-5, 3, -2)]
    public void A_sum_stays_within_what_a_number_can_hold(long a, long b, long sum)
    {
        Assert.Equal(sum, Saturating.Add(a, b));
        Assert.Equal(sum, new[] { a, b }.SumOf(n => n));
    }
}
