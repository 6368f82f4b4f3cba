using System.Globalization;
using System.Text.Json;
using MemScope.Benchmarks.Engine;

namespace MemScope.Benchmarks.Stacks;

/// <summary>The product's server with a database of its own, sent to as a script does.</summary>
internal sealed class StacksServer : IDisposable
{
    private readonly EngineFolder _folder = new();
    private readonly ServerProcess _server;
    private readonly HttpClient _client;
    private int _hosts;

    /// <summary>Starts it.</summary>
    public StacksServer(string dll)
    {
        _server = ServerProcess.Start(dll, "--port", "0", "--data", _folder.Path);
        _client = new HttpClient { BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{_server.Port}/")), Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>Where it answers.</summary>
    public Uri Address => _client.BaseAddress!;

    /// <summary>Greatest resident size of the server so far, bytes.</summary>
    public long PeakBytes => _server.PeakBytes;

    /// <summary>Uploads a file to a host of its own and tells the address of its stacks; when it returns, the file is stored.</summary>
    public async Task<string> UploadAsync(string file)
    {
        using var body = new StreamContent(File.OpenRead(file));
        using var answer = await _client.PostAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"api/v1/captures?host=bench-{_hosts++}&pid=4711&name={Path.GetFileName(file)}"), UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return $"{_client.BaseAddress}p/{json.RootElement.GetProperty("processId").GetString()}/stacks";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }
}
