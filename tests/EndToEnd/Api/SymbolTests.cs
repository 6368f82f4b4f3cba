using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Symbol files change what every process shows: these tests have a server of their own, and each sends files that no other does.</summary>
public sealed partial class SymbolTests(ApiServer api) : IClassFixture<ApiServer>
{
    private const string Module = "/opt/memscope-corpus/bin/raw_mmap_leak";

    private ServerProcess Server => api.Server;

    [Fact]
    public async Task A_trace_without_names_gets_those_of_the_uploaded_files()
    {
        var process = await UploadBlankedAsync();
        var before = await Server.JsonAsync($"api/v1/processes/{process}/callchains");
        var unnamed = OwnFrames(before);
        Assert.NotEmpty(unnamed);
        Assert.All(unnamed, f => Assert.Equal("no-symbols", f.Text("miss")));
        var help = before.GetProperty("modules").EnumerateArray().Single(m => m.Text("module") == Module);
        Assert.Equal("missing", help.Text("state"));
        Assert.Contains("raw_mmap_leak", help.Text("help"), StringComparison.Ordinal);

        await PutAsync(Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.stripped"), "raw_mmap_leak.stripped", HttpStatusCode.Created);
        await PutAsync(Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.debug"), "raw_mmap_leak.debug", HttpStatusCode.Created);
        var after = await Server.JsonAsync($"api/v1/processes/{process}/callchains");

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
        var process = await UploadBlankedAsync("/opt/twin");
        await PutAsync(Fixtures.Bytes("elf", "malloc-leak-cpp", "malloc_leak.debug"), "twin.debug", HttpStatusCode.Created);
        await PutAsync(Fixtures.Bytes("elf", "malloc-leak-cpp", "malloc_leak_lsan.debug"), "twin", HttpStatusCode.Created);
        var frames = OwnFrames(await Server.JsonAsync($"api/v1/processes/{process}/callchains"), "/opt/twin");
        Assert.NotEmpty(frames);
        Assert.All(frames, f => Assert.Equal(JsonValueKind.Null, f.GetProperty("function").ValueKind));
    }

    [Fact]
    public async Task A_symbol_file_is_kept_once_and_told_by_its_build_id()
    {
        var file = Fixtures.Bytes("elf", "malloc-leak-cpp", "malloc_leak.stripped");
        var buildId = await PutAsync(file, "", HttpStatusCode.Created);
        Assert.Equal(buildId, await PutAsync(file, "other", HttpStatusCode.OK));
        Assert.Equal(buildId, await PutAsync(Uploads.Gzip(file), "", HttpStatusCode.OK, "gzip"));
        var files = (await Server.JsonAsync("api/v1/symbols/" + buildId)).GetProperty("files").EnumerateArray();
        var stored = Assert.Single(files, f => f.Text("kind") != "debug");
        // Without a name it goes by the name of its debug link.
        Assert.Equal(("executable", "malloc_leak.debug", file.Length), (stored.Text("kind"), stored.Text("fileName"), stored.GetProperty("bytes").GetInt32()));
    }

    [Fact]
    public async Task A_file_that_is_cut_off_anywhere_is_refused()
    {
        var whole = Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.stripped");
        for (var percent = 1; percent < 100; percent++)
        {
            using var response = await SendAsync(whole[..(whole.Length * percent / 100)], "cut", null);
            await response.ProblemAsync(HttpStatusCode.UnprocessableEntity);
        }
        using var gzip = await SendAsync(Uploads.Gzip(whole)[..^20], "cut", "gzip");
        await gzip.ProblemAsync(HttpStatusCode.BadRequest, "gzip-damaged");
        using var text = await SendAsync("not an elf file"u8.ToArray(), "cut", null);
        await text.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "not-elf");
        Assert.DoesNotContain((await Server.JsonAsync("api/v1/symbols")).GetProperty("items").EnumerateArray(), s => s.GetProperty("files")[0].Text("fileName") == "cut");
    }

    [Fact]
    public async Task A_name_with_folders_loses_them()
    {
        var buildId = await PutAsync(Fixtures.Bytes("elf", "made", "libtiny.so"), "../../../../etc/..\\passwd", HttpStatusCode.Created);
        Assert.Equal("passwd", (await Server.JsonAsync("api/v1/symbols/" + buildId)).GetProperty("files")[0].Text("fileName"));
    }

    [GeneratedRegex(@"\([^()\n]*\+0x[0-9a-f]+\) \[", RegexOptions.None, 1000)]
    private static partial Regex Names();

    private static List<JsonElement> OwnFrames(JsonElement answer, string module = Module) =>
        [.. answer.GetProperty("items").EnumerateArray().SelectMany(i => i.GetProperty("frames").EnumerateArray()).Where(f => f.GetProperty("module").GetString() == module)];

    private async Task<string> UploadBlankedAsync(string module = Module)
    {
        var text = Encoding.UTF8.GetString(Fixtures.Unzipped("strace", "raw-mmap-leak.txt.gz"));
        var blanked = Names().Replace(text, "() [").Replace(Module, module, StringComparison.Ordinal);
        Assert.DoesNotContain("blob_store_append", blanked, StringComparison.Ordinal);
        return (await Server.UploadAsync(Encoding.UTF8.GetBytes(blanked), $"host={Uploads.NewHost()}&pid=3358")).Text("processId");
    }

    private async Task<string> PutAsync(byte[] file, string name, HttpStatusCode expected, string? encoding = null)
    {
        using var response = await SendAsync(file, name, encoding);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement.Text("buildId");
    }

    private Task<HttpResponseMessage> SendAsync(byte[] file, string name, string? encoding)
    {
        var content = new ByteArrayContent(file);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return Server.Client.PutAsync(new Uri("api/v1/symbols?name=" + Uri.EscapeDataString(name), UriKind.Relative), content);
    }
}
