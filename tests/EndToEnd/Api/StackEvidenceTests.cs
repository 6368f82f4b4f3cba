using System.Globalization;
using System.Net;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>What the stacks of an answer are worth over the API: where frames lie, how good stacks are, and their motifs.</summary>
public sealed class StackEvidenceTests(ApiServer api) : IClassFixture<ApiServer>
{
    private const string Module = "/opt/memscope-corpus/bin/raw_mmap_leak";

    private ServerProcess Server => api.Server;

    [Theory]
    [InlineData("strace/raw-mmap-leak.txt.gz", "tables")]
    [InlineData("bpftrace/raw-mmap-leak.txt.gz", "frame-pointers")]
    [InlineData("perf/raw-mmap-leak.txt.gz", "frame-pointers")]
    [InlineData("perf/raw-mmap-leak-dwarf.txt.gz", "tables")]
    public async Task Whatever_tool_saw_a_call_it_lands_on_the_line_that_binutils_tells(string fixture, string walked)
    {
        await Server.SendSymbolsAsync(Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.debug"), "raw_mmap_leak.debug");
        await Server.SendSymbolsAsync(Fixtures.Bytes("elf", "raw-mmap-leak", "raw_mmap_leak.stripped"), "raw_mmap_leak.stripped");
        var host = Uploads.NewHost();
        await Server.UploadAsync(Fixtures.Members("cases", "raw-mmap-leak", "maps.tar.gz").First().Text, $"host={host}&pid=3358");
        var process = (await Server.UploadAsync(Fixtures.Bytes(fixture), $"host={host}&pid=3358")).Text("processId");

        var answer = await Server.NamedAsync(process);

        var truth = JsonDocument.Parse(Fixtures.Bytes("elf", "raw-mmap-leak", "symbols.json")).RootElement.GetProperty("frames").EnumerateArray().Where(f => f.Text("module") == Module)
            .ToDictionary(f => f.Text("looked_up")[2..], f => f.GetProperty("frames_innermost_first").EnumerateArray().Select(x => $"{x.Text("function")} {x.Text("at")}").ToList());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in answer.GetProperty("items").EnumerateArray())
        {
            foreach (var frames in item.GetProperty("frames").EnumerateArray().Where(f => f.GetProperty("module").GetString() == Module).GroupBy(f => f.Text("offset")))
            {
                seen.Add(frames.Key);
                if (truth[frames.Key][0].StartsWith("_start ", StringComparison.Ordinal)) continue; // without lines
                Assert.Equal(truth[frames.Key], frames.Select(f => $"{f.Text("function")} {f.Text("file")}:{f.GetProperty("line").GetInt32().ToString(CultureInfo.InvariantCulture)}"));
            }
        }
        Assert.True(seen.Count >= 3, string.Join(' ', seen));
        Assert.Equal(walked, answer.GetProperty("stackQuality").EnumerateArray().Single().Text("walked"));
    }

    [Fact]
    public async Task Stacks_of_the_founding_case_show_that_the_path_that_releases_memory_takes_it()
    {
        var process = (await Server.UploadAsync(Fixtures.Bytes("perf", "ucx-leak.txt.gz"), $"host={Uploads.NewHost()}&pid=3358")).Text("processId");

        var answer = await Server.NamedAsync(process, "?weight=mapped");

        var items = answer.GetProperty("items").EnumerateArray().ToList();
        var beneath = items.Where(i => Kinds(i).Contains("map-beneath-release")).ToList();
        Assert.NotEmpty(beneath);
        Assert.All(items, i => Assert.Equal(Functions(i).Contains("ucm_munmap"), Kinds(i).Contains("map-beneath-release")));
        Assert.All(beneath, i => Assert.Contains("raw-syscall", Kinds(i)));
        Assert.All(beneath, i => Assert.Contains("ucm_munmap", i.GetProperty("motifs")[0].Text("words"), StringComparison.Ordinal));
        Assert.All(beneath, i => Assert.Contains(i.GetProperty("frames").EnumerateArray(), f => f.Text("role") == "releases"));
        var total = answer.GetProperty("motifs").EnumerateArray().Single(m => m.Text("kind") == "map-beneath-release");
        Assert.Equal((beneath.Sum(i => i.Number("calls")), beneath.Sum(i => i.Number("mappedBytes"))), (total.Number("calls"), total.Number("bytes")));
        var kinds = answer.GetProperty("stackQuality")[0].GetProperty("kinds").EnumerateArray().ToList();
        Assert.Equal(items.Sum(i => i.Number("calls")), kinds.Sum(k => k.Number("calls")));
        Assert.Equal(1, kinds.Sum(k => k.Number("callShare")), 6);
        Assert.All(items, i => Assert.Equal(i.GetProperty("frames")[0].GetProperty("gapAfter").GetBoolean(), i.GetProperty("quality").Text("kind") == "gap"));
    }

