using System.Globalization;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

[Collection(nameof(ApiTests))]
public sealed class LineageTests(ApiServer api)
{
    [Fact]
    public async Task A_trace_that_comes_after_the_snapshots_makes_their_moves_exact()
    {
        var host = Uploads.NewHost();
        var process = await api.Server.UploadCaseAsync("raw-mmap-leak", host, "smaps.tar.gz");
        var before = await MovesAsync(process);
        await api.Server.UploadAsync(Fixtures.Bytes("strace", "raw-mmap-leak.txt.gz"), $"host={host}&pid={Truth.Pid("raw-mmap-leak")}&name=strace.txt.gz");
        var after = await MovesAsync(process);

        Assert.NotEmpty(before);
        Assert.DoesNotContain(before, m => m.GetProperty("exact").GetBoolean());
        Assert.Equal(before.Select(m => m.Number("number")), after.Select(m => m.Number("number")));
        Assert.Contains(after, m => m.GetProperty("exact").GetBoolean());
        Assert.Contains(after, m => !m.GetProperty("exact").GetBoolean());
    }

    [Fact]
    public async Task A_region_tells_its_history_and_what_it_holds()
    {
        var process = await api.Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var id = (await api.Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1")).GetProperty("items")[0].Text("id");
        var region = await api.Server.JsonAsync($"api/v1/processes/{process}/regions/{id}");
        var history = region.GetProperty("history").EnumerateArray().Select(s => s.GetString()!).ToList();

        Assert.Contains("its end stayed and its start slid down", history[1], StringComparison.Ordinal);
        Assert.Equal(["grown", "first-seen", "placed"], region.GetProperty("holds").EnumerateArray().Select(p => p.Text("origin")));
        Assert.Equal(region.Number("virtualBytes"), region.GetProperty("holds").EnumerateArray().Sum(p => p.Number("bytes")));
    }

    [Fact]
    public async Task A_region_tells_which_end_moves_in_which_steps_and_what_lies_beside_it()
    {
        var process = await api.Server.UploadCaseAsync("ucx-leak", Uploads.NewHost(), "smaps.tar.gz");
        var id = (await api.Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1")).GetProperty("items")[0].Text("id");
        var region = await api.Server.JsonAsync($"api/v1/processes/{process}/regions/{id}");
        var first = (await VmasAsync(process, 1)).Single(v => v.Text("regionId") == id);
        var vmas = await VmasAsync(process, 91);
        var row = vmas.FindIndex(v => v.Text("regionId") == id);

        var edges = region.GetProperty("edges");
        var grown = Address(first.Text("start")) - Address(vmas[row].Text("start"));
        Assert.Equal(first.Text("end"), vmas[row].Text("end"));
        Assert.Equal(grown, edges.Number("startBytes"));
        Assert.Equal(0, edges.Number("endMoves"));
        Assert.Equal(grown, edges.Number("stepBytes") * edges.Number("steps"));
        Assert.StartsWith("Its end is fixed", edges.Text("text"), StringComparison.Ordinal);

        var beside = region.GetProperty("neighbours").EnumerateArray().ToList();
        Assert.Equal([vmas[row - 1].Text("regionId"), vmas[row + 1].Text("regionId")], beside.Select(n => n.Text("regionId")));
        Assert.Equal(Address(vmas[row].Text("start")) - Address(vmas[row - 1].Text("end")), beside[0].Number("gapBytes"));
        Assert.Equal(vmas[row].Text("vmFlags"), region.Text("vmFlags"));
        var course = region.GetProperty("course");
        Assert.Equal(grown, course.GetProperty("startBytes")[0].GetInt64());
        Assert.Equal(0, course.GetProperty("startBytes").EnumerateArray().Last().GetInt64());
    }

    private async Task<List<JsonElement>> VmasAsync(Guid process, int number) =>
        [.. (await api.Server.JsonAsync(string.Create(CultureInfo.InvariantCulture, $"api/v1/processes/{process}/snapshots/{number}"))).GetProperty("vmas").EnumerateArray()];

    private static long Address(string hex) => long.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private async Task<List<JsonElement>> MovesAsync(Guid process) =>
        [.. (await api.Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1000")).GetProperty("items").EnumerateArray()
            .SelectMany(r => r.GetProperty("changes").EnumerateArray()).Where(c => c.Text("kind") == "moved").OrderBy(c => c.Number("number"))];
}
