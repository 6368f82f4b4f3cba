using System.Collections.Concurrent;
using System.Diagnostics;
using MemScope.Core;
using MemScope.Storage.Captures;
using MemScope.Storage.Live;
using MemScope.Storage.Notes;
using MemScope.Storage.Tests.Captures;
using MemScope.Tests;
using Npgsql;

namespace MemScope.Storage.Tests;

[Collection(PostgresTests.Name)]
public sealed class NoteStoreTests(PostgresFixture postgres)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Text = Fixtures.Members("cases", "plateau", "smaps.tar.gz").First().Text;
    private readonly FixedTime _time = new(Uploads.Received);

    [Fact]
    public async Task A_note_comes_back_as_it_was_written_in_the_order_of_the_moments_that_notes_are_about()
    {
        await using var storage = await postgres.NewAsync(_time);
        var (store, process) = (storage.Get<NoteStore>(), await ProcessAsync(storage));
        var evidence = new NoteEvidence("region", $"/p/{process}/regions?from=1&v=1", ["42"]);
        var later = (await store.AddAsync(process, new NoteDraft(Noon.AddMinutes(5), "**later**") { ToAt = Noon.AddMinutes(9), Evidence = evidence, Author = " Ada " }, None)).Note!;
        var earlier = (await store.AddAsync(process, new NoteDraft(Noon, "earlier\r\nsecond line"), None)).Note!;
        var notes = await store.ListAsync(process, None);

        Assert.Equal([earlier.Id, later.Id], notes.Select(n => n.Id));
        Assert.Equal(("earlier\nsecond line", null, null, null), (notes[0].Written.Text, notes[0].Written.ToAt, notes[0].Written.Evidence, notes[0].Written.Author));
        Assert.Equal(("**later**", Noon.AddMinutes(9), "Ada"), (notes[1].Written.Text, notes[1].Written.ToAt, notes[1].Written.Author));
        Assert.Equal((evidence.Kind, evidence.Url, "42"), (notes[1].Written.Evidence!.Kind, notes[1].Written.Evidence!.Url, Assert.Single(notes[1].Written.Evidence!.Ids)));
        Assert.All(notes, n => Assert.Equal((_time.Now, null), (n.CreatedAt, n.EditedAt)));
    }

    [Fact]
    public async Task What_a_database_or_a_page_cannot_hold_is_replaced()
    {
        await using var storage = await postgres.NewAsync(_time);
        var (store, process) = (storage.Get<NoteStore>(), await ProcessAsync(storage));
        var draft = new NoteDraft(Noon, "a\0b\u001b[31m\tc\ud800d") { Author = "x\ny\u0007", Evidence = new NoteEvidence("view\0", "/p/\u0001x", ["\ud800"]) };
        var note = (await store.AddAsync(process, draft, None)).Note!.Written;
        Assert.Equal(("a\uFFFDb\uFFFD[31m\tc\uFFFDd", "x y\uFFFD"), (note.Text, note.Author));
        Assert.Equal(("view\uFFFD", "/p/\uFFFDx", "\uFFFD"), (note.Evidence!.Kind, note.Evidence.Url, Assert.Single(note.Evidence.Ids)));
    }

    [Fact]
    public async Task Who_edits_what_somebody_else_changed_meanwhile_is_told_and_nothing_is_lost()
    {
        await using var storage = await postgres.NewAsync(_time);
        var (store, process) = (storage.Get<NoteStore>(), await ProcessAsync(storage));
        var read = (await store.AddAsync(process, new NoteDraft(Noon, "one"), None)).Note!;
        // The clock stands: versions differ all the same.
        var (done, second) = await store.EditAsync(process, read.Id, new NoteDraft(Noon, "two"), read.Version, None);
        var (refused, _) = await store.EditAsync(process, read.Id, new NoteDraft(Noon, "three"), read.Version, None);
        Assert.Equal((NoteOutcome.Done, NoteOutcome.Changed), (done, refused));
        Assert.Equal("two", Assert.Single(await store.ListAsync(process, None)).Written.Text);
        Assert.NotNull(second!.EditedAt);
        Assert.Equal(NoteOutcome.Done, (await store.EditAsync(process, read.Id, new NoteDraft(Noon, "four"), null, None)).Outcome);
        Assert.Equal(NoteOutcome.NotFound, (await store.EditAsync(process, Guid.NewGuid(), new NoteDraft(Noon, "x"), null, None)).Outcome);
        Assert.Equal(NoteOutcome.NotFound, (await store.EditAsync(await ProcessAsync(storage, pid: 2), read.Id, new NoteDraft(Noon, "x"), null, None)).Outcome);
    }

    [Fact]
    public async Task A_process_has_so_many_notes_and_no_more()
    {
        await using var storage = await postgres.NewAsync(_time);
        var process = await ProcessAsync(storage);
        var store = new NoteStore(storage.Get<NpgsqlDataSource>(), storage.Get<ChangeFeed>(), _time, Limits.Default with { NotesOfProcess = 3 });
        for (var i = 0; i < 3; i++) Assert.Equal(NoteOutcome.Done, (await store.AddAsync(process, new NoteDraft(Noon, "n"), None)).Outcome);
        Assert.Equal(NoteOutcome.Full, (await store.AddAsync(process, new NoteDraft(Noon, "n"), None)).Outcome);
        Assert.True(await store.DeleteAsync(process, (await store.ListAsync(process, None))[0].Id, None));
        Assert.Equal(NoteOutcome.Done, (await store.AddAsync(process, new NoteDraft(Noon, "n"), None)).Outcome);
        Assert.Equal(NoteOutcome.NotFound, (await store.AddAsync(Guid.NewGuid(), new NoteDraft(Noon, "n"), None)).Outcome);
        Assert.False(await store.DeleteAsync(process, Guid.NewGuid(), None));
    }

    [Fact]
    public async Task Notes_go_with_their_process_and_not_before()
    {
        await using var storage = await postgres.NewAsync(_time);
        var (store, captures) = (storage.Get<NoteStore>(), storage.Get<CaptureStore>());
        _time.Now = Uploads.Received.AddDays(-40);
        var gone = (await captures.StoreAsync(Uploads.OfCase("plateau", "smaps.tar.gz", pid: 1) with { ReceivedAt = _time.Now }, None)).Processes[0];
        var kept = (await captures.StoreAsync(Uploads.OfCase("ucx-leak", "smaps.tar.gz", pid: 2) with { ReceivedAt = _time.Now }, None)).Processes[0];
        await store.AddAsync(gone, new NoteDraft(Noon, "of one that goes"), None);
        await store.AddAsync(kept, new NoteDraft(Noon, "old, of one that stays"), None);
        _time.Now = Uploads.Received;
        await captures.StoreAsync(Uploads.OfCase("ucx-leak", "pmap-x.log.gz", pid: 2), None);
        await storage.Get<Retention>().DeleteAsync(Uploads.Received.AddDays(-30), None);
        Assert.Empty(await store.ListAsync(gone, None));
        Assert.Single(await store.ListAsync(kept, None));
    }

    [Fact]
    public async Task Open_pages_hear_of_every_change_of_notes_while_the_change_number_of_the_process_stays()
    {
        await using var storage = await postgres.NewAsync();
        var feed = storage.Get<ChangeFeed>();
        await feed.StartAsync(None);
        var (store, process) = (storage.Get<NoteStore>(), await ProcessAsync(storage));
        var heard = new ConcurrentQueue<Guid>();
        using (feed.SubscribeBeside(heard.Enqueue))
        {
            var note = (await store.AddAsync(process, new NoteDraft(Noon, "one"), None)).Note!;
            await HeardAsync();
            await store.EditAsync(process, note.Id, new NoteDraft(Noon, "two"), null, None);
            await HeardAsync();
            await store.DeleteAsync(process, note.Id, None);
            await HeardAsync();
        }
        Assert.Equal(0, feed.Subscriptions);
        Assert.Equal(1, await storage.CountAsync("SELECT change_seq FROM process_state"));

        async Task HeardAsync()
        {
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(15); await Task.Delay(20))
                if (heard.TryDequeue(out var who))
                {
                    Assert.Equal(process, who);
                    return;
                }
            Assert.Fail("not heard within 15 s");
        }
    }

    private static async Task<Guid> ProcessAsync(TestStorage storage, int pid = 1) => (await storage.Get<CaptureStore>().StoreAsync(Uploads.Bare(Text, pid), None)).Processes[0];
}
