using MemScope.Storage.Captures;
using MemScope.Storage.Regions;
using MemScope.Storage.Tests.Captures;
using Npgsql;

namespace MemScope.Storage.Tests;

[Collection(PostgresTests.Name)]
public sealed class StoreCheckTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_was_uploaded_dropped_and_analysed_fits_together()
    {
        await using var storage = await postgres.NewAsync();
        await StoreAsync(storage);
        await storage.Get<TextDropping>().RunAsync(Uploads.Received.AddDays(8), None);
        await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", "pmap-X.log.gz"), None);
        await storage.Get<RegionRows>().UpdateAsync((await storage.Get<RegionRows>().StaleAsync(1, None))[0], None);
        Assert.Empty(await ProblemsAsync(storage));
    }

    [Theory]
    [InlineData("DELETE FROM capture_chunk", "of its")]
    [InlineData("UPDATE capture SET text_dropped_at = now()", "some of it is there")]
    [InlineData("UPDATE snapshot_block SET data = '\\x01'", "damaged")]
    [InlineData("DELETE FROM snapshot_block", "in no block")]
    [InlineData("DELETE FROM snapshot WHERE number = 3", "snapshot 3")]
    [InlineData("UPDATE snapshot SET rss_bytes = 1 WHERE number = 3", "snapshot 3")]
    [InlineData("UPDATE track SET analyzer = 1", "version 1")]
    public async Task Whatever_does_not_is_told(string damage, string words)
    {
        await using var storage = await postgres.NewAsync();
        await StoreAsync(storage);
        await using (var command = storage.Get<NpgsqlDataSource>().CreateCommand(damage)) Assert.NotEqual(0, await command.ExecuteNonQueryAsync());
        Assert.Contains(await ProblemsAsync(storage), p => p.Contains(words, StringComparison.Ordinal));
    }

    private static async Task StoreAsync(TestStorage storage)
    {
        var stored = await storage.Get<CaptureStore>().StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz"), None);
        await storage.Get<RegionRows>().UpdateAsync(stored.Processes[0], None);
    }

    private static async Task<List<string>> ProblemsAsync(TestStorage storage)
    {
        var problems = new List<string>();
        await foreach (var problem in storage.Get<StoreCheck>().ProblemsAsync(None)) problems.Add(problem);
        return problems;
    }
}
