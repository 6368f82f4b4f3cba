using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

[Collection(nameof(ApiTests))]
public sealed class HeapCourseTests(ApiServer api)
{
    private ServerProcess Server => api.Server;

    /// <summary>The README of the case: the heap is flat while RSS doubles, the residual is over 95 %.</summary>
    [Fact]
    public async Task The_founding_scene_stands_on_one_axis_and_its_heap_leaves_almost_all_growth_unexplained()
    {
        var process = await UploadAsync("ucx-leak", "ucx-leak.raw.zst");
        var answer = await Server.JsonAsync($"api/v1/processes/{process}/heap-courses");
        var course = Assert.Single(answer.GetProperty("items").EnumerateArray());
        Assert.Equal(("heaptrack", "resident-size", true), (course.Text("tool"), course.Text("tie"), course.GetProperty("isComplete").GetBoolean()));
        Assert.StartsWith("by the profiler's own RSS, within ", course.Text("tieWords"), StringComparison.Ordinal);
        var residual = course.GetProperty("residual");
        Assert.True(residual.Number("share") > 0.95);
        Assert.Equal(residual.Number("rssBytes") - residual.Number("liveBytes") - residual.Number("fileBytes"), residual.Number("residualBytes"));
        Assert.Equal(1, answer.Number("heapProfiles"));
        // The heap never held more than heaptrack_print's peak.
        Assert.InRange(course.Number("mostLiveBytes"), 1, 583_895);
        Assert.All(course.GetProperty("liveBytes").EnumerateArray(), b => Assert.InRange(b.GetInt64(), 0, 583_895));

        // A window of snapshots has its own part of it.
        var part = (await Server.JsonAsync($"api/v1/processes/{process}/heap-courses?from=10&to=30")).GetProperty("items")[0];
        Assert.Equal(20, (part.GetProperty("residual").GetProperty("to").GetDateTimeOffset() - part.GetProperty("residual").GetProperty("from").GetDateTimeOffset()).TotalSeconds, 0.2);
        Assert.True(part.GetProperty("times").GetArrayLength() < course.GetProperty("times").GetArrayLength() || part.GetProperty("times")[0].GetDateTimeOffset() > course.GetProperty("times")[0].GetDateTimeOffset());
    }

