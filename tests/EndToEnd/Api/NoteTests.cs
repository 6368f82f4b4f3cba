using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>What people write on the time line of a process, as a script writes and reads it.</summary>
[Collection(nameof(ApiTests))]
public sealed class NoteTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    [Fact]
    public async Task A_note_is_written_read_changed_and_deleted()
    {
        var process = await ProcessAsync();
        var written = await SendAsync("POST", $"{process}/notes", Body(new
        {
            text = "**hooks** off from here", at = "2026-11-20T15:43:00Z", to = "2026-11-20T15:44:00Z", author = "Ada", evidence = new { kind = "view", url = $"/p/{process}?to=9&v=1", ids = new[] { "9" } },
        }), HttpStatusCode.Created);
        var note = Assert.Single((await Server.JsonAsync($"api/v1/processes/{process}/notes")).GetProperty("items").EnumerateArray());
        Assert.Equal(written.ToString(), note.ToString());
        Assert.Equal(("**hooks** off from here", "Ada", $"/p/{process}?to=9&v=1", "9"), (note.Text("text"), note.Text("author"), note.GetProperty("evidence").Text("url"), note.GetProperty("evidence").GetProperty("ids")[0].GetString()));
        Assert.Equal((new DateTimeOffset(2026, 11, 20, 15, 43, 0, TimeSpan.Zero), JsonValueKind.Null), (note.GetProperty("at").GetDateTimeOffset(), note.GetProperty("editedAt").ValueKind));

        var changed = await SendAsync("PUT", $"{process}/notes/{note.Text("id")}", Body(new { text = "hooks on", to = "" }), HttpStatusCode.OK, note.Text("version"));
        Assert.Equal(("hooks on", "Ada", JsonValueKind.Null), (changed.Text("text"), changed.Text("author"), changed.GetProperty("to").ValueKind));
        Assert.NotEqual(JsonValueKind.Null, changed.GetProperty("editedAt").ValueKind);
        await RefusedAsync("PUT", $"{process}/notes/{note.Text("id")}", Body(new { text = "over it" }), 412, "note-changed", note.Text("version"));

        using var csv = await Server.Client.GetAsync(new Uri($"api/v1/processes/{process}/notes?format=csv", UriKind.Relative));
        Assert.Contains(",Ada,hooks on,view,", await csv.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await SendAsync("DELETE", $"{process}/notes/{note.Text("id")}", null, HttpStatusCode.NoContent);
        await RefusedAsync("DELETE", $"{process}/notes/{note.Text("id")}", null, 404, "not-found");
        Assert.Equal(0, (await Server.JsonAsync($"api/v1/processes/{process}/notes")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_window_has_the_notes_that_are_about_it_and_a_note_without_a_time_is_about_the_last_snapshot()
    {
        var process = await ProcessAsync();
        var times = (await Server.JsonAsync($"api/v1/processes/{process}/snapshots")).GetProperty("items").EnumerateArray().Select(s => s.Text("takenAt")).ToList();
        await SendAsync("POST", $"{process}/notes", Body(new { text = "first", at = times[0] }), HttpStatusCode.Created);
        await SendAsync("POST", $"{process}/notes", Body(new { text = "span", at = times[1], to = times[5] }), HttpStatusCode.Created);
        await SendAsync("POST", $"{process}/notes", Body(new { text = "last" }), HttpStatusCode.Created);
        Assert.Equal("first span last", await TextsAsync(""));
        Assert.Equal("first", await TextsAsync("?to=1"));
        Assert.Equal("span", await TextsAsync("?from=4&to=5"));
        Assert.Equal("last", await TextsAsync("?from=8"));

        async Task<string> TextsAsync(string query) => string.Join(' ', (await Server.JsonAsync($"api/v1/processes/{process}/notes{query}")).GetProperty("items").EnumerateArray().Select(n => n.Text("text")));
    }

    [Theory]
    [InlineData("{", 400, "bad-request")]
    [InlineData("null", 400, null)]
    [InlineData("[]", 400, "bad-request")]
    [InlineData("{}", 400, "bad-parameter")]
    [InlineData("""{"text":" \n\t "}""", 400, "bad-parameter")]
    [InlineData("""{"text":5}""", 400, "bad-request")]
    [InlineData("""{"text":"x","autor":"y"}""", 400, "bad-request")]
    [InlineData("""{"text":"x","at":"noon"}""", 400, "bad-parameter")]
    [InlineData("""{"text":"x","at":"2026-11-20T15:43:00"}""", 400, "bad-parameter")]
    [InlineData("""{"text":"x","at":"0001-01-01T00:00:00Z"}""", 400, "bad-parameter")]
    [InlineData("""{"text":"x","at":"2026-11-20T15:43:00Z","to":"2026-11-20T15:42:00Z"}""", 400, "bad-parameter")]
    [InlineData("""{"text":"x","evidence":{"kind":"rumour","url":"/p/x"}}""", 400, "bad-parameter")]
    [InlineData("""{"text":"x","evidence":{"kind":"view","url":"javascript:alert(1)"}}""", 400, "bad-parameter")]
    [InlineData("""{"text":"x","evidence":{"kind":"view","url":"https://a.example"}}""", 400, "bad-parameter")]
    [InlineData("""{"text":"x","evidence":{"kind":"view","url":null}}""", 400, "bad-parameter")]
    [InlineData("""{"text":"x","evidence":{"kind":null,"url":"/p/x"}}""", 400, "bad-parameter")]
    [InlineData("""{"text":"x","evidence":{"kind":"view","url":"/p/x","ids":null}}""", 400, "bad-parameter")]
    [InlineData("""{"text":"x","evidence":{"kind":"view","url":"/p/x","ids":[null]}}""", 400, "bad-parameter")]
    public async Task A_note_that_makes_no_sense_is_refused(string body, int status, string? code) => await RefusedAsync("POST", $"{await ProcessAsync()}/notes", body, status, code);

    [Fact]
    public async Task A_note_has_so_many_characters_and_no_more()
    {
        var process = await ProcessAsync();
        await SendAsync("POST", $"{process}/notes", Body(new { text = new string('é', 4000) }), HttpStatusCode.Created);
        var problem = await RefusedAsync("POST", $"{process}/notes", Body(new { text = new string('é', 4001) }), 413, "note-characters");
        Assert.Equal((4000, 4001), (problem.Number("limit"), problem.Number("actual")));
        await RefusedAsync("POST", $"{process}/notes", Body(new { text = "x", author = new string('a', 81) }), 400, "bad-parameter");
        await RefusedAsync("POST", $"{process}/notes", Body(new { text = new string('x', 2 << 20) }), 413, "body-too-large");
    }

    [Theory]
    [InlineData("\u0000\u001b[2J\u202e</textarea><script>alert(1)</script>")]
    [InlineData("\ud800 lone \udfff")]
    [InlineData("'; DROP TABLE note; --")]
    public async Task Hostile_text_is_kept_as_text(string text)
    {
        var process = await ProcessAsync();
        // Escapes, as a sender may write them: halves of pairs cannot be sent otherwise.
        var escaped = string.Concat(text.Select(c => $"\\u{(int)c:x4}"));
        var note = await SendAsync("POST", $"{process}/notes", $$"""{ "text": "{{escaped}}", "author": "{{escaped}}", "evidence": { "kind": "view", "url": "/p/{{process}}", "ids": ["{{escaped}}"] } }""", HttpStatusCode.Created);
        Assert.DoesNotContain('\0', note.Text("text"));
        Assert.Equal(text.Replace('\0', '\uFFFD').Replace('\u001b', '\uFFFD').Replace('\ud800', '\uFFFD').Replace('\udfff', '\uFFFD'), note.Text("text"));
    }

    [Fact]
    public async Task Who_watches_the_process_hears_of_a_note()
    {
        var process = await ProcessAsync();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{Server.Address.Authority}/hubs/live"), CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e{\"type\":1,\"target\":\"watch\",\"arguments\":[\"" + process + "\"]}\u001e"), WebSocketMessageType.Text, true, CancellationToken.None);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (buffer, heard) = (new byte[4096], "");
        // Watching begins some time after the call was sent: a note that came before is not told of.
        for (var i = 0; !heard.Contains("\"beside\"", StringComparison.Ordinal); i++)
        {
            await SendAsync("POST", $"{process}/notes", Body(new { text = "x" }), HttpStatusCode.Created);
            heard += Encoding.UTF8.GetString(buffer, 0, (await socket.ReceiveAsync(buffer, late.Token)).Count);
        }
        Assert.Contains(process.ToString(), heard, StringComparison.Ordinal);
    }

    private static string Body(object note) => JsonSerializer.Serialize(note);

    private async Task<Guid> ProcessAsync()
    {
        var (host, process) = (Uploads.NewHost(), Guid.Empty);
        foreach (var (text, i) in Fixtures.Members("cases", "plateau", "smaps.tar.gz").Take(8).Select((m, i) => (m.Text, i)))
            process = (await Server.UploadAsync(text, $"host={host}&pid=1&takenAt={1795189300 + i}")).GetProperty("processId").GetGuid();
        return process;
    }

    private async Task<JsonElement> SendAsync(string method, string path, string? body, HttpStatusCode status, string? version = null)
    {
        using var response = await AskAsync(method, path, body, version);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, text);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    private async Task<JsonElement> RefusedAsync(string method, string path, string? body, int status, string? code, string? version = null)
    {
        using var response = await AskAsync(method, path, body, version);
        return await response.ProblemAsync((HttpStatusCode)status, code);
    }

    private async Task<HttpResponseMessage> AskAsync(string method, string path, string? body, string? version)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri("api/v1/processes/" + path, UriKind.Relative));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        // A body that is too large is refused before it is read: whoever sends it all the same loses the connection, and perhaps the answer.
        request.Headers.ExpectContinue = body?.Length > 1 << 20;
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", $"\"{version}\"");
        return await Server.Client.SendAsync(request);
    }
}