    [Fact]
    public async Task A_trace_is_placed_by_snapshots_that_come_after_it_too()
    {
        var query = $"host={Uploads.NewHost()}&pid=7";
        var process = (await Server.UploadAsync("Attaching 9 probes...\n1000 7 7 app mmap addr=0x0 len=32768 prot=0x3 flags=0x22 fd=-1 ret=0x7f9d018c0000\n\n\t7f0000001010 [unknown] ([unknown])\n\n"u8.ToArray(), query)).Text("processId");
        var before = (await Server.NamedAsync(process)).GetProperty("items")[0].GetProperty("frames")[0];
        Assert.Equal(JsonValueKind.Null, before.GetProperty("module").ValueKind);

        await Server.UploadAsync("7f0000001000-7f0000003000 r-xp 00001000 fe:00 1 /opt/app\n"u8.ToArray(), query);

        var after = (await Server.NamedAsync(process)).GetProperty("items")[0].GetProperty("frames")[0];
        Assert.Equal(("/opt/app", "100f", "no-symbols"), (after.Text("module"), after.Text("offset"), after.Text("miss")));
    }

    [Fact]
    public async Task Build_ids_and_names_of_a_jit_reach_the_frames_of_earlier_traces()
    {
        var host = Uploads.NewHost();
        var query = $"host={host}&pid=7";
        await Server.UploadAsync("7f0000001000-7f0000003000 r-xp 00001000 fe:00 1 /opt/app\n7f0000008000-7f0000009000 rwxp 00000000 00:00 0\n"u8.ToArray(), query);
        var process = (await Server.UploadAsync("Attaching 9 probes...\n1000 7 7 app mmap addr=0x0 len=32768 prot=0x3 flags=0x22 fd=-1 ret=0x7f9d018c0000\n\n\t7f0000001010 f+16 (/opt/app)\n\t7f0000008020 [unknown] ([unknown])\n\n"u8.ToArray(), query)).Text("processId");
        var id = new string('a', 40);

        await Server.UploadAsync(System.Text.Encoding.ASCII.GetBytes($"{id} /opt/app\n"), query);
        await Server.UploadAsync("7f0000008000 10 first\n7f0000008000 100 Program::Main()[Tier0]\n"u8.ToArray(), query);

        var frames = (await Server.NamedAsync(process)).GetProperty("items")[0].GetProperty("frames").EnumerateArray().ToList();
        Assert.Equal((id, "/opt/app"), (frames[0].Text("buildId"), frames[0].Text("module")));
        Assert.Equal(("Program::Main()[Tier0]", "perf map", "[jit]"), (frames[1].Text("function"), frames[1].Text("namedBy"), frames[1].Text("module")));
    }

    private static IEnumerable<string> Kinds(JsonElement item) => item.GetProperty("motifs").EnumerateArray().Select(m => m.Text("kind"));

    private static IEnumerable<string?> Functions(JsonElement item) => item.GetProperty("frames").EnumerateArray().Select(f => f.GetProperty("function").GetString());
}
