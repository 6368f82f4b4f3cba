using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Api;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.EndToEnd.Tests.Pages;
using MemScope.Tests;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Hostile;

/// <summary>A server that holds nothing but hostile processes, and a browser.</summary>
public sealed class HostileSite : IAsyncLifetime
{
    private const int CaseSnapshots = 24;
    private static readonly DateTimeOffset s_start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentQueue<string> _refused = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The server.</summary>
    public ServerProcess Server { get; private set; } = default!;

    /// <summary>The founding case, all of its names hostile: it is judged, and its cards tell names.</summary>
    public Guid Case { get; private set; }

    /// <summary>A process with a mapping, a callchain and a note for every payload alone.</summary>
    public Guid Wide { get; private set; }

    /// <summary>The processes of captures of every format; the first has most of them.</summary>
    public IReadOnlyList<Guid> Formats { get; private set; } = [];

    /// <summary>What one capture after another was refused for: none may be.</summary>
    public string Refused => string.Join('\n', _refused);

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(30_000);
        Server = await ServerProcess.StartAsync();
        Case = await CaseAsync();
        Wide = await WideAsync();
        Formats = await FormatsAsync();
        await HostsAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Site.Chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>A browser that looks for what payloads do.</summary>
    internal async Task<Witness> WatchAsync() => await Witness.StartAsync(_browser!, Server.Address);

