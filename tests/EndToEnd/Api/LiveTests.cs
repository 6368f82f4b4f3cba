using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

[Collection(nameof(ApiTests))]
public sealed class LiveTests(ApiServer api)
{
    private const char EndOfMessage = '\u001e';

    private ServerProcess Server => api.Server;

    [Fact]
    public async Task Who_watches_a_process_hears_of_its_snapshots_within_two_seconds_and_of_no_other()
    {
        var texts = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").Select(m => m.Text).Take(4).ToList();
        var watched = Uploads.NewHost();
        var process = (await Server.UploadAsync(texts[0], $"host={watched}&pid=1")).Text("processId");
        using var socket = await ConnectAsync();
        await SendAsync(socket, $$"""{"type":1,"invocationId":"1","target":"watch","arguments":["{{process}}"]}""");
        Assert.Equal(3, (await ReceiveAsync(socket)).GetProperty("type").GetInt32()); // the completion of the call

        double last = -1;
        foreach (var text in texts.Skip(1))
        {
            await Server.UploadAsync(text, $"host={Uploads.NewHost()}&pid=1");
            var clock = Stopwatch.StartNew();
            await Server.UploadAsync(text, $"host={watched}&pid=1");
            var changed = await ReceiveAsync(socket);

            Assert.InRange(clock.Elapsed.TotalSeconds, 0, 2);
            Assert.Equal("changed", changed.Text("target"));
            Assert.Equal(process, changed.GetProperty("arguments")[0].Text("processId"));
            var seq = changed.GetProperty("arguments")[0].Number("seq");
            Assert.True(seq > last);
            last = seq;
        }
    }

    [Fact]
    public async Task Who_watches_what_is_not_there_is_told_nothing_and_what_is_no_method_is_refused()
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, $$"""{"type":1,"invocationId":"1","target":"watch","arguments":["{{Guid.CreateVersion7()}}"]}""");
        Assert.Contains("There is no such process.", (await ReceiveAsync(socket)).Text("error"), StringComparison.Ordinal);
        foreach (var (target, arguments) in ((string, string)[])[("watch", "[\"../../1\"]"), ("watch", "[]"), ("Group", "[\"0\"]"), ("changed", "[]"), ("OnConnectedAsync", "[]"), ("__proto__", "[]")])
        {
            await SendAsync(socket, $$"""{"type":1,"invocationId":"2","target":"{{target}}","arguments":{{arguments}}}""");
            Assert.NotEmpty((await ReceiveAsync(socket)).Text("error"));
        }
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    private async Task<ClientWebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{Server.Address.Authority}/hubs/live"), CancellationToken.None);
        await SendAsync(socket, """{"protocol":"json","version":1}""");
        Assert.Equal("{}", (await ReceiveAsync(socket)).ToString());
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message + EndOfMessage), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    // The next message that is not a keep-alive.
    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var buffer = new byte[4096];
        while (true)
        {
            var text = new StringBuilder();
            while (text.Length == 0 || text[^1] != EndOfMessage)
            {
                var part = await socket.ReceiveAsync(buffer, late.Token);
                text.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
            }
            var message = JsonDocument.Parse(text.ToString().Split(EndOfMessage)[0]).RootElement;
            if (message.TryGetProperty("target", out var target) && target.GetString() is "beside") continue; // its verdict was stored meanwhile
            if (!message.TryGetProperty("type", out var type) || type.GetInt32() != 6) return message;
        }
    }
}
