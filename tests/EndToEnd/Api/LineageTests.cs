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

    private async Task<List<JsonElement>> MovesAsync(Guid process) =>
        [.. (await api.Server.JsonAsync($"api/v1/processes/{process}/regions?limit=1000")).GetProperty("items").EnumerateArray()
            .SelectMany(r => r.GetProperty("changes").EnumerateArray()).Where(c => c.Text("kind") == "moved").OrderBy(c => c.Number("number"))];
}