    /// <summary>The address of what a share of a process shows.</summary>
    public async Task<string> ShareAsync(Guid process, object request)
    {
        using var answer = await Server.Client.PostAsJsonAsync($"api/v1/processes/{process}/shares", request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return new Uri(JsonDocument.Parse(text).RootElement.Text("url")).AbsolutePath;
    }

    private async Task<Guid> CaseAsync()
    {
        var smaps = HostileFormat.All.Single(f => f.Slug == "smaps");
        var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, leaveOpen: true))
        {
            foreach (var (name, text) in Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").Where((_, i) => i % 4 == 0).Take(CaseSnapshots))
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Planting.Plant(smaps, text, keeps: word => word[0] == '[')) });
        }
        var host = Query(3, "host") + "&pid=32305";
        var process = await SendAsync(archive.ToArray(), $"{host}&{Query(4, "name")}.tar&{Query(5, "label.role")}");
        var trace = HostileFormat.All.Single(f => f.Slug == "bpftrace");
        await SendAsync(Planting.Plant(trace, Fixtures.Unzipped("bpftrace", "ucx-leak.txt.gz")), $"{host}&{Query(6, "name")}");
        return process;
    }

    /// <summary>Three snapshots in which each mapping has a payload for its name and grows, a trace with a callchain of each, a heap profile with a frame of each, and a note of each.</summary>
    private async Task<Guid> WideAsync()
    {
        var process = Guid.Empty;
        for (var step = 1; step <= 3; step++)
        {
            var text = new StringBuilder();
            for (var i = 0; i < Payloads.All.Count; i++)
            {
                var (start, size) = (0x7f00_0000_0000 + (i * 0x100_0000L), step * (Payloads.IsReadByCharts(Payloads.All[i]) ? 4 * (i + 150) : 4L * (i + 1))); // the heaviest are drawn by name
                var name = Payloads.All[i].Replace("\n", "\\012", StringComparison.Ordinal);
                text.Append(CultureInfo.InvariantCulture, $"{start:x}-{start + 0x40_0000:x} rw-p 00000000 fd:01 {i + 7} {(i % 3) switch { 0 => "", 1 => "/tmp/", _ => "[anon:" }}{name}{(i % 3 == 2 ? "]" : "")}\n");
                text.Append(CultureInfo.InvariantCulture, $"Size: 4096 kB\nRss: {size} kB\nPss: {size} kB\nPrivate_Dirty: {size} kB\n");
            }
            var answer = await UploadAsync(Payloads.Bytes(text.ToString()), $"{Query(10, "host")}&pid=777&{Query(10 + step, "name")}&takenAt={s_start.AddMinutes(step):O}".Replace("+00:00", "Z", StringComparison.Ordinal) + string.Concat(Enumerable.Range(0, 30).Select(i => "&" + Query(20 + i, $"label.l{i}"))));
            process = answer.GetProperty("processId").GetGuid();
        }
        await SendAsync(Payloads.Bytes(Calls()), $"process={process}&{Query(14, "name")}&traceStart=2026-11-21T10:01:30Z");
        await SendAsync(Payloads.Bytes(string.Concat(Payloads.All.Select((p, i) => $"main;{p.Replace(';', ':').Replace('\n', ' ').Replace('\r', ' ')} {(i + 1) * 4096}\n"))), $"process={process}&{Query(15, "name")}&format=folded&takenAt=2026-11-21T10:02:00Z");
        for (var i = 0; i < Payloads.All.Count; i++)
        {
            using var note = await Server.Client.PostAsJsonAsync($"api/v1/processes/{process}/notes", new
            {
                text = Payloads.All[i], author = Author(i + 1), at = s_start.AddSeconds(60 + (i % 120)).ToString("O", CultureInfo.InvariantCulture),
            });
            if (!note.IsSuccessStatusCode) _refused.Enqueue($"note {i}: {await note.Content.ReadAsStringAsync()}");
        }
        return process;
    }

    private static string Author(int payload) => Payloads.Printable(Payloads.All[payload % Payloads.All.Count]) is { Length: <= 80 } all ? all : Payloads.Printable(Payloads.All[payload % Payloads.All.Count])[..80];

    /// <summary>A trace as bpftrace prints it: a call for each payload, whose callers are payloads.</summary>
    private static string Calls()
    {
        var text = new StringBuilder("Attaching 9 probes...\nTRACE-BEGIN 1000000000 pid=777\n");
        for (var i = 0; i < Payloads.All.Count; i++)
        {
            string Of(int by) => Payloads.All[(i + by) % Payloads.All.Count].Replace('\n', ' ').Replace('\r', ' ');
            text.Append(CultureInfo.InvariantCulture, $"{1000000000L + (i * 100_000_000L)} 777 {777 + (i % 9)} {Of(5)} mmap addr=0x0 len=4194304 prot=0x3 flags=0x22 fd=-1 ret=0x{0x7f00_0000_0000 + (i * 0x100_0000L):x}\n\n");
            text.Append(CultureInfo.InvariantCulture, $"\t7f9d017dc9b3 {Of(0)}+19 (/lib/{Of(1)})\n\t557ba1a13c53 {Of(2)}+19 (/opt/{Of(3)})\n\t557ba1a133da main+650 (/opt/program)\n\n");
        }
        return text.ToString();
    }

    /// <summary>A capture of every format in one process; those that tell of several processes bring their own.</summary>
    private async Task<IReadOnlyList<Guid>> FormatsAsync()
    {
        var (processes, number) = (new List<Guid>(), 0);
        foreach (var format in HostileFormat.All.OrderByDescending(f => f.Slug == "smaps"))
        {
            var capture = Planting.Plant(format, format.Capture());
            var told = $"{Query(number, "name")}&format={format.Slug}&takenAt={s_start.AddSeconds(number):yyyy-MM-dd'T'HH:mm:ss'Z'}";
            // A file that tells of another process, or of several, goes where it says.
            string[] whose = processes.Count == 0 ? [$"{Query(60, "host")}&pid=22654"] : [$"process={processes[0]}&pid=22654", Query(60 + number, "host"), $"{Query(60 + number, "host")}&pid=22654"];
            foreach (var one in whose)
            {
                using var answer = await Server.PostAsync(capture, $"{one}&{told}");
                if (answer.StatusCode == System.Net.HttpStatusCode.UnprocessableEntity && one != whose[^1]) continue;
                if (answer.IsSuccessStatusCode) processes.AddRange((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("processes").EnumerateArray().Select(p => p.GetGuid()).Except(processes));
                else _refused.Enqueue($"{format}: {await answer.Content.ReadAsStringAsync()}");
                break;
            }
            number++;
        }
        return processes;
    }

    /// <summary>A process for each payload: its host, its name, its command line, its file.</summary>
    private Task HostsAsync() => Parallel.ForEachAsync(Enumerable.Range(0, Payloads.All.Count), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
    {
        var text = $"Name:\t{Payloads.All[i].Replace("\n", "\\n", StringComparison.Ordinal)}\nPid:\t{i + 1}\nVmRSS:\t4 kB\n{i + 1}:   {Payloads.All[(i + 1) % Payloads.All.Count]}\n0000000000400000       4K r---- {Payloads.All[(i + 2) % Payloads.All.Count]}\n total                4K\n";
        await SendAsync(Payloads.Bytes(text), $"{Query(i, "host")}&pid={i + 1}&{Query(i + 3, "name")}&{Query(i + 4, "label.x")}");
    });

    private async Task<Guid> SendAsync(byte[] body, string query) => (await UploadAsync(body, query)) is { ValueKind: JsonValueKind.Object } answer ? answer.GetProperty("processId").GetGuid() : Guid.Empty;

    private async Task<JsonElement> UploadAsync(byte[] body, string query)
    {
        using var response = await Server.PostAsync(body, query);
        var text = await response.Content.ReadAsStringAsync();
        if (response.IsSuccessStatusCode) return JsonDocument.Parse(text).RootElement;
        _refused.Enqueue($"{Uri.UnescapeDataString(query)}: {(int)response.StatusCode} {text}");
        return default;
    }

    /// <summary>A parameter of an upload with a payload; what cannot be in one goes.</summary>
    private static string Query(int payload, string name) => $"{name}={Uri.EscapeDataString(Payloads.Printable(Payloads.All[payload % Payloads.All.Count]))}";
}

/// <summary>One test class after another on one server.</summary>
[CollectionDefinition(nameof(HostileSite))]
public sealed class HostileSiteCollection : ICollectionFixture<HostileSite>;
