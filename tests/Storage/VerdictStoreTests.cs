using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Symbols;
using MemScope.Storage.Tests.Captures;
using MemScope.Storage.Verdicts;
using MemScope.Tests;

namespace MemScope.Storage.Tests;

[Collection(PostgresTests.Name)]
public sealed class VerdictStoreTests(PostgresFixture postgres)
{
    private const string Version = "v1";
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly byte[] Text = Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text;

    [Fact]
    public async Task A_verdict_and_its_findings_come_together_and_the_next_one_takes_their_place()
    {
        await using var storage = await postgres.NewAsync();
        var (store, process) = (storage.Get<VerdictStore>(), await ProcessAsync(storage));
        var verdict = Verdict(process, 1, "s") with { InsideMallocHeap = false, Category = "anonymous", Certainty = "confirmed", Rule = "S01" };
        FindingRow[] findings = [new("S01", "confirmed", "leak", "anonymous", "t", "s \0 hostile", 12.5), new("H02", "refuted", "hypothesis", null, "t", "s", double.NaN)];
        Assert.True(await store.StoreAsync(verdict, findings, None));
        Assert.Equal(2, await storage.CountAsync("SELECT count(*) FROM finding"));
        Assert.Equal(1, await storage.CountAsync("SELECT count(*) FROM finding WHERE ordinal = 0 AND rule = 'S01' AND verdict = 'confirmed' AND category = 'anonymous' AND bytes_per_second = 12.5 AND change_seq = 1"));
        Assert.Equal(1, await storage.CountAsync("SELECT count(*) FROM finding WHERE ordinal = 1 AND category IS NULL AND bytes_per_second IS NULL"));

        Assert.True(await store.StoreAsync(Verdict(process, 2, ""), [], None));
        Assert.Equal(0, await storage.CountAsync("SELECT count(*) FROM finding"));
        Assert.False(await store.StoreAsync(verdict, findings, None)); // of an earlier upload: a slow node comes too late
        Assert.Equal(0, await storage.CountAsync("SELECT count(*) FROM finding"));
        Assert.Equal(1, await storage.CountAsync("SELECT count(*) FROM verdict WHERE change_seq = 2 AND certainty IS NULL"));
        Assert.False(await store.StoreAsync(Verdict(Guid.NewGuid(), 1, ""), [], None));
    }

    [Fact]
    public async Task Verdicts_of_another_version_with_other_names_or_with_pending_ones_are_not_found()
    {
        await using var storage = await postgres.NewAsync();
        var store = storage.Get<VerdictStore>();
        List<Guid> ids = [];
        for (var pid = 1; pid <= 5; pid++) ids.Add(await ProcessAsync(storage, pid));
        var now = await store.SymbolsAsync(Projects.Default, None);
        var good = Verdict(ids[0], 1, now) with { InsideMallocHeap = true, Category = "heap", Certainty = "likely", Rule = "S04" };
        await store.StoreAsync(good, [], None);
        await store.StoreAsync(Verdict(ids[1], 1, ""), [], None);
        await store.StoreAsync(Verdict(ids[2], 1, "other names"), [], None);
        await store.StoreAsync(Verdict(ids[3], 1, "", "v0"), [], None);
        await store.StoreAsync(Verdict(ids[4], 1, "") with { Basis = new VerdictBasis(1, Version, "") { NamesPending = true } }, [], None);
        var found = await store.FindAsync(ids, Version, None);
        Assert.Equal(ids.Take(2).Order(), found.Keys.Order());
        Assert.Equal(good, found[ids[0]]);
        Assert.Equal(ids.Skip(2).Order(), (await store.StaleAsync(Version, 10, None)).Order());
        Assert.Empty(await store.FindAsync([], Version, None));
    }

    [Fact]
    public async Task An_upload_or_a_symbol_file_makes_a_verdict_stale_and_a_process_that_needs_no_names_stays()
    {
        await using var storage = await postgres.NewAsync();
        var (store, named, nameless) = (storage.Get<VerdictStore>(), await ProcessAsync(storage), await ProcessAsync(storage, pid: 2));
        await store.StoreAsync(Verdict(named, 1, await store.SymbolsAsync(Projects.Default, None)), [], None);
        await store.StoreAsync(Verdict(nameless, 1, ""), [], None);
        Assert.Empty(await store.StaleAsync(Version, 10, None));

        var file = await SymbolFileAsync(storage, "");
        Assert.Equal([named], await store.StaleAsync(Version, 10, None));
        await store.StoreAsync(Verdict(named, 1, await store.SymbolsAsync(Projects.Default, None)), [], None);
        Assert.Empty(await store.StaleAsync(Version, 10, None));
        await SymbolFileAsync(storage, "libx.so"); // the same bytes, now with the name by which frames find them
        Assert.Equal([named], await store.StaleAsync(Version, 10, None));
        await store.StoreAsync(Verdict(named, 1, await store.SymbolsAsync(Projects.Default, None)), [], None);
        await storage.Get<SymbolFileStore>().DeleteAsync(Projects.Default, file.BuildId, file.Id, None);
        Assert.Equal([named], await store.StaleAsync(Version, 10, None));

        await ProcessAsync(storage, pid: 2);
        Assert.Equal([named, nameless], (await store.StaleAsync(Version, 10, None)).OrderBy(p => p == nameless));
    }

    [Fact]
    public async Task The_verdicts_of_a_whole_page_of_the_list_come_at_once()
    {
        await using var storage = await postgres.NewAsync();
        var store = storage.Get<VerdictStore>();
        for (var pid = 1; pid <= 20; pid++) await store.StoreAsync(Verdict(await ProcessAsync(storage, pid), 1, ""), [], None);
        var page = await storage.Get<ProcessQuery>().ListAsync(Projects.Default, null, null, 100, None);
        var found = await store.FindAsync([.. page.Items.Select(r => r.Id)], Version, None);
        Assert.All(page.Items, r => Assert.Equal(r.ChangeSeq, found[r.Id].Basis.ChangeSeq));
        Assert.Equal(20, found.Count);
    }

    private static VerdictRow Verdict(Guid process, long seq, string symbols, string version = Version) => new(process, new VerdictBasis(seq, version, symbols), "leak", "Memory grows.", Uploads.Received);

    private static async Task<Guid> ProcessAsync(TestStorage storage, int pid = 1) => (await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(Text, pid), None)).Processes[0];

    private static async Task<SymbolFileRow> SymbolFileAsync(TestStorage storage, string name)
    {
        var upload = new SymbolFileUpload { BuildId = "ab", FileName = name, Kind = "debug", Sha256 = Uploads.Digest("x"), Content = new MemoryStream([1, 2, 3]), ReceivedAt = Uploads.Received };
        return (await storage.Get<SymbolFileStore>().StoreAsync(upload, None)).Row;
    }
}