    [Fact]
    public async Task A_heap_that_leaks_explains_its_growth_and_its_line_keeps_the_extremes_when_it_is_thinned()
    {
        var process = await UploadAsync("malloc-leak-cpp", "malloc-leak-long.zst");
        var whole = (await Server.JsonAsync($"api/v1/processes/{process}/heap-courses?points=5000")).GetProperty("items")[0];
        var thin = (await Server.JsonAsync($"api/v1/processes/{process}/heap-courses?points=50")).GetProperty("items")[0];
        Assert.InRange(thin.GetProperty("times").GetArrayLength(), 20, 60);
        Assert.True(thin.GetProperty("decimated").GetBoolean());
        Assert.Equal(Longs(whole).Max(), Longs(thin).Max());
        Assert.True(whole.GetProperty("residual").Number("share") < 0.15);

        var csv = (await Server.Client.GetStringAsync($"api/v1/processes/{process}/heap-courses?points=50&format=csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("time,tool,heapProfileId,fileName,liveBytes,overheadBytes,tie,withinMs,isComplete", csv[0]);
        Assert.Equal(Longs(thin), csv[1..].Select(l => long.Parse(l.Split(',')[4], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task What_malloc_info_says_is_in_use_is_a_course_and_is_bounded()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("glibc-fragmentation", host, "smaps.tar.gz");
        var taken = new List<DateTimeOffset>();
        foreach (var file in Directory.GetFiles(Fixtures.Case("glibc-fragmentation", "run"), "malloc_info.*.xml"))
        {
            var beside = await File.ReadAllTextAsync(file.Replace("malloc_info.", "mallinfo2.", StringComparison.Ordinal).Replace(".xml", ".txt", StringComparison.Ordinal));
            var at = beside.Split('\n')[0].Split(' ')[1];
            taken.Add(DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(at, CultureInfo.InvariantCulture)));
            await Server.UploadAsync(await File.ReadAllBytesAsync(file), $"host={host}&pid={Truth.Pid("glibc-fragmentation")}&takenAt={at}");
        }
        var answer = await Server.JsonAsync($"api/v1/processes/{process}/heap-courses");
        var course = Assert.Single(answer.GetProperty("items").EnumerateArray());
        Assert.Equal(("malloc-info", Guid.Empty, "wall-time"), (course.Text("tool"), course.GetProperty("heapProfileId").GetGuid(), course.Text("tie")));
        Assert.Equal(taken.Order().Select(t => t.ToUnixTimeMilliseconds()), course.GetProperty("times").EnumerateArray().Select(t => t.GetDateTimeOffset().ToUnixTimeMilliseconds()), (a, b) => Math.Abs(a - b) <= 1);
        Assert.True(course.Number("mostLiveBytes") > 5 * Longs(course)[^1]);
        Assert.Equal(0, answer.Number("heapProfiles"));
    }

    [Fact]
    public async Task A_file_without_a_time_gives_its_last_moment_and_says_that_it_is_a_guess()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("malloc-leak-cpp", host, "smaps.tar.gz");
        await Server.UploadAsync(Fixtures.Bytes("massif", "stacks.ms.massif.out"), $"host={host}&pid={Truth.Pid("malloc-leak-cpp")}");
        var course = (await Server.JsonAsync($"api/v1/processes/{process}/heap-courses")).GetProperty("items")[0];
        Assert.Equal("file-time", course.Text("tie"));
        Assert.Contains("guess", course.Text("tieWords"), StringComparison.Ordinal);
        Assert.Equal((0, JsonValueKind.Null, JsonValueKind.Null), (course.GetProperty("times").GetArrayLength(), course.GetProperty("residual").ValueKind, course.GetProperty("liveAtEndBytes").ValueKind));
        // Sent with the process' start it stands where it was.
        var start = DateTimeOffset.UnixEpoch.AddSeconds(JsonDocument.Parse(await File.ReadAllBytesAsync(Fixtures.Case("malloc-leak-cpp", "capture.json"))).RootElement.GetProperty("started").GetDouble());
        await Server.UploadAsync(await File.ReadAllBytesAsync(Fixtures.Case("malloc-leak-cpp", "status.tar.gz")), $"host={host}&pid={Truth.Pid("malloc-leak-cpp")}&startTime={Uri.EscapeDataString(start.ToString("O", CultureInfo.InvariantCulture))}");
        var placed = (await Server.JsonAsync($"api/v1/processes/{process}/heap-courses")).GetProperty("items")[0];
        Assert.Equal("process-start", placed.Text("tie"));
        Assert.Equal(start, placed.GetProperty("firstAt").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Hostile_profiles_and_questions_are_answered_without_a_failure()
    {
        var host = Uploads.NewHost();
        var process = await Server.UploadCaseAsync("steady-healthy", host, "smaps.tar.gz");
        var pid = Truth.Pid("steady-healthy");
        // heaptrack: times and sizes at the end of what fits, times that run backwards.
        await Server.UploadAsync(Encoding.UTF8.GetBytes("v 10400 3\nx 2 /x\nI 1000 5e298f\nt 1 0\nc 7fffffffffff\nR 7ffffffff\n+ 7fffffffffff 1 1000\n+ 7fffffffffff 1 2000\nc 0\nR 0\nc 1\nR 7ffffffff\nc 2\n"), $"host={host}&pid={pid}&takenAt=1795186000&format=heaptrack");
        await Server.UploadAsync(Encoding.UTF8.GetBytes("main;<b>a</b> 9223372036854775807\n"), $"host={host}&pid={pid}&format=folded");
        var answer = await Server.JsonAsync($"api/v1/processes/{process}/heap-courses");
        Assert.NotEmpty(answer.GetProperty("notes").EnumerateArray());
        foreach (var query in new[] { "points=1", "points=x", "points=99999999", "from=x", "by=tool", "format=binary" })
        {
            using var refused = await Server.Client.GetAsync($"api/v1/processes/{process}/heap-courses?{query}");
            Assert.True(refused.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotAcceptable, $"{query}: {refused.StatusCode}");
        }
        using var nobody = await Server.Client.GetAsync($"api/v1/processes/{Guid.NewGuid()}/heap-courses");
        await nobody.ProblemAsync(HttpStatusCode.NotFound);
    }

    private async Task<Guid> UploadAsync(string name, string heaptrack)
    {
        var host = Uploads.NewHost();
        var process = (await Server.UploadAsync(await File.ReadAllBytesAsync(Fixtures.Case(name, Path.Combine("with-heaptrack", "smaps.tar.gz"))), $"host={host}&pid=4711&name=smaps.tar.gz")).GetProperty("processId").GetGuid();
        Assert.Equal(process, (await Server.UploadAsync(Fixtures.Bytes("heaptrack", heaptrack), $"host={host}&pid=4711&name={heaptrack}")).GetProperty("processId").GetGuid());
        return process;
    }

    private static List<long> Longs(JsonElement course) => [.. course.GetProperty("liveBytes").EnumerateArray().Select(b => b.GetInt64())];
}
