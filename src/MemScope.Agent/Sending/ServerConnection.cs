using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace MemScope.Agent.Sending;

/// <summary>Sends requests to a server and tries again while that may help. Requests carry a key, so a repeat is harmless.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const int LongestAnswer = 1 << 20;
    private readonly HttpClient _client;
    private readonly Uri _server;
    private readonly TimeSpan _giveUpAfter;
    private readonly TimeProvider _time;

    /// <summary>A connection to <paramref name="server"/>; <paramref name="token"/> may be null on a loopback server.</summary>
    public ServerConnection(Uri server, string? token, TimeSpan giveUpAfter, TimeProvider time)
    {
        (_server, _giveUpAfter, _time) = (server, giveUpAfter, time);
        _client = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(10), MaxResponseContentBufferSize = LongestAnswer };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("memscope-agent", typeof(ServerConnection).Assembly.GetName().Version?.ToString(3)));
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (!string.IsNullOrEmpty(token)) _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Told once when the server stops answering, with the reason; not again before a request got through.</summary>
    public Action<string>? Waiting { get; init; }

    /// <summary>Sends until it is accepted, refused for good, or the time to give up has come.</summary>
    /// <param name="request">Makes the request anew for each attempt.</param>
    /// <param name="cancel">Ends waiting and sending.</param>
    public async Task<Delivery> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancel)
    {
        var begin = _time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var (delivery, retryAfter, final) = await TryAsync(request, attempt, cancel);
            if (final) return delivery;
            var wait = Backoff.Wait(attempt, retryAfter, Random.Shared.NextDouble());
            if (_time.GetElapsedTime(begin) > _giveUpAfter - wait) return delivery with { Text = $"{delivery.Text} (gave up after {attempt} attempts)" };
            if (attempt == 1) Waiting?.Invoke(delivery.Text);
            await Task.Delay(wait, _time, cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<(Delivery Delivery, TimeSpan? RetryAfter, bool Final)> TryAsync(Func<HttpRequestMessage> make, int attempt, CancellationToken cancel)
    {
        try
        {
            using var request = make();
            using var response = await _client.SendAsync(request, cancel);
            var body = await response.Content.ReadAsByteArrayAsync(cancel);
            if (response.IsSuccessStatusCode) return (Accepted(body, attempt), null, true);
            var text = ServerAnswer.Problem(response.StatusCode, body);
            var wait = response.Headers.RetryAfter?.Delta;
            return (new Delivery(false, text, null, attempt), wait, !Backoff.MayHelp(response.StatusCode));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return (new Delivery(false, $"no answer from {_server}: {e.Message}", null, attempt), null, false);
        }
    }

    private Delivery Accepted(byte[] body, int attempt)
    {
        var (text, page) = ServerAnswer.Stored(body);
        return new Delivery(true, text, page is null ? null : new Uri(_server, page), attempt);
    }
}

/// <summary>Reads the server's answers, without types of its own: unknown members are nothing to an agent.</summary>
internal static class ServerAnswer
{
    private static readonly string[] Counts = ["snapshots", "regions", "events", "callchains", "functions"];

    /// <summary>What an accepted upload says: counts for people and the page.</summary>
    public static (string Text, string? Page) Stored(byte[] body)
    {
        if (Read(body) is not { ValueKind: JsonValueKind.Object } answer) return ("stored", null);
        var parts = new List<string>();
        if (Text(answer, "format") is { } format) parts.Add(format);
        foreach (var name in Counts)
        {
            if (answer.TryGetProperty(name, out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out var n) && n > 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{n} {name}"));
        }
        if (answer.TryGetProperty("diagnostics", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{list.GetArrayLength()} remarks"));
        return (parts.Count == 0 ? "stored" : "stored: " + string.Join(", ", parts), Text(answer, "url"));
    }

    /// <summary>What a problem document says, else the status.</summary>
    public static string Problem(System.Net.HttpStatusCode status, byte[] body)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"the server answered {(int)status}");
        if (Read(body) is not { ValueKind: JsonValueKind.Object } problem) return text;
        var words = string.Join(": ", new[] { Text(problem, "code"), Text(problem, "detail") ?? Text(problem, "title") }.OfType<string>());
        return words.Length == 0 ? text : $"{text}, {words}";
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null; // a proxy's page, say: the status alone counts
        }
    }
}
