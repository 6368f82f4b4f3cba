using System.Net.Http.Json;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using Microsoft.Playwright;

namespace MemScope.EndToEnd.Tests.Pages;

/// <summary>A server with the founding case and one browser, shared by the tests of pages.</summary>
public sealed class Site : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IBrowserContext? _regular;

    /// <summary>The server.</summary>
    public ServerProcess Server { get; private set; } = default!;

    /// <summary>Id of the leaking process: 91 snapshots and a trace.</summary>
    public Guid Leak { get; private set; }

    /// <summary>Id of another run of the leaking program, with the fix: 46 snapshots.</summary>
    public Guid Fixed { get; private set; }

    /// <summary>Id of a healthy process.</summary>
    public Guid Healthy { get; private set; }

    /// <summary>Id of the region that leaks.</summary>
    public Guid Region { get; private set; }

    /// <summary>What the pages of the catalogue are about.</summary>
    public Places Places => new(Leak, Fixed, Healthy, Region);

    /// <summary>Where Chromium lies: <c>CHROMIUM</c>, or the system's.</summary>
    public static string Chromium => Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // A cold server on two busy cores takes its time; what must be quick is asserted with a limit of its own.
        Assertions.SetDefaultExpectTimeout(30_000);
        Server = await ServerProcess.StartAsync();
        Leak = await UploadAsync("tests/fixtures/cases/ucx-leak/smaps.tar.gz", "host=debian12&pid=32305");
        await UploadAsync("tests/fixtures/bpftrace/ucx-leak.txt.gz", "host=debian12&pid=32305");
        Fixed = await UploadAsync("tests/fixtures/cases/ucx-leak/hook-none/smaps.tar.gz", "host=debian12&pid=14773&label.UCX_MEM_MMAP_HOOK_MODE=none");
        Healthy = await UploadAsync("tests/fixtures/cases/plateau/smaps.tar.gz", "host=web-7&pid=22854");
        var regions = await Server.JsonAsync($"api/v1/processes/{Leak}/regions?limit=1");
        Region = regions.GetProperty("items")[0].GetProperty("id").GetGuid();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Uploads a file of the repository and tells its process.</summary>
    public async Task<Guid> UploadAsync(string path, string query)
    {
        await using var file = File.OpenRead(Repository.PathOf(path.Split('/')));
        using var answer = await Server.Client.PostAsync($"api/v1/captures?{query}&name={Path.GetFileName(path)}", new StreamContent(file));
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("processId").GetGuid();
    }

    /// <summary>Makes a share of the leaking process.</summary>
    public async Task<(Guid Id, string Path)> ShareAsync(object request)
    {
        using var answer = await Server.Client.PostAsJsonAsync($"api/v1/processes/{Leak}/shares", request);
        answer.EnsureSuccessStatusCode();
        var share = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (share.GetProperty("id").GetGuid(), new Uri(share.Text("url")).AbsolutePath);
    }

    /// <summary>A fresh browser profile: no cookie, no cache.</summary>
    public async Task<Visitor> VisitAsync(string theme = "light", int width = 1440, int height = 900, bool scripts = true)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = Server.Address.ToString(),
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = height },
            JavaScriptEnabled = scripts,
        });
        context.SetDefaultTimeout(45_000);
        return new Visitor(context, await context.NewPageAsync(), Server.Address);
    }

    /// <summary>Another page of one browser profile, light and wide: scripts and styles are there already, which spares tests of many pages most of their time.</summary>
    public async Task<Visitor> ReturnAsync()
    {
        if (_regular is null)
        {
            _regular = await _browser!.NewContextAsync(new() { BaseURL = Server.Address.ToString(), ColorScheme = ColorScheme.Light, ViewportSize = new() { Width = 1440, Height = 900 } });
            _regular.SetDefaultTimeout(45_000);
        }
        return new Visitor(_regular, await _regular.NewPageAsync(), Server.Address, isGuest: true);
    }
}

/// <summary>One test class after another on one server.</summary>
[CollectionDefinition(nameof(Site))]
public sealed class SiteCollection : ICollectionFixture<Site>;
