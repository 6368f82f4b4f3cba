using MemScope.Core.Analysis.Findings.Asking;

namespace MemScope.Tests.Findings;

/// <summary>What rises throughout a window, and what does not.</summary>
public sealed class RisingTests
{
    [Fact]
    public void A_line_and_steps_in_every_third_rise_throughout()
    {
        Assert.True(Rising.Throughout([1, 2, 3, 4, 5, 6]));
        Assert.True(Rising.Throughout([1, 1, 2, 2, 3, 3, 4, 4, 5]));
    }

    [Fact]
    public void A_cache_that_has_filled_does_not() => Assert.False(Rising.Throughout([1, 4, 7, 9, 10, 10, 10, 10, 10, 10]));

    [Fact]
    public void A_pool_that_breathes_does_not() => Assert.False(Rising.Throughout([1, 5, 2, 6, 3, 7, 4, 8, 5, 9]));

    [Fact]
    public void Something_that_was_loaded_once_does_not() => Assert.False(Rising.Throughout([3, 3, 3, 3, 40, 40, 40, 40, 40]));

    [Fact]
    public void Four_points_tell_nothing_and_missing_ones_are_left_out()
    {
        Assert.False(Rising.Throughout([1, 2, 3, 4]));
        Assert.True(Rising.Throughout([1, double.NaN, 2, 3, 4, double.NaN, 5]));
        Assert.Equal(4, Rising.Rise([1, double.NaN, 5]));
    }
}
