using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>A server with a leaking process that has something to hide in every place: host, label, command line, folders, addresses, notes.</summary>
public sealed class ShareRuleSite : IAsyncLifetime
{
    /// <summary>Its host.</summary>
    public const string Host = "web-3.canary.example";

    /// <summary>A folder of its library.</summary>
    public const string Folder = "secretproject";

    /// <summary>A path of its, in the home of somebody.</summary>
    public const string Library = "/home/adalove/secretproject/libdecode.so";

    /// <summary>Who wrote its note.</summary>
    public const string Author = "Ada Lovelace";

    /// <summary>Host of another process.</summary>
    public const string OtherHost = "other-host-9";

    private const string Label = "blue-canary", Argument = "hunter2x";
    private const int First = 24;

    private IReadOnlyList<byte[]> _texts = [];
    private ServerProcess? _server;

    /// <summary>The running server.</summary>
    internal ServerProcess Server => _server!;

    /// <summary>Its database, for a second server and for the clock.</summary>
    public string Database { get; private set; } = "";

    /// <summary>The process that leaks.</summary>
    public Guid Leak { get; private set; }

    /// <summary>Another one, on another host.</summary>
    public Guid Other { get; private set; }

    /// <summary>The region that leaks.</summary>
    public Guid Region { get; private set; }

    /// <summary>What must be in no share that leaves all of it out.</summary>
    public IReadOnlyList<string> Secrets { get; private set; } = [];

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        _server = await ServerProcess.StartAsync();
        Database = $"Host={Path.Combine(Server.DataFolder, SocketFolder())};Username=memscope;Database=memscope";
        _texts = [.. Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").Select(m => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(m.Text).Replace("/usr/lib/", "/home/adalove/secretproject/", StringComparison.Ordinal)))];
        for (var i = 0; i < First; i++) Leak = await SnapshotAsync(i);
        await Server.UploadAsync(await File.ReadAllBytesAsync(Repository.PathOf("tests", "fixtures", "bpftrace", "ucx-leak.txt.gz")), $"process={Leak}&name={Host}-trace.txt");
        var vars = (await File.ReadAllTextAsync(Repository.PathOf("tests", "fixtures", "go-memstats", "vars.txt"))).Replace("\"./leaky\",\"vars\"", $"\"{Library}\",\"--token={Argument}\"", StringComparison.Ordinal);
        await Server.UploadAsync(Encoding.UTF8.GetBytes(vars), $"process={Leak}&name={Host}-vars.txt");
        Other = await Server.UploadCaseAsync("plateau", OtherHost, "smaps.tar.gz");
        var region = (await Server.JsonAsync($"api/v1/processes/{Leak}/regions?limit=1")).GetProperty("items")[0];
        Region = region.GetProperty("id").GetGuid();
        var (start, end) = (region.Text("start"), region.Text("end"));
        using var note = await Server.Client.PostAsJsonAsync($"api/v1/processes/{Leak}/notes",
            new { text = $"{Author} saw 0x{start} and {start}-{end} on {Host}, from {Library} with --token={Argument}, {Label}", author = Author });
        note.EnsureSuccessStatusCode();
        Secrets = [Host, "web-3", Folder, "adalove", Author, Label, Argument, start, end];
        var process = await Server.JsonAsync($"api/v1/processes/{Leak}");
        Assert.Contains(Argument, process.Text("commandLine"), StringComparison.Ordinal); // else nothing would be hidden
        Assert.Contains(Label, process.GetProperty("labels").ToString(), StringComparison.Ordinal);
    }

    /// <summary>Uploads the snapshots that were held back so far, two at a time.</summary>
    public async Task GrowAsync()
    {
        for (var i = First; i < First + 2; i++) await SnapshotAsync(i);
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => Server.DisposeAsync().AsTask();

    private async Task<Guid> SnapshotAsync(int number) =>
        (await Server.UploadAsync(_texts[number], $"host={Host}&pid=32305&takenAt={1795189300 + number}&label.role={Label}&name={Host}-smaps.txt")).GetProperty("processId").GetGuid();

    private string SocketFolder() => Path.GetRelativePath(Server.DataFolder, Path.GetDirectoryName(Directory.EnumerateFileSystemEntries(Server.DataFolder, ".s.PGSQL.*", SearchOption.AllDirectories).First(p => !p.EndsWith(".lock", StringComparison.Ordinal)))!);
}
