using MemScope.Core.Analysis.Growth;

namespace MemScope.Tests;

/// <summary>Slopes, intervals and shapes of series that are known.</summary>
public sealed class GrowthFitTests
{
    private const double MiB = 1024 * 1024;
    private static readonly double[] Seconds = [.. Enumerable.Range(0, 90).Select(i => (double)i)];

    [Fact]
    public void A_straight_line_has_its_own_slope_everywhere()
    {
        var growth = Measure(t => (10 * MiB) + (400_000 * t));

        Assert.Equal(400_000, growth.BytesPerSecond, 3);
        Assert.Equal(400_000, growth.RobustBytesPerSecond, 3);
        Assert.Equal(400_000, growth.LowBytesPerSecond, 3);
        Assert.Equal(400_000, growth.HighBytesPerSecond, 3);
        Assert.Equal(1, growth.RSquared, 6);
        Assert.Equal(GrowthShape.Linear, growth.Shape);
        Assert.Equal(89 * 400_000, growth.ChangeBytes);
    }

    [Fact]
    public void One_spike_bends_the_least_squares_slope_but_not_the_robust_one()
    {
        var growth = Measure(t => (10 * MiB) + (100_000 * t) + (t == 85 ? 900 * MiB : 0));

        Assert.True(growth.BytesPerSecond > 500_000);
        Assert.Equal(100_000, growth.RobustBytesPerSecond, 3);
    }

    [Fact]
    public void The_interval_of_pure_noise_holds_zero_about_as_often_as_it_says()
    {
        var held = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var growth = Measure(_ => (100 * MiB) + (random.NextDouble() * 20 * MiB));
            if (growth.LowBytesPerSecond <= 0 && growth.HighBytesPerSecond >= 0) held++;
            Assert.Equal(GrowthShape.Bounded, growth.Shape);
        }
        Assert.InRange(held, 176, 200);
    }

    [Fact]
    public void The_interval_of_a_random_walk_that_returns_is_wider_than_its_points_alone_would_say()
    {
        var held = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var (random, level) = (new Random(seed), 0.0);
            var growth = Measure(_ => (100 * MiB) + (level = (0.85 * level) + ((random.NextDouble() - 0.5) * MiB)));
            if (growth.LowBytesPerSecond <= 0 && growth.HighBytesPerSecond >= 0) held++;
        }
        Assert.InRange(held, 170, 200);
    }

    [Fact]
    public void A_long_series_is_thinned_and_keeps_its_slope()
    {
        double[] seconds = [.. Enumerable.Range(0, 20_000).Select(i => i * 5.0)];
        var random = new Random(2);
        double[] bytes = [.. seconds.Select(t => (50 * MiB) + (1234 * t) + (random.NextDouble() * MiB))];

        var growth = GrowthFit.Measure(seconds, bytes);

        Assert.InRange(growth.RobustBytesPerSecond, 1230, 1238);
        Assert.Equal(20_000, growth.Points);
    }

    [Fact]
    public void Missing_points_are_left_out()
    {
        var whole = Measure(t => 1000 * MiB * t);
        var holed = Measure(t => t % 7 == 3 ? double.NaN : 1000 * MiB * t);

        Assert.Equal(whole.BytesPerSecond, holed.BytesPerSecond, 3);
        Assert.Equal(77, holed.Points);
    }

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 5.0 })]
    [InlineData(new[] { double.NaN, double.PositiveInfinity })]
    public void Too_little_to_fit_gives_zero_and_flat(double[] bytes)
    {
        var growth = GrowthFit.Measure([.. bytes.Select((_, i) => (double)i)], bytes);

        Assert.Equal((0, 0, GrowthShape.Flat), (growth.BytesPerSecond, growth.RobustBytesPerSecond, growth.Shape));
    }

    [Fact]
    public void Points_at_one_instant_have_no_slope()
    {
        var growth = GrowthFit.Measure([3, 3, 3], [1 * MiB, 2 * MiB, 9 * MiB]);

        Assert.Equal(0, growth.BytesPerSecond);
        Assert.Equal(0, growth.HighBytesPerSecond);
    }

    [Fact]
    public void Shapes_are_named_as_a_person_would()
    {
        var random = new Random(8);
        Assert.Equal(GrowthShape.Flat, ShapeOf(_ => 300 * MiB));
        Assert.Equal(GrowthShape.Flat, ShapeOf(_ => (300 * MiB) + (random.NextDouble() * MiB)));
        Assert.Equal(GrowthShape.Bounded, ShapeOf(_ => (30 * MiB) + (random.NextDouble() * 9 * MiB)));
        Assert.Equal(GrowthShape.Linear, ShapeOf(t => (9_000 * MiB) + (0.5 * MiB * t)));
        Assert.Equal(GrowthShape.Linear, ShapeOf(t => 90 * MiB - (0.5 * MiB * t)));
        Assert.Equal(GrowthShape.Linear, ShapeOf(t => t < 4 ? 20 * MiB * t : (500 * MiB) + (0.2 * MiB * t)));
        Assert.Equal(GrowthShape.Step, ShapeOf(t => t < 50 ? 20 * MiB : 60 * MiB));
        Assert.Equal(GrowthShape.Step, ShapeOf(t => (20 + (20 * Math.Floor(t / 25))) * MiB));
        Assert.Equal(GrowthShape.Plateau, ShapeOf(t => 100 * MiB * (1 - Math.Exp(-t / 10))));
        Assert.Equal(GrowthShape.Plateau, ShapeOf(t => Math.Min(t, 20) * 8 * MiB));
        Assert.Equal(GrowthShape.Plateau, ShapeOf(t => Math.Min(t, 70) * 8 * MiB));
        Assert.Equal(GrowthShape.Sawtooth, ShapeOf(t => (50 + (5 * (t % 18))) * MiB));
        Assert.Equal(GrowthShape.Geometric, ShapeOf(t => MiB * Math.Pow(2, Math.Floor(t / 10))));
        Assert.Equal(GrowthShape.Geometric, ShapeOf(t => 4 * MiB * Math.Exp(t / 20)));
        Assert.Equal(GrowthShape.BurstHold, ShapeOf(t => (20 + (20 * Math.Clamp(t - 30, 0, 8))) * MiB));
    }

    [Fact]
    public void Each_shape_has_a_slug_of_its_own()
    {
        var shapes = Enum.GetValues<GrowthShape>();
        Assert.Equal(shapes.Length, shapes.Select(s => s.Slug()).Distinct(StringComparer.Ordinal).Count());
        Assert.All(shapes, s => Assert.Equal(s.ToString(), s.Slug().Replace("-", "", StringComparison.Ordinal), ignoreCase: true));
        Assert.Equal("burst-hold", GrowthShape.BurstHold.Slug());
    }

    private static GrowthMeasure Measure(Func<double, double> bytes) => GrowthFit.Measure(Seconds, [.. Seconds.Select(bytes)]);

    private static GrowthShape ShapeOf(Func<double, double> bytes)
    {
        var measure = Measure(bytes);
        Assert.Equal(measure.Shape, GrowthFit.Shape(Seconds, [.. Seconds.Select(bytes)]));
        return measure.Shape;
    }
}
