using System.Globalization;
using System.Net;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

[Collection(nameof(ApiTests))]
public sealed class UploadTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    [Fact]
    public async Task An_archive_sent_by_a_script_answers_with_the_address_of_the_page()
    {
        var host = Uploads.NewHost();
        using var response = await Server.PostAsync(await File.ReadAllBytesAsync(Fixtures.Case("ucx-leak", "smaps.tar.gz")), $"host={host}&pid=32305", ("Accept", "text/plain"));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal(page.Trim() + "\n", page);
        Assert.StartsWith(Server.Address.AbsoluteUri, page, StringComparison.Ordinal);
        var process = await Server.ProcessOfPageAsync(page);
        Assert.Equal(host, process.Text("host"));
        Assert.Equal(91, process.GetProperty("snapshots").GetInt32());
        using var shown = await Server.Client.GetAsync(new Uri(page.Trim()));
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
    }

    [Fact]
    public async Task A_repeat_of_an_archive_answers_with_the_same_ids_and_adds_nothing()
    {
        var host = Uploads.NewHost();
        var archive = await File.ReadAllBytesAsync(Fixtures.Case("plateau", "smaps.tar.gz"));
        using var first = await Server.PostAsync(archive, $"host={host}&pid=1");
        using var second = await Server.PostAsync(archive, $"host={host}&pid=1");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(91, (await OnlyProcessAsync(host)).GetProperty("snapshots").GetInt32());
    }

    [Fact]
    public async Task The_snapshots_of_plateau_sent_one_by_one_are_all_kept_although_neighbours_are_equal()
    {
        var host = Uploads.NewHost();
        var texts = Fixtures.Members("cases", "plateau", "smaps.tar.gz").Select(m => m.Text).ToList();
        Assert.True(texts.Zip(texts.Skip(1)).Count(p => p.First.AsSpan().SequenceEqual(p.Second)) > 20, "the case has equal neighbours");
        foreach (var text in texts) await Server.UploadAsync(text, $"host={host}&pid=32304");

        Assert.Equal(texts.Count, (await OnlyProcessAsync(host)).GetProperty("snapshots").GetInt32());
    }

    [Theory]
    [InlineData("pmap-x.log.gz", "pmap -x")]
    [InlineData("pmap-X.log.gz", "pmap -X")]
    public async Task A_looped_log_becomes_a_track_of_its_own(string file, string source)
    {
        var process = await Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz", file);
        var sources = (await Server.JsonAsync($"api/v1/processes/{process}")).GetProperty("sources").EnumerateArray().Select(s => s.GetString()).ToList();
        var all = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots?source={Uri.EscapeDataString(source)}")).GetProperty("items").EnumerateArray().ToList();
        var series = await Server.JsonAsync($"api/v1/processes/{process}/series?by=total&source={Uri.EscapeDataString(source)}");

        Assert.Equal(["smaps", source], sources);
        Assert.Equal(91, all.Count);
        Assert.All(all, s => Assert.Equal(source, s.Text("source")));
        Assert.Equal(all.Select(s => s.Number("rssBytes")), series.GetProperty("values")[0].EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(all.Select(s => s.Number("number")), series.GetProperty("numbers").EnumerateArray().Select(n => n.GetDouble()));
    }

    [Fact]
    public async Task A_single_smaps_of_a_living_process_is_a_snapshot_of_it()
    {
        var smaps = await File.ReadAllTextAsync("/proc/self/smaps");
        var host = Uploads.NewHost();
        var taken = new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);
        var query = string.Create(CultureInfo.InvariantCulture, $"host={host}&pid={Environment.ProcessId}&takenAt={taken.ToUnixTimeSeconds()}&label.role=test");
        var answer = await Server.UploadAsync(System.Text.Encoding.UTF8.GetBytes(smaps), query);
        var snapshots = (await Server.JsonAsync($"api/v1/processes/{answer.Text("processId")}/snapshots")).GetProperty("items");

        var snapshot = Assert.Single(snapshots.EnumerateArray());
        Assert.Equal(Truth.SumOfRss(smaps), snapshot.GetProperty("rssBytes").GetInt64());
        Assert.Equal(taken, snapshot.GetProperty("takenAt").GetDateTimeOffset());
        var process = await OnlyProcessAsync(host);
        Assert.Equal("test", process.GetProperty("labels").Text("role"));
        Assert.Equal(Environment.ProcessId, process.GetProperty("pid").GetInt32());
    }

    [Fact]
    public async Task Gzip_by_header_or_as_a_file_is_the_same_capture()
    {
        var host = Uploads.NewHost();
        var text = Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").First().Text;
        var plain = await Server.UploadAsync(text, $"host={host}&pid=1&takenAt=1795189439");
        var encoded = await Server.UploadAsync(Uploads.Gzip(text), $"host={host}&pid=1&takenAt=1795189439", ("Content-Encoding", "gzip"));
        var file = await Server.UploadAsync(Uploads.Gzip(text), $"host={host}&pid=1&takenAt=1795189439");

        Assert.Equal(plain.Text("captureId"), encoded.Text("captureId"));
        Assert.Equal(plain.Text("captureId"), file.Text("captureId"));
        Assert.Equal(1, (await OnlyProcessAsync(host)).GetProperty("snapshots").GetInt32());
    }

    [Fact]
    public async Task Several_files_in_one_form_are_all_stored_and_join()
    {
        var host = Uploads.NewHost();
        using var form = new MultipartFormDataContent();
        foreach (var file in (string[])["smaps.tar.gz", "status.tar.gz"])
            form.Add(new ByteArrayContent(await File.ReadAllBytesAsync(Fixtures.Case("steady-healthy", file))), "files", file);
        using var response = await Server.Client.PostAsync(new Uri($"api/v1/captures?host={host}&pid=32678", UriKind.Relative), form);
        var answer = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(2, answer.GetProperty("items").GetArrayLength());
        Assert.Equal(answer.GetProperty("items")[0].Text("captureId"), answer.Text("captureId"));
        var snapshots = (await Server.JsonAsync($"api/v1/processes/{answer.Text("processId")}/snapshots")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(91, snapshots.Count);
        Assert.All(snapshots, s => Assert.NotEqual(System.Text.Json.JsonValueKind.Null, s.GetProperty("statusRssBytes").ValueKind));
        var names = (await Server.JsonAsync($"api/v1/processes/{answer.Text("processId")}/captures")).GetProperty("items").EnumerateArray().Select(c => c.Text("fileName"));
        Assert.Equal(["smaps.tar.gz", "status.tar.gz"], names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_idempotency_key_makes_a_retry_harmless_and_refuses_another_body()
    {
        var host = Uploads.NewHost();
        var text = Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").First().Text;
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        using var first = await Server.PostAsync(text, $"host={host}&pid=1", key);
        using var second = await Server.PostAsync(text, $"host={host}&pid=1", key);
        using var other = await Server.PostAsync([.. text, .. "\n"u8], $"host={host}&pid=1", key);

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        await other.ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.Equal(1, (await OnlyProcessAsync(host)).GetProperty("snapshots").GetInt32());
    }

    [Fact]
    public async Task Sixteen_equal_uploads_at_once_are_stored_once()
    {
        var host = Uploads.NewHost();
        var archive = await File.ReadAllBytesAsync(Fixtures.Case("raw-mmap-leak", "smaps.tar.gz"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Server.PostAsync(archive, $"host={host}&pid=3358")));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(15, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(81, (await OnlyProcessAsync(host)).GetProperty("snapshots").GetInt32());
        foreach (var answer in answers) answer.Dispose();
    }

    private async Task<System.Text.Json.JsonElement> OnlyProcessAsync(string host) =>
        Assert.Single((await Server.JsonAsync($"api/v1/processes?q={host}")).GetProperty("items").EnumerateArray());
}
