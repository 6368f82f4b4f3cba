using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Tokens are made and ended over the API, each allows what its scopes say, and the audit log tells who did it.</summary>
public sealed class AdministrationTests(OpenServer open) : IClassFixture<OpenServer>
{
    private readonly string _admin = open.Server.Output.Split([' ', '\n']).Single(w => w.StartsWith("ms_", StringComparison.Ordinal));

    private Uri Local => new($"http://127.0.0.1:{open.Server.Address.Port}/");

    /// <summary>Method and path, and what a token of each scope gets; 0 where the answer is none of 401 and 403.</summary>
    public static TheoryData<string, string, int, int, int> Matrix => new()
    {
        { "GET", "api/v1/processes", 403, 0, 0 },
        { "GET", "api/v1/tokens", 403, 403, 0 },
        { "GET", "api/v1/audit", 403, 403, 0 },
        { "GET", "admin", 403, 403, 0 },
        { "POST", "api/v1/tokens", 403, 403, 0 },
        { "DELETE", "api/v1/tokens/0190a0b0-0000-7000-8000-000000000000", 403, 403, 0 },
        { "POST", "api/v1/captures?host=h&pid=1", 0, 403, 0 },
        { "POST", "api/v1/processes/0190a0b0-0000-7000-8000-000000000000/shares", 403, 403, 0 },
        { "DELETE", "api/v1/shares/0190a0b0-0000-7000-8000-000000000000", 403, 403, 0 },
        { "POST", "_blazor/negotiate?negotiateVersion=1", 403, 0, 0 },
        { "POST", "hubs/live/negotiate?negotiateVersion=1", 403, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_token_allows_what_its_scope_says(string method, string path, int ingest, int read, int admin)
    {
        foreach (var (scope, expected) in ((string, int)[])[("ingest", ingest), ("read", read), ("admin", admin)])
        {
            var (_, secret) = await MakeAsync($"matrix {scope}", scope);
            using var answer = await SendAsync(method, path, secret, method == "POST" ? JsonContent.Create(new { view = "overview" }) : null);
            if (expected == 0) Assert.DoesNotContain(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden]);
            else Assert.Equal(expected, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_revoked_token_stops_working_within_five_seconds_and_the_log_tells_who_ended_it()
    {
        var (id, secret) = await MakeAsync("short-lived", "read");
        using var before = await SendAsync("GET", "api/v1/processes", secret);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        using var ended = await SendAsync("DELETE", $"api/v1/tokens/{id}", _admin);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        var last = HttpStatusCode.OK;
        for (var until = DateTime.UtcNow.AddSeconds(5); last != HttpStatusCode.Unauthorized && DateTime.UtcNow < until;)
        {
            using var after = await SendAsync("GET", "api/v1/processes", secret);
            last = after.StatusCode;
        }
        Assert.Equal(HttpStatusCode.Unauthorized, last);

        using var log = await SendAsync("GET", "api/v1/audit", _admin);
        var text = await log.Content.ReadAsStringAsync();
        var entries = JsonDocument.Parse(text).RootElement.GetProperty("items").EnumerateArray().Where(e => e.Text("subject") == id).Select(e => (e.Text("actor"), e.Text("action"))).ToList();
        Assert.Equal([("admin", "token.revoke"), ("admin", "token.create")], entries);
        Assert.DoesNotContain("ms_", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_admin_token_cannot_be_revoked()
    {
        await using var alone = await ServerProcess.StartAsync(null, "--urls", "http://0.0.0.0:0");
        var admin = alone.Output.Split([' ', '\n']).Single(w => w.StartsWith("ms_", StringComparison.Ordinal));
        var here = new Uri($"http://127.0.0.1:{alone.Address.Port}/");
        using var list = await SendAsync("GET", "api/v1/tokens", admin, server: here);
        var id = (await list.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0].Text("id");

        using var refused = await SendAsync("DELETE", $"api/v1/tokens/{id}", admin, server: here);
        await refused.ProblemAsync(HttpStatusCode.Conflict, "last-admin");
    }

    [Theory]
    [InlineData("""{"name":"","scopes":["read"]}""")]
    [InlineData("""{"name":"x","scopes":[]}""")]
    [InlineData("""{"name":"x","scopes":["root"]}""")]
    [InlineData("""{"name":"x","scopes":[null]}""")]
    [InlineData("""{"name":"x","scopes":["read"],"expiresInDays":0}""")]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{}""")]
    public async Task A_token_that_is_not_told_apart_or_allows_nothing_is_not_made(string body)
    {
        using var refused = await SendAsync("POST", "api/v1/tokens", _admin, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        await refused.ProblemAsync(HttpStatusCode.BadRequest);
    }

    private async Task<(string Id, string Secret)> MakeAsync(string name, string scope)
    {
        using var answer = await SendAsync("POST", "api/v1/tokens", _admin, JsonContent.Create(new { name, scopes = (string[])[scope], expiresInDays = 1 }));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (made.GetProperty("token").Text("id"), made.Text("secret"));
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string token, HttpContent? content = null, Uri? server = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server ?? Local, path)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await open.Server.Client.SendAsync(request);
    }
}
