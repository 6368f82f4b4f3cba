using MemScope.Agent.Proc;
using MemScope.Agent.Watching;

namespace MemScope.EndToEnd.Tests.Agent;

public sealed class SpoolTests
{
    [Fact]
    public async Task Snapshots_come_out_oldest_first_and_null_ends_them()
    {
        using var spool = new Spool(1000);
        spool.Add(Waiting(1, 10));
        spool.Add(Waiting(2, 10));
        spool.Complete();

        Assert.Equal(1, (await spool.NextAsync(default))?.Snapshot.Number);
        Assert.Equal(2, (await spool.NextAsync(default))?.Snapshot.Number);
        Assert.Null(await spool.NextAsync(default));
    }

    [Fact]
    public async Task When_it_is_full_the_oldest_are_dropped_and_counted()
    {
        using var spool = new Spool(100);
        for (var number = 1; number <= 5; number++) spool.Add(Waiting(number, 40));

        Assert.Equal(3, spool.Dropped);
        Assert.Equal(2, spool.Count);
        Assert.Equal(4, (await spool.NextAsync(default))?.Snapshot.Number);
    }

    [Fact]
    public async Task One_snapshot_larger_than_the_spool_is_still_kept()
    {
        using var spool = new Spool(100);
        spool.Add(Waiting(1, 500));

        Assert.Equal(0, spool.Dropped);
        Assert.Equal(1, (await spool.NextAsync(default))?.Snapshot.Number);
    }

    [Fact]
    public async Task Waiting_for_a_snapshot_ends_when_one_comes()
    {
        using var spool = new Spool(100);
        var next = spool.NextAsync(default);
        Assert.False(next.IsCompleted);
        spool.Add(Waiting(7, 1));

        Assert.Equal(7, (await next.WaitAsync(TimeSpan.FromSeconds(10)))?.Snapshot.Number);
    }

    private static WaitingSnapshot Waiting(int number, int bytes) =>
        new(new ProcSnapshot(number, DateTimeOffset.UnixEpoch, [], [], TimeSpan.Zero), new byte[bytes], $"key-{number}");
}
