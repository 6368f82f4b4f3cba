using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>Symbol files change what every process shows: these tests have a server of their own, and each sends files that no other does.</summary>
public sealed class SymbolTests(ApiServer api) : IClassFixture<ApiServer>
{
    private const string Module = "/opt/memscope-corpus/bin/raw_mmap_leak";

    private ServerProcess Server => api.Server;

    [Fact]
    public async Task Two_builds_of_one_name_are_not_mixed_up()
    {
        var process = await Server.UploadBlankedAsync("raw-mmap-leak", Module, "/opt/twin");
        await Server.PutSymbolsAsync(Fixtures.Bytes("elf", "malloc-leak-cpp", "malloc_leak.debug"), "twin.debug", HttpStatusCode.Created);
        await Server.PutSymbolsAsync(Fixtures.Bytes("elf", "malloc-leak-cpp", "malloc_leak_lsan.debug"), "twin", HttpStatusCode.Created);
        var frames = SymbolUploads.OwnFrames(await Server.JsonAsync($"api/v1/processes/{process}/callchains"), "/opt/twin");
        Assert.NotEmpty(frames);
        Assert.All(frames, f => Assert.Equal(JsonValueKind.Null, f.GetProperty("function").ValueKind));
    }

    [Fact]
    public async Task A_symbol_file_is_kept_once_and_told_by_its_build_id()
    {
        var file = Fixtures.Bytes("elf", "malloc-leak-cpp", "malloc_leak.stripped");
        var buildId = await Server.PutSymbolsAsync(file, "", HttpStatusCode.Created);
        Assert.Equal(buildId, await Server.PutSymbolsAsync(file, "other", HttpStatusCode.OK));
        Assert.Equal(buildId, await Server.PutSymbolsAsync(Uploads.Gzip(file), "", HttpStatusCode.OK, "gzip"));
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
            using var response = await Server.SendSymbolsAsync(whole[..(whole.Length * percent / 100)], "cut", null);
            await response.ProblemAsync(HttpStatusCode.UnprocessableEntity);
        }
        using var gzip = await Server.SendSymbolsAsync(Uploads.Gzip(whole)[..^20], "cut", "gzip");
        await gzip.ProblemAsync(HttpStatusCode.BadRequest, "gzip-damaged");
        using var text = await Server.SendSymbolsAsync("not an elf file"u8.ToArray(), "cut", null);
        await text.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "not-elf");
        Assert.DoesNotContain((await Server.JsonAsync("api/v1/symbols")).GetProperty("items").EnumerateArray(), s => s.GetProperty("files")[0].Text("fileName") == "cut");
    }

    [Fact]
    public async Task A_name_with_folders_loses_them()
    {
        var buildId = await Server.PutSymbolsAsync(Fixtures.Bytes("elf", "made", "libtiny.so"), "../../../../etc/..\\passwd", HttpStatusCode.Created);
        Assert.Equal("passwd", (await Server.JsonAsync("api/v1/symbols/" + buildId)).GetProperty("files")[0].Text("fileName"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_module_without_names_is_told_over_all_processes_with_the_bytes_behind_it()
    {
        const string module = "/opt/needs/steady";
        var process = await Server.UploadBlankedAsync("steady-healthy", "/opt/memscope-corpus/bin/steady_healthy", module);
        var chains = await Server.NamedAsync(process, "?weight=mapped");
        // Every call of this program passes through it.
        var bytes = chains.GetProperty("items").EnumerateArray().Where(i => i.GetProperty("frames").EnumerateArray().Any(f => f.GetProperty("module").ValueKind is JsonValueKind.String && f.Text("module") == module)).Sum(i => i.GetProperty("mappedBytes").GetInt64());
        JsonElement need;
        while ((need = (await Server.JsonAsync("api/v1/symbols/missing")).GetProperty("items").EnumerateArray().FirstOrDefault(n => n.Text("module") == module)).ValueKind is JsonValueKind.Undefined) await Task.Delay(200);
        Assert.Equal(("missing", bytes, 1L), (need.Text("symbols"), need.GetProperty("bytes").GetInt64(), need.GetProperty("processes").GetInt64()));
        Assert.Equal($"curl -sS -T {module} SERVER/api/v1/symbols/", need.Text("command"));
    }
}
