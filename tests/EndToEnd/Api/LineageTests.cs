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

    private async Task<List<JsonElement>> MovesAsync(Guid process) =>
        [.. (await api.Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1000")).GetProperty("items").EnumerateArray()
            .SelectMany(r => r.GetProperty("changes").EnumerateArray()).Where(c => c.Text("kind") == "moved").OrderBy(c => c.Number("number"))];
}
