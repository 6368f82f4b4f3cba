using System.Collections.Concurrent;
using MemScope.Agent.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MemScope.EndToEnd.Tests.Agent;

/// <summary>The agent against a server that misbehaves on purpose.</summary>
public sealed class RetryTests : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Key, long Bytes)> _received = new();
    private readonly ConcurrentQueue<int> _answers = new();
    private readonly WebApplication _server;

    public RetryTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        _server = builder.Build();
        _server.Urls.Add("http://127.0.0.1:0");
        _server.MapPost("/api/v1/captures", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _received.Enqueue((context.Request.Headers["Idempotency-Key"].ToString(), body.Length));
            context.Response.StatusCode = _answers.TryDequeue(out var status) ? status : 201;
            await context.Response.WriteAsJsonAsync(new { url = "/p/1", format = "smaps", snapshots = 1, code = "some-code", detail = "some advice" });
        });
    }

    [Fact]
    public async Task A_busy_server_is_tried_again_with_the_same_key()
    {
        foreach (var status in (int[])[503, 429]) _answers.Enqueue(status);
        var delivery = await SendAsync(TimeSpan.FromSeconds(30));

        Assert.True(delivery.Accepted);
        Assert.Equal(3, delivery.Attempts);
        Assert.Equal([("k", 5L), ("k", 5L), ("k", 5L)], _received);
        Assert.EndsWith("/p/1", delivery.Page!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(422)]
    [InlineData(500)]
    public async Task A_refusal_is_final_and_its_advice_is_told(int status)
    {
        _answers.Enqueue(status);
        var delivery = await SendAsync(TimeSpan.FromSeconds(30));

        Assert.False(delivery.Accepted);
        Assert.Single(_received);
        Assert.Contains("some-code: some advice", delivery.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_gives_up_in_time()
    {
        for (var i = 0; i < 100; i++) _answers.Enqueue(503);
        var delivery = await SendAsync(TimeSpan.FromSeconds(1));

        Assert.False(delivery.Accepted);
        Assert.Contains("gave up", delivery.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_comes_late_gets_it()
    {
        await _server.StartAsync();
        var address = new Uri(_server.Urls.Single());
        await _server.StopAsync();
        using var connection = new ServerConnection(address, null, TimeSpan.FromSeconds(30), TimeProvider.System);
        var sending = connection.SendAsync(Request, default);
        await Task.Delay(700);
        Assert.False(sending.IsCompleted);
        await using var late = WebApplication.CreateSlimBuilder().Build();
        late.Urls.Add(address.ToString());
        late.MapPost("/api/v1/captures", () => Results.Json(new { url = "/p/2" }, statusCode: 201));
        await late.StartAsync();

        Assert.True((await sending).Accepted);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private static HttpRequestMessage Request() => CaptureRequest.Post("api/v1/captures?pid=1", new ByteArrayContent("smaps"u8.ToArray()), "smaps.txt", "k");

    private async Task<Delivery> SendAsync(TimeSpan giveUpAfter)
    {
        await _server.StartAsync();
        using var connection = new ServerConnection(new Uri(_server.Urls.Single()), null, giveUpAfter, TimeProvider.System);
        return await connection.SendAsync(Request, default);
    }
}
