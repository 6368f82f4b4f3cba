using System.IO.Compression;
using System.Net;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Sends captures as a script would.</summary>
internal static class Uploads
{
    /// <summary>A host name that no other test uses.</summary>
    public static string NewHost() => "host-" + Guid.NewGuid().ToString("N")[..8];

    /// <summary>Posts a body to <c>/api/v1/captures</c>; the caller disposes the answer.</summary>
    public static Task<HttpResponseMessage> PostAsync(this ServerProcess server, byte[] body, string query, params (string Name, string Value)[] headers)
    {
        var content = new ByteArrayContent(body);
        foreach (var (name, value) in headers.Where(h => h.Name.StartsWith("Content-", StringComparison.Ordinal))) content.Headers.TryAddWithoutValidation(name, value);
        var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/captures?" + query) { Content = content };
        foreach (var (name, value) in headers.Where(h => !h.Name.StartsWith("Content-", StringComparison.Ordinal))) request.Headers.TryAddWithoutValidation(name, value);
        return server.Client.SendAsync(request);
    }

    /// <summary>Uploads a body that must be taken, and reads the answer.</summary>
    public static async Task<JsonElement> UploadAsync(this ServerProcess server, byte[] body, string query, params (string Name, string Value)[] headers)
    {
        using var response = await server.PostAsync(body, query, headers);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Uploads a file of a case to a host of its own and returns the process' id.</summary>
    public static async Task<Guid> UploadCaseAsync(this ServerProcess server, string name, string host, params string[] files)
    {
        Guid process = default;
        foreach (var file in files)
            process = (await server.UploadAsync(await File.ReadAllBytesAsync(Fixtures.Case(name, file)), $"host={host}&pid={Truth.Pid(name)}&name={file}")).GetProperty("processId").GetGuid();
        return process;
    }

    /// <summary>Checks that an answer is a problem document of that status and code, and returns it.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string? code = null)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode} instead of {(int)status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Equal("urn:memscope:problem:" + problem.Text("code"), problem.Text("type"));
        Assert.NotEmpty(problem.Text("traceId"));
        Assert.NotEmpty(problem.Text("detail"));
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal); // no stack trace
        Assert.True(problem.TryGetProperty("limit", out _) && problem.TryGetProperty("actual", out _));
        if (code is not null) Assert.Equal(code, problem.Text("code"));
        return problem;
    }

    /// <summary>Gzips bytes.</summary>
    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
