using System.Diagnostics;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>The verdict of the judge in the list of processes: stored in the background, never shown for what it was not computed from.</summary>
public sealed class VerdictTests(ApiServer api) : IClassFixture<ApiServer>
{
    /// <summary>A verdict rests for twenty times what it took: on a busy machine that is a minute.</summary>
    private static readonly TimeSpan GiveUp = TimeSpan.FromMinutes(3);

    private ServerProcess Server => api.Server;

    [Fact]
    public async Task The_list_comes_to_say_what_the_findings_say_and_how_sure_they_are()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("ucx-leak", host, "smaps.tar.gz");
        var first = await JudgedAsync(host);
        await AgreesAsync(process, first);

        // Whatever comes later, the list is judged anew.
        await Server.UploadCaseAsync("ucx-leak", host, "status.tar.gz");
        await AgreesAsync(process, await JudgedAsync(host));
    }

    [Fact]
    public async Task One_process_is_judged_by_all_that_was_uploaded_at_once()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("ucx-leak", host, "smaps.tar.gz");
        await Server.UploadAsync(Fixtures.Bytes("bpftrace", "ucx-leak.txt.gz"), $"process={process}");

        var told = (await Server.JsonAsync($"api/v1/processes/{process}")).GetProperty("assessment");
        Assert.Equal(("leak", "confirmed", "S01"), (told.Text("kind"), told.Text("certainty"), told.Text("rule")));
    }

    [Fact]
    public async Task A_healthy_process_has_no_certainty_to_tell()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("plateau", host, "smaps.tar.gz");
        var findings = await Server.JsonAsync($"api/v1/processes/{process}/findings");
        Assert.Equal("healthy", findings.GetProperty("assessment").Text("kind"));
        await Task.Delay(TimeSpan.FromSeconds(3));
        var row = await RowAsync(host);
        Assert.Equal(("healthy", JsonValueKind.Null), (row.Text("kind"), row.GetProperty("certainty").ValueKind));
    }

    private async Task AgreesAsync(Guid process, JsonElement row)
    {
        var findings = (await Server.JsonAsync($"api/v1/processes/{process}/findings")).GetProperty("assessment");
        Assert.Equal((findings.Text("kind"), findings.Text("summary"), findings.Text("certainty"), findings.Text("rule")), (row.Text("kind"), row.Text("summary"), row.Text("certainty"), row.Text("rule")));
    }

    /// <summary>The assessment of the list once it is that of now.</summary>
    private async Task<JsonElement> JudgedAsync(string host)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < GiveUp; await Task.Delay(200))
            if (await RowAsync(host) is var row && row.GetProperty("certainty").ValueKind is not JsonValueKind.Null && row.GetProperty("certaintyAt").ValueKind is JsonValueKind.Null) return row;
        throw new TimeoutException("The list was not judged in three minutes.");
    }

    private async Task<JsonElement> RowAsync(string host) => Assert.Single((await Server.JsonAsync($"api/v1/processes?host={host}")).GetProperty("items").EnumerateArray()).GetProperty("assessment");
}
