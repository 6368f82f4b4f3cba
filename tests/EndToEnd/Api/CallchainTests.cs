using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

[Collection(nameof(ApiTests))]
public sealed class CallchainTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    [Fact]
    public async Task The_top_outstanding_callchain_of_raw_mmap_leak_names_the_leak_and_mremap_is_charged_its_growth()
    {
        var process = await TracedAsync();
        var answer = await Server.JsonAsync($"api/v1/processes/{process}/callchains");
        var items = answer.GetProperty("items").EnumerateArray().ToList();
        var grown = items.Where(i => Functions(i).Contains("index_grow")).ToList();

        Assert.Contains("blob_store_append", Functions(items[0]));
        Assert.Equal(0, items[0].Number("bytes") % 98304);
        Assert.Contains(grown, i => i.Number("bytes") == 1_048_576);
        Assert.Equal(items.Sum(i => i.Number("bytes")), answer.Number("totalBytes"));
        Assert.InRange(answer.Number("coverage"), 0.75, 1);
    }

    [Fact]
    public async Task What_is_resident_never_exceeds_what_is_outstanding()
    {
        var process = await TracedAsync();
        foreach (var item in (await Server.JsonAsync($"api/v1/processes/{process}/callchains?weight=resident")).GetProperty("items").EnumerateArray())
        {
            Assert.Equal(item.Number("residentBytes"), item.Number("bytes"));
            Assert.InRange(item.Number("residentBytes"), 0, item.Number("outstandingBytes"));
        }
    }

    [Fact]
    public async Task By_bytes_mapped_another_function_leads()
    {
        var process = await TracedAsync();
        var outstanding = (await Server.JsonAsync($"api/v1/processes/{process}/callchains?weight=outstanding")).GetProperty("items");
        var calls = (await Server.JsonAsync($"api/v1/processes/{process}/callchains?weight=calls")).GetProperty("items");
        Assert.Contains("blob_store_append", Functions(outstanding[0]));
        Assert.Contains("scratch_pass", Functions(calls[0]));
        Assert.Equal(calls.EnumerateArray().Sum(i => i.Number("calls")), calls.EnumerateArray().Sum(i => i.Number("bytes")));
    }

    [Fact]
    public async Task A_region_keeps_the_callchains_that_mapped_it()
    {
        var process = await TracedAsync();
        var regions = (await Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1000")).GetProperty("items").EnumerateArray().ToList();
        var anonymous = regions.First(r => r.Text("anchor").StartsWith("end fixed", StringComparison.Ordinal));
        var code = regions.First(r => r.Text("category") == "file-text");

        Assert.True((await Server.JsonAsync($"api/v1/processes/{process}/callchains?region={anonymous.Text("id")}")).Number("totalBytes") > 0);
        Assert.Equal(0, (await Server.JsonAsync($"api/v1/processes/{process}/callchains?region={code.Text("id")}")).Number("totalBytes"));
        foreach (var unknown in (string[])["region", "trace"])
        {
            using var response = await Server.Client.GetAsync(new Uri($"api/v1/processes/{process}/callchains?{unknown}={Guid.NewGuid()}", UriKind.Relative));
            await response.ProblemAsync(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Folded_text_and_speedscope_hold_the_same_weights()
    {
        var process = await TracedAsync();
        var total = (await Server.JsonAsync($"api/v1/processes/{process}/callchains")).Number("totalBytes");
        var folded = (await Server.Client.GetStringAsync(new Uri($"api/v1/processes/{process}/callchains?format=folded", UriKind.Relative))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var scope = await Server.JsonAsync($"api/v1/processes/{process}/callchains?format=speedscope");
        var profile = scope.GetProperty("profiles")[0];

        Assert.Equal(total, folded.Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)));
        Assert.Contains(folded, line => line.StartsWith("_start;", StringComparison.Ordinal) && line.Contains(";blob_store_append;", StringComparison.Ordinal));
        Assert.Equal(total, profile.GetProperty("weights").EnumerateArray().Sum(w => w.GetDouble()));
        Assert.Equal(profile.GetProperty("weights").GetArrayLength(), profile.GetProperty("samples").GetArrayLength());
        Assert.Contains(scope.GetProperty("shared").GetProperty("frames").EnumerateArray(), f => f.Text("name") == "blob_store_append");
    }

    [Fact]
    public async Task A_process_without_a_trace_says_so()
    {
        var process = await Server.UploadCaseAsync("plateau", Uploads.NewHost(), "smaps.tar.gz");
        var answer = await Server.JsonAsync($"api/v1/processes/{process}/callchains");
        Assert.Empty(answer.GetProperty("items").EnumerateArray());
        Assert.NotEmpty(answer.GetProperty("notes").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("coverage").ValueKind);
    }

    [Fact]
    public async Task A_frame_pointer_stack_shows_where_a_frame_is_missing_and_its_clock_is_not_placed()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("raw-mmap-leak", host, "smaps.tar.gz");
        await Server.UploadAsync(Fixtures.Bytes("bpftrace", "raw-mmap-leak.txt.gz"), $"host={host}&pid=3358");
        var answer = await Server.JsonAsync($"api/v1/processes/{process}/callchains");
        var leaves = answer.GetProperty("items").EnumerateArray().Where(i => Functions(i).FirstOrDefault() == "syscall" && Functions(i).Count > 1).ToList();

        Assert.NotEmpty(leaves);
        Assert.All(leaves, i => Assert.True(i.GetProperty("frames")[0].GetProperty("gapAfter").GetBoolean()));
        var trace = Assert.Single(answer.GetProperty("traces").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, trace.GetProperty("from").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("coverage").ValueKind);
    }

    internal static List<string?> Functions(JsonElement item) => [.. item.GetProperty("frames").EnumerateArray().Select(f => f.GetProperty("function").GetString())];

    private async Task<Guid> TracedAsync()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("raw-mmap-leak", host, "smaps.tar.gz");
        await Server.UploadAsync(Fixtures.Bytes("strace", "raw-mmap-leak.txt.gz"), $"host={host}&pid=3358");
        return process;
    }
}

