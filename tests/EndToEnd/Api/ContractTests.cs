using System.Net;
using System.Text;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Which request gets which status and code.</summary>
[Collection(nameof(ApiTests))]
public sealed class ContractTests(ApiServer api)
{
    private const string NoOne = "00000000-0000-0000-0000-000000000000";

    private ServerProcess Server => api.Server;

    [Theory]
    [InlineData("GET", "api/v1/nothing", 404, "not-found")]
    [InlineData("POST", "api/v1/processes", 405, "method-not-allowed")]
    [InlineData("GET", $"api/v1/processes/{NoOne}", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/snapshots", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/snapshots/1", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/series", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/regions", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/diff?base=1&current=2", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/callchains", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/overview", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/captures", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/figures", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/notes", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/notes?at=1", 400, "bad-parameter")]
    [InlineData("DELETE", $"api/v1/processes/{NoOne}/notes/{NoOne}", 404, "not-found")]
    [InlineData("DELETE", $"api/v1/shares/{NoOne}", 404, "not-found")]
    [InlineData("GET", $"api/v1/captures/{NoOne}", 404, "not-found")]
    [InlineData("GET", $"api/v1/captures/{NoOne}/content", 404, "not-found")]
    [InlineData("PUT", $"api/v1/captures/{NoOne}/pin", 404, "not-found")]
    [InlineData("DELETE", $"api/v1/captures/{NoOne}/pin", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/snapshots/1?format=smaps", 404, "not-found")]
    [InlineData("GET", "api/v1/symbols/0123456789abcdef", 404, "not-found")]
    [InlineData("GET", "api/v1/symbols/..%2f..%2fetc", 400, null)]
    [InlineData("GET", "api/v1/processes?limit=0", 400, "bad-parameter")]
    [InlineData("GET", "api/v1/processes?limit=1001", 400, "bad-parameter")]
    [InlineData("GET", "api/v1/processes?limit=many", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/regions?sort=beauty", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/regions?category=gold", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/regions?from=yesterday", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/regions?source=gdb", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/series?by=colour", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/series?metric=size", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/series?points=1", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/growth", 404, "not-found")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/growth?by=colour", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/growth?metric=size", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/growth?top=0", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/regions?metric=size", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/callchains?weight=gold", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/callchains?region=here", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/diff?base=-1", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/diff?base=1&other=2", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/series?by=total&v=1", 404, "not-found")]
    [InlineData("GET", "api/v1/processes?hostname=h", 400, "bad-parameter")]
    [InlineData("GET", "api/v1/processes?label.=x", 400, "bad-parameter")]
    [InlineData("GET", "api/v1/processes?verdict=guilty", 400, "bad-parameter")]
    [InlineData("GET", "api/v1/formats?limit=1", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}?window=all", 400, "bad-parameter")]
    [InlineData("GET", $"api/v1/processes/{NoOne}/regions?filter=heap", 400, "bad-parameter")]
    [InlineData("PUT", "api/v1/symbols", 422, "empty")]
    [InlineData("POST", "api/v1/captures?host=h&pid=1", 422, "empty")]
    public async Task A_request_without_a_body_gets_its_status(string method, string path, int status, string? code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await Server.Client.SendAsync(request);
        await response.ProblemAsync((HttpStatusCode)status, code);
    }

    [Theory]
    [InlineData("host=h", 422, "no-pid")]
    [InlineData("host=h&pid=0", 400, "bad-parameter")]
    [InlineData("host=h&pid=-5", 400, "bad-parameter")]
    [InlineData("host=h&pid=99999999", 400, "bad-parameter")]
    [InlineData("host=h&pid=1&takenAt=noon", 400, "bad-parameter")]
    [InlineData("host=h&pid=1&takenAt=2026-11-21T15:42:29", 400, "bad-parameter")]
    [InlineData("host=h&pid=1&takenat2=5", 400, "bad-parameter")]
    [InlineData("host=h&pid=1&format=no-such-tool", 400, "bad-parameter")]
    [InlineData("host=h&pid=1&pid=2", 400, "bad-parameter")]
    [InlineData("host=a%00b&pid=1", 400, "bad-parameter")]
    [InlineData("host=h&pid=1&label.=x", 400, "bad-parameter")]
    [InlineData("host=h&pid=1&startTicks=-1", 400, "bad-parameter")]
    public async Task An_upload_with_a_wrong_query_is_refused(string query, int status, string code)
    {
        using var response = await Server.PostAsync(Smaps, query);
        await response.ProblemAsync((HttpStatusCode)status, code);
    }

    [Theory]
    [InlineData("hello, this is a letter and no capture", 415)]
    [InlineData("PERFILE2 and so on", 415)]
    [InlineData("\u007fELF\u0002\u0001\u0001 this is a program", 415)]
    [InlineData("cat: /proc/1/smaps: Permission denied\n", 422)]
    public async Task A_file_that_is_no_capture_is_refused_with_advice(string text, int status)
    {
        using var response = await Server.PostAsync(Encoding.Latin1.GetBytes(text), "host=h&pid=1");
        var problem = await response.ProblemAsync((HttpStatusCode)status);
        Assert.True(problem.Text("detail").Length > 30, problem.Text("detail"));
    }

    [Theory]
    [InlineData("multipart/form-data", 400, "bad-multipart")]
    [InlineData("multipart/form-data; boundary=b", 400, "bad-multipart")]
    [InlineData("multipart/mixed; boundary=b", 415, "media-type")]
    public async Task A_form_that_cannot_be_read_is_refused(string type, int status, string code)
    {
        using var response = await Server.PostAsync("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nhalf"u8.ToArray(), "host=h&pid=1", ("Content-Type", type));
        await response.ProblemAsync((HttpStatusCode)status, code);
    }

    [Theory]
    [InlineData("POST", "api/v1/captures?host=h&pid=1", 2L << 30)]
    [InlineData("PUT", "api/v1/symbols", 2L << 30)]
    [InlineData("POST", $"api/v1/processes/{NoOne}/shares", 1L << 20)]
    public async Task A_body_over_the_limit_of_its_address_is_refused_before_it_is_sent(string method, string path, long limit)
    {
        const long announced = 99_999_999_999;
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(Server.Address.Host, Server.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} /{path} HTTP/1.1\r\nHost: {Server.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {announced}\r\nConnection: close\r\n\r\n"));
        var answer = await new StreamReader(stream).ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\"limit\":{limit},\"actual\":{announced}", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "api/v1/captures?host=h&pid=1")]
    [InlineData("PUT", "api/v1/symbols")]
    public async Task A_request_that_announces_no_body_is_asked_for_one(string method, string path)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(Server.Address.Host, Server.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{method} /{path} HTTP/1.1\r\nHost: {Server.Address.Authority}\r\nConnection: close\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 411 ", await new StreamReader(stream).ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_key_at_the_same_time_is_a_conflict()
    {
        var key = Guid.NewGuid().ToString();
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(Server.Address.Host, Server.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /api/v1/captures?host=h&pid=1 HTTP/1.1\r\nHost: {Server.Address.Authority}\r\nIdempotency-Key: {key}\r\nContent-Length: 1000\r\n\r\nhalf"));
        await Task.Delay(500);
        using var response = await Server.PostAsync(Smaps, "host=h&pid=1", ("Idempotency-Key", key));
        await response.ProblemAsync(HttpStatusCode.Conflict, "upload-in-flight");
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("{\"view\":\"secrets\"}", 400)]
    [InlineData("{\"view\":\"overview\",\"expiresInDays\":-1}", 400)]
    [InlineData("{\"view\":\"overview\"}", 404)]
    public async Task A_share_that_makes_no_sense_is_refused(string body, int status)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Server.Client.PostAsync(new Uri($"api/v1/processes/{NoOne}/shares", UriKind.Relative), content);
        await response.ProblemAsync((HttpStatusCode)status);
    }

    [Fact]
    public async Task Limits_formats_and_the_description_are_told()
    {
        Assert.Equal(1000, (await Server.JsonAsync("api/v1/limits")).GetProperty("pageRows").GetInt32());
        Assert.Contains((await Server.JsonAsync("api/v1/formats")).GetProperty("items").EnumerateArray(), f => f.Text("slug") == "smaps");
        var description = await Server.JsonAsync("openapi/v1.json");
        Assert.Equal("MemScope", description.GetProperty("info").Text("title"));
        var list = description.GetProperty("paths").GetProperty("/api/v1/processes").GetProperty("get").GetProperty("parameters").EnumerateArray().ToList();
        Assert.Equal(["comm", "cursor", "host", "label.NAME", "limit", "q", "verdict"], list.Select(p => p.Text("name")).Order(StringComparer.Ordinal));
        Assert.All(list, p => Assert.NotEmpty(p.Text("description")));
        Assert.True(description.GetProperty("paths").GetProperty("/api/v1/captures").GetProperty("post").GetProperty("requestBody").GetProperty("content").TryGetProperty("application/octet-stream", out _));
        var paths = description.GetProperty("paths").EnumerateObject().Select(p => p.Name).ToList();
        foreach (var path in (string[])["captures", "processes", "processes/{process}/series", "processes/{process}/regions", "processes/{process}/diff", "processes/{process}/callchains", "symbols", "shares/{share}"])
            Assert.Contains("/api/v1/" + path, paths);
    }

    private static byte[] Smaps => Fixtures.Members("cases", "raw-mmap-leak", "smaps.tar.gz").First().Text;
}
