using System.Collections.Concurrent;
using System.Diagnostics;
using MemScope.Storage.Captures;
using MemScope.Storage.Live;
using MemScope.Storage.Tests.Captures;
using MemScope.Tests;
using Npgsql;

namespace MemScope.Storage.Tests;

[Collection(PostgresTests.Name)]
public sealed class ChangeFeedTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly byte[] Text = Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text;

    [Fact]
    public async Task A_subscriber_hears_of_each_upload_to_its_process_and_of_no_other()
    {
        await using var storage = await postgres.NewAsync();
        var feed = storage.Get<ChangeFeed>();
        await feed.StartAsync(None); // it alone: other work in the background subscribes too
        var id = (await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(Text), None)).Processes[0];
        var heard = new ConcurrentQueue<long>();
        var all = new ConcurrentQueue<Guid>();
        using (feed.Subscribe(id, heard.Enqueue))
        using (feed.SubscribeAll((process, _) => all.Enqueue(process)))
        {
            var clock = Stopwatch.StartNew();
            var other = (await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(Text, pid: 2), None)).Processes[0];
            await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(Text), None);
            await UntilAsync(() => heard.Contains(2) && all.Contains(other));
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        }
        Assert.Equal(heard.Distinct(), heard);
        Assert.Equal(0, feed.Subscriptions);
    }

    [Fact]
    public async Task A_listener_that_was_cut_off_catches_up()
    {
        await using var storage = await postgres.NewAsync();
        await storage.StartAsync();
        var id = (await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(Text), None)).Processes[0];
        var heard = new ConcurrentQueue<long>();
        using var subscription = storage.Get<ChangeFeed>().Subscribe(id, heard.Enqueue);
        for (var seq = 2L; seq <= 4; seq++)
        {
            await UntilAsync(async () => await storage.CountAsync(Listeners) > 0);
            await storage.CountAsync($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid IN (SELECT pid FROM ({Listening}) l)");
            await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(Text), None);
            await UntilAsync(() => heard.Contains(seq));
        }
    }

    [Fact]
    public async Task A_subscriber_that_fails_does_not_silence_the_others()
    {
        await using var storage = await postgres.NewAsync();
        await storage.StartAsync();
        var feed = storage.Get<ChangeFeed>();
        var heard = new ConcurrentQueue<Guid>();
        using var bad = feed.SubscribeAll((_, _) => throw new InvalidOperationException("bad"));
        using var good = feed.SubscribeAll((process, _) => heard.Enqueue(process));
        // These uploads are dated in the past: what comes before it listens is not caught up with.
        await UntilAsync(async () => await storage.CountAsync(Listeners) > 0);
        for (var i = 1; i <= 2; i++)
        {
            var id = (await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(Text, pid: i), None)).Processes[0];
            await UntilAsync(() => heard.Contains(id));
        }
    }

    private const string Listening = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND (query LIKE 'LISTEN%' OR query LIKE '%change_seq FROM process_state%')";
    private const string Listeners = $"SELECT count(*) FROM ({Listening}) l";

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(15); await Task.Delay(20))
        {
            try
            {
                if (await condition()) return;
            }
            catch (NpgsqlException)
            {
                // a pooled connection that was terminated with the listener's
            }
        }
        Assert.Fail("not heard within 15 s");
    }
}
