using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using Npgsql;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>The rules of a share, a row each: who gets what by a link (S3), what the link itself gives away (S4), and what is left out (S5).</summary>
public sealed partial class ShareRuleTests(ShareRuleSite site) : IClassFixture<ShareRuleSite>, IDisposable
{
    private const string Reader = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0";

    private static readonly Dictionary<string, Func<ShareRuleTests, Task>> Table = new(StringComparer.Ordinal)
    {
        ["S3 frozen: page, chart and picture stay the same while the process grows"] = r => r.FrozenAsync(),
        ["S3 revoked: page, chart and picture are gone and look as if they had never been"] = r => r.RevokedAsync(),
        ["S3 expired: gone at its time"] = r => r.ExpiredAsync(),
        ["S3 a key is all of it: literal :key, null, a blank, a part, a megabyte open nothing"] = r => r.OtherKeysAsync(),
        ["S3 read-only: DELETE, PATCH, PUT and POST with a view key are refused and change nothing"] = r => r.ReadOnlyAsync(),
        ["S3 nothing else can be reached through it, whatever id is put behind it"] = r => r.OtherIdsAsync(),
        ["S3 views are counted and audited, without the key"] = r => r.CountedAsync(),
        ["S4 every route: no referrer, no index, no store, no style or script of others"] = r => r.HeadersAsync(),
        ["S4 robots are told to stay away"] = r => r.RobotsAsync(),
        ["S4 nothing of a page comes from another server"] = r => r.OwnResourcesAsync(),
        ["S4 title and preview say nothing unless the sender says so"] = r => r.PreviewAsync(),
        ["S4 programs that draw previews get no data and are not counted"] = r => r.ProgramsAsync(),
        ["S4 the key stands in no log, no list and no audit entry"] = r => r.UnloggedAsync(),
        ["S5 an overview without what its sender left out"] = r => r.RedactedAsync(new { view = "overview" }),
        ["S5 regions without it"] = r => r.RedactedAsync(new { view = "regions" }),
        ["S5 a region without it"] = r => r.RedactedAsync(new { view = "region", region = r.Site.Region }),
        ["S5 a difference without it"] = r => r.RedactedAsync(new { view = "diff", from = 2, to = 20 }),
        ["S5 stacks without it"] = r => r.RedactedAsync(new { view = "stacks" }),
        ["S5 a trace without it"] = r => r.RedactedAsync(new { view = "trace" }),
        ["S5 a ledger without it"] = r => r.RedactedAsync(new { view = "ledger" }),
        ["S5 findings with their next probes without it"] = r => r.RedactedAsync(new { view = "findings" }),
        ["S5 captures without it"] = r => r.RedactedAsync(new { view = "captures" }),
        ["S5 without a choice nothing is left out"] = r => r.NotRedactedAsync(),
    };

    /// <summary>The rules by name.</summary>
    public static TheoryData<string> Rules => [.. Table.Keys];

    // Each test is a machine of its own: the server slows down one that guesses often.
    private static int _machines = 10;
    private readonly IPAddress _machine = IPAddress.Parse($"127.0.0.{Interlocked.Increment(ref _machines)}");
    private HttpClient? _reader;

    private ShareRuleSite Site => site;

    private ServerProcess Server => site.Server;

