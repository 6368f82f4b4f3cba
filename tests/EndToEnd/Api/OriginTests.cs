using System.Net;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>A server without a login must not be reachable by web pages of others, whatever name they find it under.</summary>
[Collection(nameof(ApiTests))]
public sealed class OriginTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    public static TheoryData<string> Addresses => ["/", "/healthz", "/api/v1/processes", "/hubs/live/negotiate?negotiateVersion=1", "/_blazor/negotiate?negotiateVersion=1", "/s/unknown", "/css/app.css"];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_foreign_host_is_refused(string address)
    {
        foreach (var host in (string[])["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:5220", "169.254.1.1"])
        {
            using var response = await SendAsync(address, ("Host", host));
            await response.ProblemAsync(HttpStatusCode.MisdirectedRequest, "foreign-host");
        }
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_foreign_origin_is_refused(string address)
    {
        foreach (var origin in (string[])["http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1", "null", "http://localhost:5220.evil.example"])
        {
            using var response = await SendAsync(address, ("Origin", origin));
            await response.ProblemAsync(HttpStatusCode.Forbidden, "foreign-origin");
        }
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_request_that_another_site_makes_is_refused(string address)
    {
        foreach (var site in (string[])["cross-site", "same-site"])
        {
            using var response = await SendAsync(address, ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image"));
            await response.ProblemAsync(HttpStatusCode.Forbidden, "foreign-site");
        }
    }

    [Fact]
    public async Task A_websocket_of_another_origin_is_refused()
    {
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "http://evil.example");
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{Server.Address.Authority}/hubs/live"), CancellationToken.None));
        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_link_in_another_site_may_be_followed_to_a_page_but_not_to_the_api()
    {
        (string, string)[] follow = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        using var page = await SendAsync("/", follow);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var data = await SendAsync("/api/v1/processes", follow);
        await data.ProblemAsync(HttpStatusCode.Forbidden, "foreign-site");
        using var frame = await SendAsync("/", ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"));
        await frame.ProblemAsync(HttpStatusCode.Forbidden, "foreign-site");
    }

    [Fact]
    public async Task The_own_names_and_pages_are_served()
    {
        var port = Server.Address.Port;
        foreach (var host in (string[])[$"127.0.0.1:{port}", $"localhost:{port}", $"[::1]:{port}", "LOCALHOST"])
        {
            using var response = await SendAsync("/api/v1/processes", ("Host", host), ("Sec-Fetch-Site", "same-origin"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        using var own = await SendAsync("/api/v1/processes", ("Origin", Server.Address.GetLeftPart(UriPartial.Authority)));
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Theory]
    [InlineData("/", "style-src-attr 'unsafe-inline'")]
    [InlineData("/s/unknown", "frame-ancestors 'none'")]
    [InlineData("/api/v1/processes", "default-src 'none'")]
    public async Task Every_answer_carries_the_policy(string address, string part)
    {
        using var response = await SendAsync(address);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains(part, policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task A_person_reads_a_refusal_as_a_page()
    {
        using var response = await SendAsync("/p/x?q=%3Cscript%3E", ("Accept", "text/html"), ("Host", "evil.example"));
        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("foreign-host", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        using var data = await SendAsync("/api/v1/processes", ("Accept", "text/html"), ("Host", "evil.example"));
        await data.ProblemAsync(HttpStatusCode.MisdirectedRequest, "foreign-host");
    }

    private Task<HttpResponseMessage> SendAsync(string address, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(address.Contains("negotiate", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get, new Uri(Server.Address, address));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return Server.Client.SendAsync(request);
    }
}
