using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>A link that was copied from a page shows the same in another browser, after the server was restarted and when more snapshots have come.</summary>
[Collection(nameof(Site))]
public sealed class RestoredLinkTests(Site site)
{
    private const int AtOnce = 2;

    // What a page shows, without the lists of snapshots and processes that can be chosen: these grow.
    private const string Text = """
        () => {
          for (const select of document.querySelectorAll('main select')) select.replaceWith(select.selectedOptions[0]?.textContent ?? '');
          return document.querySelector('main .body').innerText;
        }
        """;

    [Fact]
    public async Task A_copied_link_shows_the_same_in_a_fresh_browser_after_a_restart_and_when_more_snapshots_came()
    {
        // A process of its own: this test adds to it.
        var leak = await site.UploadAsync("tests/fixtures/cases/ucx-leak/smaps.tar.gz", "host=restored&pid=32305");
        await site.UploadAsync("tests/fixtures/bpftrace/ucx-leak.txt.gz", "host=restored&pid=32305");
        var places = site.Places with { Leak = leak, Region = (await site.Server.JsonAsync($"api/v1/processes/{leak}/regions?limit=1")).GetProperty("items")[0].GetProperty("id").GetGuid() };
        var copied = await EachAsync(Catalogue.Pages.Where(p => p.IsEvidence), page => CopyAsync(page, places));
        Assert.All(copied, c => Assert.Contains("v=1", c.Link, StringComparison.Ordinal));

        await site.RestartAsync();
        await AddSnapshotsAsync(leak);

        var shown = await EachAsync(copied, async c => (c.Page, c.Link, Text: await ReadAsync(c.Page, new Uri(c.Link).PathAndQuery)));
        // One answer with all pages: each run takes its time.
        Assert.Equal("", string.Join("\n\n", copied.Zip(shown).Where(p => p.First.Text != p.Second.Text).Select(p => $"{p.First.Page} {p.First.Link}\n{Difference(p.First.Text, p.Second.Text)}")));
    }

    private async Task<(CataloguePage Page, string Link, string Text)> CopyAsync(CataloguePage page, Places places)
    {
        await using var visitor = await site.ReturnAsync();
        await visitor.OpenAsync(page.Path(places), page.Ready);
        var link = await visitor.CopyLinkAsync();
        return (page, link, await visitor.Page.EvaluateAsync<string>(Text));
    }

    private async Task<string> ReadAsync(CataloguePage page, string path)
    {
        await using var visitor = await site.VisitAsync();
        await visitor.OpenAsync(path, page.Ready);
        return await visitor.Page.EvaluateAsync<string>(Text);
    }

    /// <summary>Early snapshots once more, a minute later: RSS falls, and whatever follows the newest snapshot tells another story.</summary>
    private async Task AddSnapshotsAsync(Guid process)
    {
        var before = await SnapshotsAsync(process);
        await using var file = File.OpenRead(Repository.PathOf("tests", "fixtures", "cases", "ucx-leak", "smaps.tar.gz"));
        await using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var archive = new TarReader(unpacked);
        var last = (await site.Server.JsonAsync($"api/v1/processes/{process}")).GetProperty("lastSnapshotAt").GetDateTimeOffset();
        for (var added = 0; added < 4 && await archive.GetNextEntryAsync() is { } entry;)
        {
            if (entry.DataStream is not { } content) continue;
            added++;
            var takenAt = last.AddSeconds(60 * added).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
            using var answer = await site.Server.Client.PostAsync($"api/v1/captures?process={process}&takenAt={Uri.EscapeDataString(takenAt)}", new StreamContent(content));
            answer.EnsureSuccessStatusCode();
        }
        Assert.Equal(before + 4, await SnapshotsAsync(process));
    }

    private async Task<int> SnapshotsAsync(Guid process) => (await site.Server.JsonAsync($"api/v1/processes/{process}")).GetProperty("snapshots").GetInt32();

    private static async Task<IReadOnlyList<TResult>> EachAsync<T, TResult>(IEnumerable<T> items, Func<T, Task<TResult>> work)
    {
        using var places = new SemaphoreSlim(AtOnce);
        return await Task.WhenAll(items.Select(async item =>
        {
            await places.WaitAsync();
            try
            {
                return await work(item);
            }
            finally
            {
                places.Release();
            }
        }));
    }

    /// <summary>The first lines that differ.</summary>
    private static string Difference(string before, string after)
    {
        var lines = before.Split('\n').Zip(after.Split('\n')).Where(l => l.First != l.Second).Take(4).Select(l => $"- {l.First}\n+ {l.Second}").ToList();
        return lines.Count > 0 ? string.Join('\n', lines) : $"{before.Length} characters before, {after.Length} after";
    }
}
