using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

[Collection(nameof(ApiTests))]
public sealed class FiguresTests(ApiServer api)
{
    [Fact]
    public async Task Figures_of_an_allocator_and_a_cgroup_read_back_as_their_files_say()
    {
        var host = Uploads.NewHost();
        var cgroup = Fixtures.Bytes("cgroup", "v1.grep.txt");
        var upload = await api.Server.UploadAsync(Fixtures.Bytes("malloc-info", "arenas.xml"), $"host={host}&pid=77&name=arenas.xml");
        var process = upload.Text("processId");
        Assert.Equal(process, (await api.Server.UploadAsync(cgroup, $"host={host}&pid=77&name=v1.grep.txt&takenAt=2026-11-20T15:00:00Z")).Text("processId"));

        // The last document of the file, as an XML reader sees it.
        var text = Encoding.UTF8.GetString(Fixtures.Bytes("malloc-info", "arenas.xml"));
        var last = XElement.Parse(text[text.LastIndexOf("<malloc ", StringComparison.Ordinal)..]);
        long Said(XElement of, string element, string type, string attribute) => (long)of.Elements(element).Single(e => (string?)e.Attribute("type") == type).Attribute(attribute)!;
        var whole = await FirstAsync(process, "kind=malloc-info&limit=1");
        Assert.Equal(Said(last, "total", "mmap", "size"), whole.GetProperty("bytes").Number("mmap"));
        Assert.Equal(Said(last, "total", "rest", "size"), whole.GetProperty("bytes").Number("rest"));
        Assert.Equal(Said(last, "total", "rest", "count"), whole.GetProperty("counts").Number("rest"));
        Assert.Equal((JsonValueKind.Null, "receipt", upload.Text("captureId")), (whole.GetProperty("label").ValueKind, whole.Text("timeOrigin"), whole.Text("captureId")));
        var arena = await FirstAsync(process, "kind=malloc-info&label=heap%201");
        Assert.Equal(Said(last.Elements("heap").Single(h => (string?)h.Attribute("nr") == "1"), "system", "current", "size"), arena.GetProperty("bytes").Number("system"));

        var line = Encoding.UTF8.GetString(cgroup).Split('\n').Single(l => l.Contains("/memory.usage_in_bytes:", StringComparison.Ordinal));
        var group = await FirstAsync(process, "kind=cgroup");
        Assert.Equal(long.Parse(line.Split(':')[1], CultureInfo.InvariantCulture), group.GetProperty("bytes").Number("memory.usage_in_bytes"));
        Assert.Equal(("/sys/fs/cgroup/memory", "query"), (group.Text("label"), group.Text("timeOrigin")));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero), group.GetProperty("takenAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Pages_of_figures_go_on_where_the_last_ended()
    {
        var process = (await api.Server.UploadAsync(Fixtures.Bytes("malloc-info", "arenas.xml"), $"host={Uploads.NewHost()}&pid=78")).Text("processId");
        var whole = (await api.Server.JsonAsync($"api/v1/processes/{process}/figures")).GetProperty("items").EnumerateArray().Select(f => f.Text("id")).ToList();
        Assert.Equal(7, whole.Count);
        var paged = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await api.Server.JsonAsync($"api/v1/processes/{process}/figures?limit=3&cursor={cursor}");
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(f => f.Text("id")));
            cursor = page.GetProperty("next").GetString();
        }
        Assert.Equal(whole, paged);

        using var misspelt = await api.Server.Client.GetAsync($"api/v1/processes/{process}/figures?kinds=status");
        await misspelt.ProblemAsync(HttpStatusCode.BadRequest, "bad-parameter");
        using var foreign = await api.Server.Client.GetAsync($"api/v1/processes/{process}/figures?cursor=x");
        await foreign.ProblemAsync(HttpStatusCode.BadRequest, "bad-parameter");
    }

    [Fact]
    public async Task A_heaptrack_file_without_a_pid_lands_on_the_one_in_its_name()
    {
        var host = Uploads.NewHost();
        var bytes = Fixtures.Bytes("heaptrack", "malloc-leak.zst");
        using var unnamed = await api.Server.PostAsync(bytes, $"host={host}&name=leak.zst");
        await unnamed.ProblemAsync(HttpStatusCode.UnprocessableEntity, "no-pid");

        var process = (await api.Server.UploadAsync(bytes, $"host={host}&name=heaptrack.leak.4711.zst")).Text("processId");
        Assert.Equal(4711, (await api.Server.JsonAsync($"api/v1/processes/{process}")).Number("pid"));
        var sent = (await api.Server.UploadAsync(bytes, $"host={host}&pid=4712&name=heaptrack.leak.4711.zst")).Text("processId");
        Assert.Equal(4712, (await api.Server.JsonAsync($"api/v1/processes/{sent}")).Number("pid"));
    }

    private async Task<JsonElement> FirstAsync(string process, string query) => (await api.Server.JsonAsync($"api/v1/processes/{process}/figures?{query}")).GetProperty("items")[0];
}