/// <summary>Symbol files change what every process shows, so these tests have servers of their own.</summary>
public sealed partial class SymbolTests : IAsyncLifetime
{
    private const string Module = "/opt/memscope-corpus/bin/raw_mmap_leak";
    private ServerProcess _server = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _server = await ServerProcess.StartAsync();

    /// <inheritdoc/>
    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_trace_without_names_gets_those_of_the_uploaded_files()
    {
        var process = await UploadBlankedAsync();
        var before = await _server.JsonAsync($"api/v1/processes/{process}/callchains");
        var unnamed = OwnFrames(before);
        Assert.NotEmpty(unnamed);
        Assert.All(unnamed, f => Assert.Equal("no-symbols", f.Text("miss")));
        var help = before.GetProperty("modules").EnumerateArray().Single(m => m.Text("module") == Module);
        Assert.Equal("missing", help.Text("state"));
        Assert.Contains("raw_mmap_leak", help.Text("help"), StringComparison.Ordinal);

        await PutAsync(Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.stripped"), "raw_mmap_leak.stripped", HttpStatusCode.Created);
        await PutAsync(Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.debug"), "raw_mmap_leak.debug", HttpStatusCode.Created);
        var after = await _server.JsonAsync($"api/v1/processes/{process}/callchains");

        var truth = JsonDocument.Parse(Fixtures.Bytes("elf", "raw-mmap-leak", "symbols.json")).RootElement.GetProperty("frames").EnumerateArray()
            .ToDictionary(f => f.Text("offset_in_stack")[2..], f => f.GetProperty("frames_innermost_first").EnumerateArray().Select(x => (Function: x.Text("function"), At: x.Text("at"))).ToList());
        var seen = new HashSet<string>();
        foreach (var item in after.GetProperty("items").EnumerateArray())
        {
            foreach (var frames in item.GetProperty("frames").EnumerateArray().Where(f => f.GetProperty("module").GetString() == Module).GroupBy(f => f.Text("offset")))
            {
                seen.Add(frames.Key);
                Assert.Equal(truth[frames.Key].Select(t => t.Function), frames.Select(f => f.Text("function")));
                Assert.All(frames, f => Assert.Equal("symbols (matched by file name)", f.Text("namedBy")));
                foreach (var (frame, (_, at)) in frames.Zip(truth[frames.Key]).Where(p => p.Second.At[0] != '?'))
                    Assert.Equal(at, $"{frame.Text("file")}:{frame.GetProperty("line").GetInt32().ToString(CultureInfo.InvariantCulture)}");
            }
        }
        Assert.Subset(truth.Keys.ToHashSet(StringComparer.Ordinal), seen);
        Assert.True(seen.Count >= 7, string.Join(' ', seen)); // frames of munmap alone charge nobody
        Assert.Contains("blob_store_append", CallchainTests.Functions(after.GetProperty("items")[0]));
        Assert.Equal("symbols", after.GetProperty("modules").EnumerateArray().Single(m => m.Text("module") == Module).Text("state"));
    }

    [Fact]
    public async Task Two_builds_of_one_name_are_not_mixed_up()
    {
        var process = await UploadBlankedAsync();
        await PutAsync(Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.debug"), "raw_mmap_leak.debug", HttpStatusCode.Created);
        await PutAsync(Fixtures.Bytes("elf", "malloc-leak-cpp", "malloc_leak.debug"), "raw_mmap_leak", HttpStatusCode.Created);
        Assert.All(OwnFrames(await _server.JsonAsync($"api/v1/processes/{process}/callchains")), f => Assert.Equal(JsonValueKind.Null, f.GetProperty("function").ValueKind));
    }

    [Fact]
    public async Task A_symbol_file_is_kept_once_and_told_by_its_build_id()
    {
        var file = Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.debug");
        await PutAsync(file, "raw_mmap_leak.debug", HttpStatusCode.Created);
        await PutAsync(file, "raw_mmap_leak.debug", HttpStatusCode.OK);
        await PutAsync(Uploads.Gzip(file), "raw_mmap_leak.debug", HttpStatusCode.OK, "gzip");
        var status = await _server.JsonAsync("api/v1/symbols/f72f69af713c8826e8b6807633c47366aed3aa3c");
        var stored = Assert.Single(status.GetProperty("files").EnumerateArray());
        Assert.Equal(("debug", "raw_mmap_leak.debug", file.Length), (stored.Text("kind"), stored.Text("fileName"), stored.GetProperty("bytes").GetInt32()));
        Assert.True(stored.GetProperty("hasLines").GetBoolean());
    }

    [Fact]
    public async Task A_file_that_is_cut_off_anywhere_is_refused()
    {
        var whole = Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.stripped");
        for (var percent = 1; percent < 100; percent++)
        {
            using var response = await SendAsync(whole[..(whole.Length * percent / 100)], "x", null);
            await response.ProblemAsync(HttpStatusCode.UnprocessableEntity);
        }
        using var gzip = await SendAsync(Uploads.Gzip(whole)[..^20], "x", "gzip");
        await gzip.ProblemAsync(HttpStatusCode.BadRequest, "gzip-damaged");
        using var text = await SendAsync("not an elf file"u8.ToArray(), "x", null);
        await text.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "not-elf");
        Assert.Empty((await _server.JsonAsync("api/v1/symbols")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\..\\boot.ini")]
    public async Task A_name_with_folders_loses_them(string name)
    {
        await PutAsync(Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.debug"), name, HttpStatusCode.Created);
        var stored = (await _server.JsonAsync("api/v1/symbols")).GetProperty("items")[0].GetProperty("files")[0];
        Assert.DoesNotContain(stored.Text("fileName"), c => c is '/' or '\\');
    }

    [GeneratedRegex(@"\([^()\n]*\+0x[0-9a-f]+\) \[", RegexOptions.None, 1000)]
    private static partial Regex Names();

    private static List<JsonElement> OwnFrames(JsonElement answer) =>
        [.. answer.GetProperty("items").EnumerateArray().SelectMany(i => i.GetProperty("frames").EnumerateArray()).Where(f => f.GetProperty("module").GetString() == Module)];

    private async Task<string> UploadBlankedAsync()
    {
        var text = Encoding.UTF8.GetString(Fixtures.Unzipped("strace", "raw-mmap-leak.txt.gz"));
        var blanked = Names().Replace(text, "() [");
        Assert.DoesNotContain("blob_store_append", blanked, StringComparison.Ordinal);
        return (await _server.UploadAsync(Encoding.UTF8.GetBytes(blanked), $"host={Uploads.NewHost()}&pid=3358")).Text("processId");
    }

    private async Task PutAsync(byte[] file, string name, HttpStatusCode expected, string? encoding = null)
    {
        using var response = await SendAsync(file, name, encoding);
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    private Task<HttpResponseMessage> SendAsync(byte[] file, string name, string? encoding)
    {
        var content = new ByteArrayContent(file);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return _server.Client.PutAsync(new Uri("api/v1/symbols?name=" + Uri.EscapeDataString(name), UriKind.Relative), content);
    }
}
