using System.Net.Http.Json;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

[Collection(nameof(ApiTests))]
public sealed class HeapProfileTests(ApiServer api)
{
    [Fact]
    public async Task An_uploaded_heap_profile_is_listed_and_its_live_bytes_stand_by_callchain()
    {
        // What the program allocated and never freed, as memcheck's own summary says.
        var summary = File.ReadLines(Fixtures.PathOf("leak-oracle", "leak.memcheck.txt")).Single(l => l.Contains("definitely lost:", StringComparison.Ordinal));
        var lost = long.Parse(summary.Split("lost:")[1].Split("bytes")[0].Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);

        using var answer = await api.Server.Client.PostAsync("api/v1/captures?host=heap&pid=4242&name=leak.memcheck.txt", new ByteArrayContent(Fixtures.Bytes("leak-oracle", "leak.memcheck.txt")));
        var upload = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var process = upload.Text("processId");
        var listed = await api.Server.JsonAsync($"api/v1/processes/{process}/heap-profiles");
        var chains = await api.Server.JsonAsync($"api/v1/processes/{process}/callchains?weight=live");

        Assert.Equal(1, upload.Number("heapProfiles"));
        Assert.Equal("memcheck", listed.GetProperty("items")[0].Text("tool"));
        Assert.Equal(lost, listed.GetProperty("items")[0].Number("liveBytes"));
        Assert.Equal(lost, chains.Number("totalBytes"));
        Assert.Contains("leaky", chains.GetProperty("items")[0].GetProperty("frames").EnumerateArray().Select(f => f.GetProperty("function").GetString()));
        Assert.Equal(1, (await api.Server.JsonAsync($"api/v1/processes/{process}")).Number("heapProfiles"));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("folded")]
    [InlineData("speedscope")]
    public async Task Numbers_that_no_heap_can_have_are_answered_all_the_same(string form)
    {
        const string folded = "main;a 9223372036854775807\nmain;b 9223372036854775807\nmain;c 9223372036854775807\nmain;d 1\nmain;e 1\n";
        using var answer = await api.Server.Client.PostAsync("api/v1/captures?host=heap&pid=4243&format=folded", new StringContent(folded));
        var upload = await answer.Content.ReadFromJsonAsync<JsonElement>();
        using var chains = await api.Server.Client.GetAsync($"api/v1/processes/{upload.Text("processId")}/callchains?weight=live&format={form}");
        Assert.Equal(System.Net.HttpStatusCode.OK, chains.StatusCode);
        using var page = await api.Server.Client.GetAsync($"p/{upload.Text("processId")}/stacks?weight=live");
        Assert.Equal(System.Net.HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task Build_ids_of_no_process_are_refused_and_with_a_trace_they_are_kept()
    {
        var buildIds = "93ac61ec5a8eb1396f9fbd350e3169a558528a40 /usr/lib/x86_64-linux-gnu/libc.so.6\n"u8.ToArray();
        using var alone = await api.Server.Client.PostAsync("api/v1/captures?host=ids", new ByteArrayContent(buildIds));
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, alone.StatusCode);
        Assert.Contains("tar -cz", (await alone.Content.ReadFromJsonAsync<JsonElement>()).Text("detail"), StringComparison.Ordinal);

        using var archive = new MemoryStream();
        await using (var tar = new System.Formats.Tar.TarWriter(archive, leaveOpen: true))
        {
            foreach (var (name, content) in new[] { ("trace.txt", Fixtures.Unzipped("perf", "raw-mmap-leak.txt.gz")), ("buildids.txt", buildIds) })
                await tar.WriteEntryAsync(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        using var together = await api.Server.Client.PostAsync("api/v1/captures?host=ids&pid=5", new ByteArrayContent(archive.ToArray()));
        var upload = await together.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(["perf", "perf-buildids"], upload.GetProperty("members").EnumerateArray().Select(m => m.Text("format")));
        var chains = await api.Server.JsonAsync($"api/v1/processes/{upload.Text("processId")}/callchains");
        Assert.Contains(chains.GetProperty("modules").EnumerateArray(), m => m.Text("module").EndsWith("libc.so.6", StringComparison.Ordinal) && m.Text("buildId").StartsWith("93ac61ec", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Formats_are_listed_with_the_command_that_makes_them()
    {
        var formats = (await api.Server.JsonAsync("api/v1/formats")).GetProperty("items").EnumerateArray().ToList();
        Assert.Contains(formats, f => f.Text("slug") == "massif" && f.Text("command").Contains("--tool=massif", StringComparison.Ordinal));
        Assert.All(formats, f => Assert.NotEmpty(f.Text("command")));
    }
}
