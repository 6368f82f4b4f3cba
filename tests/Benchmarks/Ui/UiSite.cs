using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using MemScope.Benchmarks.Engine;

namespace MemScope.Benchmarks.Ui;

/// <summary>The product's server over a store with two made processes: a long one of many snapshots and a wide one of many mappings.</summary>
internal sealed class UiSite : IAsyncDisposable
{
    private readonly EngineStore _store;
    private readonly EngineFolder _folder = new();
    private readonly ServerProcess _server;
    private readonly SyntheticProcess _alive;
    private int _taken;

    private UiSite(EngineStore store, SyntheticProcess alive, StoredProcess longOne, StoredProcess wide, string dll)
    {
        (_store, _alive, Long, Wide, _taken) = (store, alive, longOne, wide, longOne.Snapshots);
        _server = ServerProcess.Start(dll, "--port", "0", "--data", _folder.Path, "--db", store.ConnectionString);
        Client = new HttpClient { BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{_server.Port}/")), Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>Sends to the server.</summary>
    public HttpClient Client { get; }

    /// <summary>Many snapshots.</summary>
    public StoredProcess Long { get; }

    /// <summary>Many mappings.</summary>
    public StoredProcess Wide { get; }

    /// <summary>Stores both processes and starts the server.</summary>
    public static async Task<UiSite> StartAsync(UiSize size, string dll)
    {
        var store = await EngineStore.StartAsync();
        var alive = new SyntheticProcess(1, size.Regions);
        return new UiSite(store, alive, await store.LoadAsync(alive, size.Snapshots), await store.LoadAsync(new SyntheticProcess(2, size.WideRegions), size.WideSnapshots), dll);
    }

    /// <summary>Absolute address of a path.</summary>
    public string At(string path) => new Uri(Client.BaseAddress!, path).ToString();

    /// <summary>The next snapshot of the long process as a body of an upload.</summary>
    public (string Path, byte[] Body) NextSnapshot()
    {
        var body = new MemoryStream();
        using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(SyntheticSmaps.Text(_alive));
        _alive.Advance();
        var at = EngineStore.Begin + (EngineStore.Step * _taken++);
        return (string.Create(CultureInfo.InvariantCulture, $"api/v1/captures?host=bench&pid={Long.Pid}&name=smaps&takenAt={at:yyyy-MM-dd'T'HH:mm:ss'Z'}"), body.ToArray());
    }

    /// <summary>Uploads a snapshot to the long process.</summary>
    /// <exception cref="InvalidOperationException">The server made another process of it.</exception>
    public async Task UploadAsync((string Path, byte[] Body) snapshot)
    {
        using var body = new ByteArrayContent(snapshot.Body);
        using var answer = await Client.PostAsync(new Uri(snapshot.Path, UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
        if ((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("processId").GetGuid() != Long.Id) throw new InvalidOperationException("The snapshot came to another process.");
    }

    /// <summary>Makes a share of the long process' overview and tells its path.</summary>
    public async Task<string> ShareAsync()
    {
        using var answer = await Client.PostAsJsonAsync($"api/v1/processes/{Long.Id}/shares", new { view = "overview" });
        answer.EnsureSuccessStatusCode();
        return new Uri((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!).AbsolutePath;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _server.Dispose();
        _folder.Dispose();
        await _store.DisposeAsync();
    }
}
