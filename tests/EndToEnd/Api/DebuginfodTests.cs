using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>A server that may ask another one for debug files: what it asks for, what it takes, and what it never does.</summary>
public sealed class DebuginfodTests : IAsyncLifetime
{
    private const string Right = "7c3bf2f64b853ac5eedfc0559832adfbbc7e8e44"; // malloc_leak
    private const string Wrong = "00112233445566778899aabbccddeeff00112233";
    private const string Unknown = "ffeeddccbbaa99887766554433221100ffeeddcc";

    private readonly ConcurrentQueue<string> _asked = new();
    private WebApplication? _source;
    private ServerProcess? _server;

    private ServerProcess Server => _server!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _source = builder.Build();
        _source.Run(AnswerAsync);
        await _source.StartAsync();
        _server = await ServerProcess.StartAsync(null, "--debuginfod", _source.Urls.First());
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await _source!.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Frames_that_miss_their_file_get_it_from_the_server_that_the_operator_named()
    {
        var process = await UploadAsync("/opt/fetch/right", Right);
        var frames = await NamedAsync(process, f => f.GetProperty("file").ValueKind is JsonValueKind.String);
        Assert.Contains(frames, f => f.Text("function") == "main" && f.Text("file").EndsWith("malloc_leak.cpp", StringComparison.Ordinal));
        var files = (await Server.JsonAsync("api/v1/symbols/" + Right)).GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(["lines", "none"], files.Select(f => f.Text("quality")));
        Assert.All(files, f => Assert.Equal("debuginfod", f.Text("origin")));
        Assert.Equal([$"/buildid/{Right}/debuginfo", $"/buildid/{Right}/executable"], _asked.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_of_another_build_is_not_taken_and_what_nobody_has_is_not_asked_for_again()
    {
        var wrong = await UploadAsync("/opt/fetch/wrong", Wrong);
        var unknown = await UploadAsync("/opt/fetch/unknown", Unknown);
        await SettledAsync(wrong);
        await SettledAsync(unknown);
        using (var none = await Server.Client.GetAsync(new Uri("api/v1/symbols/" + Wrong, UriKind.Relative))) await none.ProblemAsync(HttpStatusCode.NotFound);
        Assert.Empty((await Server.JsonAsync("api/v1/symbols")).GetProperty("items").EnumerateArray());
        var note = SymbolUploads.ModuleOf(await Server.JsonAsync($"api/v1/processes/{wrong}/callchains?weight=live"), "/opt/fetch/wrong").Text("note");
        Assert.Contains(Right, note, StringComparison.Ordinal);
        Assert.Contains("does not have it", SymbolUploads.ModuleOf(await Server.JsonAsync($"api/v1/processes/{unknown}/callchains?weight=live"), "/opt/fetch/unknown").Text("note"), StringComparison.Ordinal);

        await SettledAsync(await UploadAsync("/opt/fetch/unknown", Unknown));
        Assert.Equal(_asked.Distinct().Count(), _asked.Count);
        Assert.All(_asked, a => Assert.StartsWith("/buildid/", a, StringComparison.Ordinal));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        _asked.Enqueue(path);
        var file = path switch
        {
            $"/buildid/{Right}/debuginfo" or $"/buildid/{Wrong}/debuginfo" => "malloc_leak.debug",
            $"/buildid/{Right}/executable" or $"/buildid/{Wrong}/executable" => "malloc_leak.stripped",
            _ => null,
        };
        if (file is null) context.Response.StatusCode = 404;
        else await context.Response.Body.WriteAsync(Fixtures.Bytes("elf", "malloc-leak-cpp", file));
    }

    /// <summary>A report of LeakSanitizer that could not name its frames.</summary>
    private async Task<string> UploadAsync(string module, string buildId)
    {
        var text = $"""

            =================================================================
            ==32655==ERROR: LeakSanitizer: detected memory leaks

            Direct leak of 30976 byte(s) in 484 object(s) allocated from:
                #0 0x7f1808011e35 in operator new(unsigned long) ../../../../src/libsanitizer/lsan/lsan_interceptors.cpp:248
                #1 0x564c03bad186  ({module}+0x3186) (BuildId: {buildId})
                #2 0x564c03bac494  ({module}+0x2494) (BuildId: {buildId})

            SUMMARY: LeakSanitizer: 30976 byte(s) leaked in 484 allocation(s).

            """;
        return (await Server.UploadAsync(Encoding.UTF8.GetBytes(text), $"host={Uploads.NewHost()}&pid=32655")).Text("processId");
    }

    private async Task<List<JsonElement>> NamedAsync(string process, Func<JsonElement, bool> isNamed)
    {
        while (true)
        {
            var frames = (await Server.JsonAsync($"api/v1/processes/{process}/callchains?weight=live")).GetProperty("items").EnumerateArray().SelectMany(i => i.GetProperty("frames").EnumerateArray())
                .Where(f => f.GetProperty("module").ValueKind is JsonValueKind.String && f.Text("module").StartsWith("/opt/fetch", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(frames);
            if (frames.TrueForAll(f => isNamed(f))) return frames;
            await Task.Delay(100);
        }
    }

    private async Task SettledAsync(string process)
    {
        while ((await Server.JsonAsync($"api/v1/processes/{process}/callchains?weight=live")).GetProperty("modules").EnumerateArray().Any(m => m.Text("symbols") == "pending")) await Task.Delay(100);
    }
}
