using System.Net;
using System.Text;
using MemScope.Core;
using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Web.Hosting;
using MemScope.Web.Ingest;
using MemScope.Web.Symbolication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MemScope.Web.Tests.Symbolication;

/// <summary>What the client takes from a server of debug files, against a real server that behaves badly.</summary>
public sealed class DebuginfodClientTests : IAsyncLifetime
{
    private const string Id = "00112233445566778899aabbccddeeff00112233";
    private readonly string _folder = Directory.CreateTempSubdirectory("memscope-debuginfod-").FullName;
    private readonly TaskCompletionSource _never = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _asked = [];
    private WebApplication? _server;
    private Func<HttpContext, Task> _answer = c => c.Response.WriteAsync("");

    private Uri Address => new(_server!.Urls.First());

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Run(context =>
        {
            lock (_asked) _asked.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {string.Join(',', context.Request.Headers.Keys.Order(StringComparer.Ordinal))}");
            return _answer(context);
        });
        await _server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _never.TrySetResult();
        await _server!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("some/path/", "/some/path")]
    public async Task A_file_is_asked_for_below_the_servers_address_and_nothing_else_is_told(string given, string path)
    {
        _answer = c => c.Response.WriteAsync("the file");
        var fetch = await AskAsync(Servers(Address + given));
        Assert.Equal(DebuginfodOutcome.Stored, fetch.Outcome);
        await using var content = fetch.Content!;
        Assert.Equal("the file", await new StreamReader(content, Encoding.UTF8).ReadToEndAsync());
        Assert.Equal([$"GET {path}/buildid/{Id}/debuginfo Host,User-Agent"], _asked);
    }

    [Fact]
    public async Task The_next_server_is_asked_when_one_has_nothing()
    {
        _answer = c => c.Request.Path.StartsWithSegments("/one", StringComparison.Ordinal) ? Status(c, 404) : c.Response.WriteAsync("from two");
        var fetch = await AskAsync(Servers($"{Address}one,{Address}two"));
        Assert.Equal(DebuginfodOutcome.Stored, fetch.Outcome);
        await fetch.Content!.DisposeAsync();
        Assert.Equal(2, _asked.Count);
    }

    [Theory]
    [InlineData(404, DebuginfodOutcome.Missing)]
    [InlineData(500, DebuginfodOutcome.Failed)]
    [InlineData(206, DebuginfodOutcome.Failed)]
    public async Task A_status_is_told(int status, DebuginfodOutcome expected)
    {
        _answer = c => Status(c, status);
        Assert.Equal(expected, (await AskAsync(Servers(Address.ToString()))).Outcome);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed(int status)
    {
        _answer = c =>
        {
            c.Response.Headers.Location = "/elsewhere";
            return Status(c, status);
        };
        Assert.Equal(DebuginfodOutcome.Forbidden, (await AskAsync(Servers(Address.ToString()))).Outcome);
        Assert.DoesNotContain(_asked, a => a.Contains("elsewhere", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_without_end_is_cut_whether_its_length_is_told_or_not(bool isTold)
    {
        var sent = 0L;
        _answer = async c =>
        {
            if (isTold) c.Response.ContentLength = 1L << 40;
            var part = new byte[64 << 10];
            while (!c.RequestAborted.IsCancellationRequested && sent < 256 << 20)
            {
                await c.Response.Body.WriteAsync(part, c.RequestAborted);
                sent += part.Length;
            }
        };
        Assert.Equal(DebuginfodOutcome.TooLarge, (await AskAsync(Servers(Address.ToString()), new DebuginfodLimits { Bytes = 1 << 20 })).Outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_does_not_go_on_is_left(bool hasBegun)
    {
        _answer = async c =>
        {
            if (hasBegun) await c.Response.WriteAsync("begun");
            if (hasBegun) await c.Response.Body.FlushAsync();
            await _never.Task.WaitAsync(c.RequestAborted);
        };
        var times = new DebuginfodLimits { FirstByte = TimeSpan.FromMilliseconds(hasBegun ? 60_000 : 200), EachRead = TimeSpan.FromMilliseconds(200) };
        Assert.Equal(DebuginfodOutcome.Failed, (await AskAsync(Servers(Address.ToString()), times)).Outcome);
    }

    [Fact]
    public async Task A_server_that_drips_is_left_when_the_time_for_all_is_over()
    {
        _answer = async c =>
        {
            while (!c.RequestAborted.IsCancellationRequested)
            {
                await c.Response.WriteAsync(".", c.RequestAborted);
                await c.Response.Body.FlushAsync(c.RequestAborted);
                await Task.Delay(20, c.RequestAborted);
            }
        };
        Assert.Equal(DebuginfodOutcome.Failed, (await AskAsync(Servers(Address.ToString()), new DebuginfodLimits { Whole = TimeSpan.FromMilliseconds(500) })).Outcome);
    }

    [Fact]
    public async Task A_public_name_that_leads_into_the_own_network_is_refused_before_anything_is_sent()
    {
        _answer = c => c.Response.WriteAsync("secret");
        var servers = Servers($"http://debug.example.org:{Address.Port}");
        using var client = Client(servers, null, (_, _) => Task.FromResult(new[] { IPAddress.Loopback, IPAddress.Parse("169.254.169.254"), IPAddress.Parse("::ffff:10.0.0.1") }));
        Assert.True(BuildId.TryParse(Id, out var id));
        var fetch = await client.FetchAsync(id, "debuginfo", CancellationToken.None);
        Assert.Equal(DebuginfodOutcome.Forbidden, fetch.Outcome);
        Assert.Contains("debug.example.org", fetch.Text, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_private_name_may_lead_there()
    {
        _answer = c => c.Response.WriteAsync("file");
        using var client = Client(Servers($"http://symbols.corp:{Address.Port}"), null, (_, _) => Task.FromResult(new[] { IPAddress.Loopback }));
        Assert.True(BuildId.TryParse(Id, out var id));
        var fetch = await client.FetchAsync(id, "executable", CancellationToken.None);
        Assert.Equal(DebuginfodOutcome.Stored, fetch.Outcome);
        await fetch.Content!.DisposeAsync();
    }

    private static DebuginfodServers Servers(string list) => DebuginfodServers.Parse(list);

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private async Task<DebuginfodFetch> AskAsync(DebuginfodServers servers, DebuginfodLimits? times = null)
    {
        using var client = Client(servers, times, null);
        Assert.True(BuildId.TryParse(Id, out var id));
        return await client.FetchAsync(id, "debuginfo", CancellationToken.None);
    }

    private DebuginfodClient Client(DebuginfodServers servers, DebuginfodLimits? times, Func<string, CancellationToken, Task<IPAddress[]>>? resolve) =>
        new(servers, new BodySpool(new ServerOptions { DataFolder = _folder }), Limits.Default, times, resolve);
}
