using System.Diagnostics;
using MemScope.Core.Model;

namespace MemScope.Tests.Outstanding;

public sealed class IntervalMapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Intervals_in_rising_or_falling_order_do_not_degenerate(int direction)
    {
        const int count = 200_000;
        var map = new IntervalMap();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            var start = (ulong)(direction > 0 ? i : count - i) * 2;
            map.Add(start, start + 1, i);
        }
        var removed = new List<IntervalMap.Interval>();
        map.Remove(0, ulong.MaxValue, removed);

        Assert.Equal(count, removed.Count);
        Assert.True(removed.Zip(removed.Skip(1)).All(p => p.First.End <= p.Second.Start));
        Assert.Equal(0, map.Count);
        // A list in the place of the tree would take minutes.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), watch.Elapsed.ToString());
    }

    [Fact]
    public void Removing_a_part_cuts_the_intervals_at_both_edges()
    {
        var map = new IntervalMap();
        map.Add(10, 20, 1);
        map.Add(20, 30, 2);
        map.Add(40, 50, 3);
        var removed = new List<IntervalMap.Interval>();

        map.Remove(15, 45, removed);

        Assert.Equal([new(15, 20, 1), new(20, 30, 2), new(40, 45, 3)], removed);
        Assert.Equal([new(10, 15, 1), new(45, 50, 3)], map.ToList());
    }
}
