using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>A server on an address that other machines reach.</summary>
public sealed class OpenServer : IAsyncLifetime
{
    private ServerProcess? _server;

    /// <summary>The running server.</summary>
    internal ServerProcess Server => _server!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _server = await ServerProcess.StartAsync(null, "--urls", "http://0.0.0.0:0");

    /// <inheritdoc/>
    public Task DisposeAsync() => Server.DisposeAsync().AsTask();
}

/// <summary>A server that other machines reach asks for a token.</summary>
public sealed class SignInTests(OpenServer open) : IClassFixture<OpenServer>
{
    private readonly ServerProcess _server = open.Server;
    private readonly string _token = Assert.Single(Tokens(open.Server.Output));

    [Fact]
    public async Task Nothing_but_probes_assets_and_shares_is_open()
    {
        foreach (var address in (string[])["api/v1/processes", "api/v1/limits", "openapi/v1.json"])
        {
            using var refused = await GetAsync(address);
            await refused.ProblemAsync(HttpStatusCode.Unauthorized, "no-token");
            Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.Single().Scheme);
        }
        using var upload = await _server.Client.PostAsync(new Uri(Local, "api/v1/captures?host=h&pid=1"), new ByteArrayContent("x"u8.ToArray()));
        await upload.ProblemAsync(HttpStatusCode.Unauthorized);
        using var hub = await _server.Client.PostAsync(new Uri(Local, "hubs/live/negotiate?negotiateVersion=1"), null);
        await hub.ProblemAsync(HttpStatusCode.Unauthorized);
        using var circuit = await _server.Client.PostAsync(new Uri(Local, "_blazor/negotiate?negotiateVersion=1"), null);
        await circuit.ProblemAsync(HttpStatusCode.Unauthorized);
        foreach (var address in (string[])["healthz", "readyz", "css/app.css", "sign-in", "robots.txt"])
        {
            using var reached = await GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, reached.StatusCode);
        }
        using var share = await GetAsync("s/unknown");
        Assert.Equal(HttpStatusCode.NotFound, share.StatusCode);
    }

    [Fact]
    public async Task A_page_sends_its_visitor_to_the_sign_in_and_back()
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        using var browser = new HttpClient(handler) { BaseAddress = Local };
        using var page = await browser.GetAsync(new Uri("/upload?x=1", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Equal("/sign-in?return=%2Fupload%3Fx%3D1", page.Headers.Location?.OriginalString);

        using var wrong = await PostFormAsync(browser, "ms_wrong", "/upload?x=1");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var right = await PostFormAsync(browser, _token, "/upload?x=1");
        Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
        Assert.Equal("/upload?x=1", right.Headers.Location?.OriginalString);
        var cookie = Assert.Single(right.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var again = await browser.GetAsync(new Uri("/api/v1/processes", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);

        // By the cookie alone, without an own page behind it, nothing can be changed.
        using var forged = await browser.PostAsync(new Uri("/api/v1/captures?host=h&pid=1", UriKind.Relative), new ByteArrayContent("x"u8.ToArray()));
        await forged.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Whoever_signs_out_is_out_and_no_foreign_page_does_it_for_them()
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        using var browser = new HttpClient(handler) { BaseAddress = Local };
        using var entered = await PostFormAsync(browser, _token, "/");
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/sign-out") { Headers = { { "Origin", "https://evil.example" } } };
        using var refused = await browser.SendAsync(foreign);
        await refused.ProblemAsync(HttpStatusCode.Forbidden, "foreign-origin");
        using var still = await browser.GetAsync(new Uri("/api/v1/processes", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);

        using var left = await browser.PostAsync(new Uri("/sign-out", UriKind.Relative), null);
        Assert.Equal("/sign-in", left.Headers.Location?.OriginalString);
        using var after = await browser.GetAsync(new Uri("/api/v1/processes", UriKind.Relative));
        await after.ProblemAsync(HttpStatusCode.Unauthorized, "no-token");
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    public async Task The_sign_in_never_sends_elsewhere(string target)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = Local };
        using var response = await PostFormAsync(browser, _token, target);
        Assert.Equal("/", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_token_opens_the_api_and_is_found_in_no_log_and_not_in_the_database()
    {
        Assert.Matches("^ms_[A-Za-z0-9_-]{43}$", _token);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Local, "api/v1/captures?host=h&pid=3358")) { Content = new ByteArrayContent(await File.ReadAllBytesAsync(Fixtures.Case("raw-mmap-leak", "smaps.tar.gz"))) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        using var response = await _server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(1, _server.Output.Split(_token).Length - 1);
    }

    [Fact]
    public async Task A_token_that_is_revoked_loses_the_connections_that_it_opened()
    {
        using var make = new HttpRequestMessage(HttpMethod.Post, new Uri(Local, "api/v1/tokens")) { Content = JsonContent.Create(new { name = "watcher", scopes = (string[])["read"] }) };
        make.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        using var made = await _server.Client.SendAsync(make);
        var token = await made.Content.ReadFromJsonAsync<JsonElement>();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + token.Text("secret"));
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_server.Address.Port}/hubs/live"), CancellationToken.None);
        await socket.SendAsync("{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var buffer = new byte[256];
        await socket.ReceiveAsync(buffer, CancellationToken.None);

        using var revoke = new HttpRequestMessage(HttpMethod.Delete, new Uri(Local, "api/v1/tokens/" + token.GetProperty("token").Text("id")));
        revoke.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        using var revoked = await _server.Client.SendAsync(revoke);
        Assert.True(revoked.IsSuccessStatusCode);

        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(35));
        try
        {
            while ((await socket.ReceiveAsync(buffer, late.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (WebSocketException)
        {
            // It was cut off, which is as good.
        }
        Assert.False(late.IsCancellationRequested);
    }

    [Fact]
    public async Task The_token_is_shown_once_and_guessing_is_slowed_down()
    {
        using var data = new TemporaryFolder();
        await using (var first = await ServerProcess.StartAsync(data.PathOf("data"), "--urls", "http://0.0.0.0:0")) Assert.Single(Tokens(first.Output));
        await using var second = await ServerProcess.StartAsync(data.PathOf("data"), "--urls", "http://0.0.0.0:0");
        Assert.Empty(Tokens(second.Output));
        await GuessingIsSlowedDownAsync(new Uri($"http://127.0.0.1:{second.Address.Port}/"), second.Client);
    }

    // On a server of its own: all tests come from one address.
    private static async Task GuessingIsSlowedDownAsync(Uri server, HttpClient client)
    {
        HttpStatusCode last = default;
        for (var i = 0; i < 40 && last != HttpStatusCode.TooManyRequests; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "api/v1/processes"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "ms_guess" + i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            using var response = await client.SendAsync(request);
            last = response.StatusCode;
            if (last == HttpStatusCode.TooManyRequests) Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            else Assert.Equal(HttpStatusCode.Unauthorized, last);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    private Uri Local => new($"http://127.0.0.1:{_server.Address.Port}/");

    private static IEnumerable<string> Tokens(string output) => output.Split([' ', '\n']).Where(w => w.StartsWith("ms_", StringComparison.Ordinal));

    private Task<HttpResponseMessage> GetAsync(string path) => _server.Client.GetAsync(new Uri(Local, path));

    private static Task<HttpResponseMessage> PostFormAsync(HttpClient browser, string token, string target)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in")
        {
            Content = new FormUrlEncodedContent([new("token", token), new("return", target)]),
        };
        return browser.SendAsync(request);
    }
}