    private HttpClient ReaderClient => _reader ??= new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(_machine, 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    /// <inheritdoc/>
    public void Dispose() => _reader?.Dispose();

    [Theory]
    [MemberData(nameof(Rules))]
    public Task It_holds(string rule) => Table[rule](this);

    [Fact]
    public async Task Three_hundred_readers_are_counted_and_none_has_a_circuit()
    {
        var (id, url) = await ShareAsync(new { view = "overview" });
        var pages = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => ReadAsync(url)));
        Assert.All(pages, page => Assert.Contains("class=\"picture-plot\"", page, StringComparison.Ordinal));
        Assert.All(pages, page => Assert.DoesNotContain("_blazor", page, StringComparison.Ordinal));
        Assert.All(pages, page => Assert.DoesNotContain("blazor.web", page, StringComparison.Ordinal));
        Assert.Equal(300, (await RowAsync(id)).GetProperty("views").GetInt64());
    }

    [Fact]
    public async Task What_one_server_ends_another_of_the_same_database_does_not_show()
    {
        await using var second = await ServerProcess.StartAsync(null, "--db", site.Database);
        var (id, url) = await ShareAsync(new { view = "overview" });
        var there = new Uri(second.Address, new Uri(url).AbsolutePath).ToString();
        Assert.Contains(ShareRuleSite.Host, await ReadAsync(there), StringComparison.Ordinal);
        await EndAsync(id);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(there)); // not even the five seconds: each look asks the database
    }

    private async Task FrozenAsync()
    {
        var (_, url) = await ShareAsync(new { view = "diff" });
        var before = await AllAsync(url, withHeaders: false);
        await site.GrowAsync();
        Assert.Equal(before, await AllAsync(url, withHeaders: false));
    }

    private async Task RevokedAsync()
    {
        var (id, url) = await ShareAsync(new { view = "overview" });
        await EndAsync(id);
        foreach (var route in Routes(url)) Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(route));
        Assert.Equal(await WordsAsync(Server.Address + "s/" + new string('A', 32)), await WordsAsync(url));
        Assert.Equal("revoked", (await RowAsync(id)).Text("state"));
    }

    private async Task ExpiredAsync()
    {
        var (id, url) = await ShareAsync(new { view = "overview", expiresInDays = 1 });
        await ReadAsync(url);
        await using var database = NpgsqlDataSource.Create(site.Database);
        await using var end = database.CreateCommand("UPDATE share SET expires_at = now() WHERE share_id = $1");
        end.Parameters.Add(new() { Value = id });
        Assert.Equal(1, await end.ExecuteNonQueryAsync());
        foreach (var route in Routes(url)) Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(route));
        Assert.Equal("expired", (await RowAsync(id)).Text("state"));
    }

    private async Task OtherKeysAsync()
    {
        var (_, url) = await ShareAsync(new { view = "overview" });
        foreach (var key in (string[])[":key", "null", "%20", KeyOf(url)[..^1]]) Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(url.Replace(KeyOf(url), key, StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.RequestUriTooLong, await StatusAsync(url + new string('A', 1 << 20)));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Server.Address + "s/"));
    }

    private async Task ReadOnlyAsync()
    {
        var (id, url) = await ShareAsync(new { view = "overview" });
        foreach (var method in (string[])["DELETE", "PATCH", "PUT", "POST"])
        {
            using var refused = await SendAsync(new HttpMethod(method), url);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using var byKey = await Server.Client.DeleteAsync($"api/v1/shares/{KeyOf(url)}");
        Assert.False(byKey.IsSuccessStatusCode);
        await ReadAsync(url);
        Assert.Equal("open", (await RowAsync(id)).Text("state"));
    }

    private async Task OtherIdsAsync()
    {
        var (_, url) = await ShareAsync(new { view = "overview" });
        var own = await ReadAsync(url + "/series");
        foreach (var path in (string[])[$"/p/{site.Other}", $"/series/{site.Other}", $"/api/v1/processes/{site.Other}"]) Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(url + path));
        Assert.Equal(own, await ReadAsync($"{url}/series?process={site.Other}&region={site.Region}&from=1&to=2&by=region"));
        var page = await ReadAsync($"{url}?process={site.Other}&from=1&to=2");
        Assert.DoesNotContain(site.Other.ToString(), page, StringComparison.Ordinal);
        Assert.DoesNotContain(ShareRuleSite.OtherHost, page, StringComparison.Ordinal);
    }

    private async Task CountedAsync()
    {
        var (id, url) = await ShareAsync(new { view = "overview", title = "counted" });
        for (var i = 0; i < 3; i++) await ReadAsync(url);
        await ReadAsync(url + "/series"); // part of the page
        using var head = await SendAsync(HttpMethod.Head, url);
        await EndAsync(id);
        var row = await RowAsync(id);
        Assert.Equal((3L, "local"), (row.GetProperty("views").GetInt64(), row.Text("createdBy")));
        var entries = (await Server.JsonAsync("api/v1/audit?limit=1000")).GetProperty("items").EnumerateArray().Where(e => e.Text("subject") == id.ToString()).Select(e => (e.Text("action"), e.Text("actor"))).ToList();
        Assert.Equal([("share.revoke", "local"), ("share.view", _machine.ToString()), ("share.create", "local")], entries);
    }

    private async Task HeadersAsync()
    {
        var (_, url) = await ShareAsync(new { view = "overview" });
        foreach (var route in (string[])[.. Routes(url), url + "/nothing"])
        {
            using var answer = await SendAsync(HttpMethod.Get, route);
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.Equal("noindex, nofollow", Assert.Single(answer.Headers.GetValues("X-Robots-Tag")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.True(answer.Headers.CacheControl?.NoStore, route);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        }
    }

    private async Task RobotsAsync() => Assert.Contains("Disallow: /\n", await Server.Client.GetStringAsync("robots.txt"), StringComparison.Ordinal);

    private async Task OwnResourcesAsync()
    {
        var (_, url) = await ShareAsync(new { view = "overview" });
        foreach (Match link in Resource().Matches(await ReadAsync(url))) Assert.True(!link.Groups["url"].Value.Contains("//", StringComparison.Ordinal) || link.Groups["url"].Value.StartsWith(Server.Address.ToString(), StringComparison.Ordinal), link.Value);
    }

    private async Task PreviewAsync()
    {
        var (_, silent) = await ShareAsync(new { view = "overview", title = "Secret leak" });
        var head = Head(await ReadAsync(silent));
        foreach (var word in (string[])["Secret", ShareRuleSite.Host, "ucx", "MiB"]) Assert.DoesNotContain(word, head, StringComparison.OrdinalIgnoreCase);
        var (_, open) = await ShareAsync(new { view = "overview", title = "Told leak", openGraph = true });
        Assert.Contains("Told leak", Head(await ReadAsync(open)), StringComparison.Ordinal);
    }

    private async Task ProgramsAsync()
    {
        var (id, url) = await ShareAsync(new { view = "overview", title = "Secret leak" });
        foreach (var program in (string[])["Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "facebookexternalhit/1.1", "Mozilla/5.0 (compatible; Googlebot/2.1)", "Mattermost-Bot/1.1", "WhatsApp/2.23"])
        {
            var page = await ReadAsync(url, program);
            foreach (var word in (string[])["Secret", ShareRuleSite.Host, "MiB"]) Assert.DoesNotContain(word, page, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(0, (await RowAsync(id)).GetProperty("views").GetInt64());
    }

    private async Task UnloggedAsync()
    {
        var (_, url) = await ShareAsync(new { view = "overview" });
        await ReadAsync(url);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(url + "/nothing"));
        Assert.DoesNotContain(KeyOf(url), Server.Output, StringComparison.Ordinal);
        foreach (var list in (string[])["api/v1/shares?limit=1000", "api/v1/audit?limit=1000", "metrics"]) Assert.DoesNotContain(KeyOf(url), await (await Server.Client.GetAsync(list)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task RedactedAsync(object request)
    {
        var members = JsonSerializer.SerializeToNode(request)!.AsObject();
        members["redact"] = new System.Text.Json.Nodes.JsonArray("host", "command", "paths", "addresses", "labels", "users");
        members["title"] = $"Leak on {ShareRuleSite.Host} in {ShareRuleSite.Library}";
        using var answer = await Server.Client.PostAsJsonAsync($"api/v1/processes/{site.Leak}/shares", members);
        var made = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, made);
        var share = JsonDocument.Parse(made).RootElement;
        var all = made + await AllAsync(share.Text("url")) + await RowAsync(share.GetProperty("id").GetGuid());
        foreach (var secret in site.Secrets) Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("host 1", all, StringComparison.Ordinal);
        Assert.Contains("without host names, command lines, folders of paths, addresses, labels and people", all, StringComparison.Ordinal);
        await using var database = NpgsqlDataSource.Create(site.Database);
        await using var stored = database.CreateCommand("SELECT document::text || title FROM share WHERE share_id = $1");
        stored.Parameters.Add(new() { Value = share.GetProperty("id").GetGuid() });
        var document = (string)(await stored.ExecuteScalarAsync())!;
        foreach (var secret in site.Secrets) Assert.DoesNotContain(secret, document, StringComparison.OrdinalIgnoreCase); // it was taken out before it was stored
    }

    private async Task NotRedactedAsync()
    {
        var (_, url) = await ShareAsync(new { view = "overview" });
        var page = await ReadAsync(url);
        foreach (var told in (string[])[ShareRuleSite.Host, ShareRuleSite.Author, ShareRuleSite.Folder]) Assert.Contains(told, page, StringComparison.Ordinal);
    }

    [GeneratedRegex("(src|href|action|srcset|content)=\"(?<url>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Resource();

    [GeneratedRegex("<!--.*?-->|<[^>]*>", RegexOptions.Singleline, 1000)]
    private static partial Regex Markup();

    private static string Head(string page) => page[..page.IndexOf("</head>", StringComparison.Ordinal)];

    private static string KeyOf(string url) => url.Split('/')[^1];

    private static string[] Routes(string url) => [url, url + "/series", url + "/picture.svg"];

    /// <summary>All that a reader can get: words of the page with its markup, chart, picture, headers.</summary>
    private async Task<string> AllAsync(string url, bool withHeaders = true)
    {
        var all = "";
        foreach (var route in Routes(url))
        {
            using var answer = await SendAsync(HttpMethod.Get, route);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode || route != url, text);
            // Form tokens and ids of panels differ from one rendering to the next.
            all += Changing().Replace(text, "") + (withHeaders ? string.Join('\n', answer.Headers.Concat(answer.Content.Headers).Select(h => $"{h.Key}: {string.Join(',', h.Value)}")) : "");
        }
        return all;
    }

    [GeneratedRegex("<!--.*?-->|<input[^>]*__RequestVerificationToken[^>]*>|panel-[0-9]+", RegexOptions.Singleline, 1000)]
    private static partial Regex Changing();

    private async Task<string> WordsAsync(string url)
    {
        using var answer = await SendAsync(HttpMethod.Get, url);
        return Markup().Replace(await answer.Content.ReadAsStringAsync(), " ");
    }

    private async Task<(Guid Id, string Url)> ShareAsync(object request)
    {
        using var answer = await Server.Client.PostAsJsonAsync($"api/v1/processes/{site.Leak}/shares", request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        var share = JsonDocument.Parse(text).RootElement;
        return (share.GetProperty("id").GetGuid(), share.Text("url"));
    }

    private async Task<JsonElement> RowAsync(Guid id) => (await Server.JsonAsync("api/v1/shares?limit=1000")).GetProperty("items").EnumerateArray().Single(s => s.GetProperty("id").GetGuid() == id);

    private async Task EndAsync(Guid id)
    {
        using var ended = await Server.Client.DeleteAsync($"api/v1/shares/{id}");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
    }

    private async Task<string> ReadAsync(string url, string agent = Reader)
    {
        using var answer = await SendAsync(HttpMethod.Get, url, agent);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpStatusCode> StatusAsync(string url)
    {
        using var answer = await SendAsync(HttpMethod.Get, url);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string url, string agent = Reader)
    {
        using var request = new HttpRequestMessage(method, new Uri(url, UriKind.RelativeOrAbsolute));
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        return await ReaderClient.SendAsync(request);
    }
}
