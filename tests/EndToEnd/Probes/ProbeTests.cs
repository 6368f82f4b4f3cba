using System.Diagnostics;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Api;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Probes;

/// <summary>
/// Each probe as it is offered: its command run by a shell against a program that maps by raw system calls, its result sent by its own line, and the API asked whether the process now knows
/// the program's function.
/// </summary>
[Collection(nameof(ApiTests))]
public sealed class ProbeTests(ApiServer api) : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _host = "it's`h`" + Uploads.NewHost();
    private MappingProgram _program = null!;
    private Guid _process;

    private ServerProcess Server => api.Server;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (new NeedsFactAttribute("gcc", "curl").Skip is not null) return;
        _program = await MappingProgram.StartAsync(_folder.FullPath);
        _process = (await SnapshotAsync()).GetProperty("processId").GetGuid();
    }

    /// <inheritdoc/>
    public Task DisposeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _program?.Dispose();
        _folder.Dispose();
    }

    [ProbeFact("bpftrace")]
    public async Task Bpftrace_names_who_keeps_what_it_mapped() => await TraceAsync("bpftrace");

    [ProbeFact("perf")]
    public async Task Perf_names_who_keeps_what_it_mapped()
    {
        await TraceAsync("perf");

        var sites = await CallchainsAsync("mapped");
        Assert.Contains(sites.SelectMany(s => s.GetProperty("frames").EnumerateArray()), f => f.GetProperty("buildId").GetString() is { Length: > 0 });
    }

    [ProbeFact("strace")]
    public async Task Strace_names_who_keeps_what_it_mapped() => await TraceAsync("strace");

    [ProbeFact("gdb")]
    public async Task Gdb_names_who_maps_by_raw_calls_with_the_results()
    {
        await TraceAsync("gdb");

        var all = await CallchainsAsync("mapped");
        Assert.DoesNotContain(MappingProgram.Scratch, string.Join(' ', all.Select(Names)), StringComparison.Ordinal);
    }

    [ProbeFact("gdb")]
    public async Task Gdb_at_the_system_call_names_who_maps() => await TraceAsync("gdb-catch", givesBack: false);

    [ProbeFact("bpftrace")]
    public async Task Bpftrace_s_sums_are_of_what_was_not_given_back()
    {
        await RunAsync("bpftrace-sums");

        var sites = (await Server.JsonAsync($"api/v1/processes/{_process}/callchains?weight=live")).GetProperty("items").EnumerateArray().ToList();
        var site = Assert.Single(sites, s => Names(s).Contains(MappingProgram.Site, StringComparison.Ordinal));
        Assert.True(site.GetProperty("bytes").GetInt64() is var bytes && bytes > 0 && bytes % MappingProgram.BlockBytes == 0, $"{bytes} bytes are no whole blocks");
        // At most the buffers of the two threads are in flight when it is printed.
        Assert.All(sites.Where(s => Names(s).Contains(MappingProgram.Scratch, StringComparison.Ordinal)), s => Assert.InRange(s.GetProperty("bytes").GetInt64(), -2 * 65_536, 2 * 65_536));
    }

    [ProbeFact]
    public async Task Figures_of_proc_join_the_process()
    {
        await RunAsync("proc-figures");

        var kinds = (await Server.JsonAsync($"api/v1/processes/{_process}/figures")).GetProperty("items").EnumerateArray().Select(f => f.Text("kind")).ToList();
        Assert.Contains("status", kinds);
        Assert.Contains("meminfo", kinds);
    }

    [ProbeFact]
    public async Task A_loop_of_the_shell_adds_snapshots()
    {
        var before = await SnapshotsAsync();
        var command = (await ProbeAsync("watch-curl")).Text("command");
        await ShellAsync(command.Replace("seq 60", "seq 2", StringComparison.Ordinal));

        Assert.Equal(before + 2, await SnapshotsAsync());
    }

    [ProbeFact]
    public async Task The_agent_s_snapshots_join_the_process()
    {
        var before = await SnapshotsAsync();
        var agent = string.Join(' ', [Command.AgentStart().FileName, .. Command.AgentStart().ArgumentList.Select(a => $"'{a}'")]);
        var command = (await ProbeAsync("watch")).Text("command").Replace("memscope agent", agent, StringComparison.Ordinal).Replace("--duration 60s", "--duration 3s", StringComparison.Ordinal);
        var run = await ShellAsync(command);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.True(await SnapshotsAsync() >= before + 2, "two snapshots came");
        Assert.Equal(1, (await Server.JsonAsync($"api/v1/processes?q={Uri.EscapeDataString(_host)}")).GetProperty("items").GetArrayLength());
    }

    [ProbeFact("heaptrack", "gdb")]
    public async Task Heaptrack_attached_names_who_keeps_blocks_of_malloc()
    {
        await RunAsync("heaptrack", "sleep 60", "sleep 5");

        var sites = (await Server.JsonAsync($"api/v1/processes/{_process}/callchains?weight=live")).GetProperty("items").EnumerateArray().ToList();
        var site = sites.First(s => Names(s).Contains("serve_request", StringComparison.Ordinal));
        Assert.Equal(0, site.GetProperty("bytes").GetInt64() % 300);
    }

    [ProbeFact("gdb")]
    public async Task Malloc_says_what_it_holds_and_the_program_lives_on()
    {
        await RunAsync("malloc-info");

        var kinds = (await Server.JsonAsync($"api/v1/processes/{_process}/figures")).GetProperty("items").EnumerateArray().Select(f => f.Text("kind"));
        Assert.Contains("malloc-info", kinds);
        Assert.False(File.Exists($"/tmp/memscope-malloc-info-{_program.Pid}.xml"));
    }

    [ProbeFact("gdb")]
    public async Task Malloc_trim_stands_between_two_snapshots()
    {
        var before = await SnapshotsAsync();
        await RunAsync("malloc-trim");

        Assert.Equal(before + 2, await SnapshotsAsync());
    }

    /// <summary>Runs a tracer and looks for the program's function in what is left mapped.</summary>
    private async Task TraceAsync(string slug, bool givesBack = true)
    {
        await RunAsync(slug);

        var traces = (await Server.JsonAsync($"api/v1/processes/{_process}/traces")).GetProperty("items");
        Assert.True(Assert.Single(traces.EnumerateArray()).GetProperty("events").GetInt32() > 10, "the trace has events");
        await SnapshotAsync();
        foreach (var weight in (string[])["outstanding", "resident"])
        {
            var sites = await CallchainsAsync(weight);
            var kept = sites.Where(s => Names(s).Contains(MappingProgram.Site, StringComparison.Ordinal)).Sum(s => s.GetProperty("bytes").GetInt64());
            Assert.True(kept > 0 && kept % MappingProgram.BlockBytes == 0, $"{weight}: {kept} bytes of {MappingProgram.Site} are no whole blocks");
            if (!givesBack) continue;
            var scratch = sites.Where(s => Names(s).Contains(MappingProgram.Scratch, StringComparison.Ordinal)).Sum(s => s.GetProperty("bytes").GetInt64());
            Assert.True(scratch <= 2 * 65_536, $"{weight}: {scratch} bytes of {MappingProgram.Scratch}, which gives them back");
        }
    }

    /// <summary>Runs a probe as it is offered, or with one part of it made shorter, and sends its result.</summary>
    private async Task RunAsync(string slug, string part = "memscope", string shorter = "memscope")
    {
        var probe = await ProbeAsync(slug);
        Assert.Contains($"process={_process}", probe.Text("upload"), StringComparison.Ordinal);
        await ShellAsync(probe.Text("command").Replace(part, shorter, StringComparison.Ordinal));
        var page = (await ShellAsync(probe.Text("upload"))).Output;

        Assert.Equal(new Uri(Server.Address, $"p/{_process}").AbsoluteUri, page.Trim());
        Assert.True(_program.IsAlive, "the program outlives its probe");
        Assert.False(File.Exists(Path.Combine(_folder.FullPath, "x")), "the program's name was run");
        Assert.Equal(1, (await Server.JsonAsync($"api/v1/processes?q={Uri.EscapeDataString(_host)}")).GetProperty("items").GetArrayLength());
    }

    private async Task<JsonElement> ProbeAsync(string slug) => Assert.Single((await Server.JsonAsync($"api/v1/processes/{_process}/recipes?slug={slug}")).GetProperty("items").EnumerateArray());

    private Task<Command> ShellAsync(string text) => Command.RunAsync(new ProcessStartInfo("/bin/sh", ["-c", text]) { WorkingDirectory = _folder.FullPath }, "");

    private async Task<JsonElement> SnapshotAsync() =>
        await Server.UploadAsync(await File.ReadAllBytesAsync($"/proc/{_program.Pid}/smaps"), $"host={Uri.EscapeDataString(_host)}&pid={_program.Pid}");

    private async Task<int> SnapshotsAsync() => (await Server.JsonAsync($"api/v1/processes/{_process}")).GetProperty("snapshots").GetInt32();

    private async Task<List<JsonElement>> CallchainsAsync(string weight) =>
        [.. (await Server.JsonAsync($"api/v1/processes/{_process}/callchains?weight={weight}")).GetProperty("items").EnumerateArray()];

    private static string Names(JsonElement site) => string.Join(" < ", site.GetProperty("frames").EnumerateArray().Select(f => f.GetProperty("function").GetString()));
}
