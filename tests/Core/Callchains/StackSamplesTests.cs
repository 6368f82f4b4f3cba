using MemScope.Core.Analysis.Callchains;

namespace MemScope.Tests.Callchains;

public sealed class StackSamplesTests
{
    [Fact]
    public void Equal_chains_are_one_chain_and_their_weights_add_up()
    {
        var builder = new StackSamples.Builder();
        Assert.Equal(0, builder.Add([1, 2, 3], 10));
        Assert.Equal(1, builder.Add([1, 2], 5, 7));
        Assert.Equal(0, builder.Add([1, 2, 3], 32, 1));
        Assert.Equal(2, builder.Add([], 4));

        var samples = builder.Build();

        Assert.Equal((3, 5), (samples.Count, samples.Depth));
        Assert.Equal([1, 2, 3], samples.FramesOf(0).ToArray());
        Assert.Equal([(42L, 1L), (5L, 7L), (4L, 0L)], Enumerable.Range(0, 3).Select(i => (samples.WeightOf(i), samples.BaseOf(i))));
        Assert.True(samples.FramesOf(2).IsEmpty);
    }

    [Fact]
    public void Sums_stop_at_the_greatest_number()
    {
        var builder = new StackSamples.Builder();
        builder.Add([1], long.MaxValue);
        builder.Add([1], 1);

        Assert.Equal(long.MaxValue, builder.Build().WeightOf(0));
    }
}
