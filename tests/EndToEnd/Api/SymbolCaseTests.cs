using System.Globalization;
using System.Net;
using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>The names of every case whose program is at hand, over the API, against what addr2line says (symbols.json).</summary>
public sealed class SymbolCaseTests(ApiServer api) : IClassFixture<ApiServer>
{
    private ServerProcess Server => api.Server;

    /// <summary>Cases with the program's files, the address range of its process, and whose trace calls it by its path.</summary>
    public static TheoryData<string, string> Cases => new()
    {
        { "raw-mmap-leak", "raw_mmap_leak" }, { "malloc-leak-cpp", "malloc_leak" }, { "steady-healthy", "steady_healthy" }, { "ucx-leak", "ucx_leak" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_trace_without_names_gets_those_that_addr2line_tells(string name, string program)
    {
        var module = "/opt/memscope-corpus/bin/" + program;
        var process = await Server.UploadBlankedAsync(name, module);
        var unnamed = SymbolUploads.OwnFrames(await Server.NamedAsync(process), module);
        Assert.NotEmpty(unnamed);
        Assert.All(unnamed, f => Assert.Equal("no-symbols", f.Text("miss")));
        var missing = SymbolUploads.ModuleOf(await Server.NamedAsync(process), module);
        Assert.Equal(("missing", "missing"), (missing.Text("state"), missing.Text("symbols")));
        Assert.Contains(program, missing.Text("help"), StringComparison.Ordinal);
        Assert.Equal($"curl -sS -T {module} SERVER/api/v1/symbols/", missing.Text("command"));

        await Server.PutSymbolsAsync(Fixtures.Bytes("elf", name, program + ".stripped"), program + ".stripped", HttpStatusCode.Created);
        var exported = SymbolUploads.ModuleOf(await Server.NamedAsync(process), module);
        Assert.NotEqual("lines", exported.Text("symbols"));
        await Server.PutSymbolsAsync(Fixtures.Bytes("elf", name, program + ".debug"), program + ".debug", HttpStatusCode.Created);
        var after = await Server.NamedAsync(process);

        var truth = JsonDocument.Parse(Fixtures.Bytes("elf", name, "symbols.json")).RootElement.GetProperty("frames").EnumerateArray().ToLookup(f => f.Text("module") == module);
        var own = truth[true].ToDictionary(f => f.Text("looked_up")[2..], f => f.GetProperty("frames_innermost_first").EnumerateArray().Select(x => (Function: x.Text("function"), At: x.Text("at"))).ToList());
        var printed = truth[false].ToDictionary(f => (f.Text("module"), f.Text("looked_up")[2..]), f => f.Text("strace_symbol").Split('+')[0]);
        var seen = new HashSet<string>();
        var others = 0;
        foreach (var item in after.GetProperty("items").EnumerateArray())
        {
            foreach (var frames in item.GetProperty("frames").EnumerateArray().Where(f => f.GetProperty("module").GetString() == module).GroupBy(f => f.Text("offset")))
            {
                seen.Add(frames.Key);
                Assert.Equal(own[frames.Key].Select(t => t.Function), frames.Select(f => f.Text("function")));
                Assert.All(frames, f => Assert.Equal("symbols (matched by file name)", f.Text("namedBy")));
                Assert.Equal(own[frames.Key].Select((_, i) => i < own[frames.Key].Count - 1), frames.Select(f => f.GetProperty("inlined").GetBoolean()));
                foreach (var (frame, (_, at)) in frames.Zip(own[frames.Key]).Where(p => p.Second.At[0] != '?'))
                    Assert.Equal(at, $"{frame.Text("file")}:{frame.GetProperty("line").GetInt32().ToString(CultureInfo.InvariantCulture)}");
            }
            // Libraries whose files nobody sent keep the names that the tracer printed.
            foreach (var frame in item.GetProperty("frames").EnumerateArray())
            {
                if (frame.GetProperty("module").GetString() is not { } other || frame.GetProperty("offset").GetString() is not { } offset || !printed.TryGetValue((other, offset), out var function)) continue;
                others++;
                Assert.Equal((function, "tracer", JsonValueKind.Null), (frame.Text("function"), frame.Text("namedBy"), frame.GetProperty("file").ValueKind));
            }
        }
        Assert.Subset(own.Keys.ToHashSet(StringComparer.Ordinal), seen);
        Assert.True(seen.Count >= 3, string.Join(' ', seen)); // frames of munmap alone charge nobody
        Assert.Equal(printed.Count > 0, others > 0);
        var there = SymbolUploads.ModuleOf(after, module);
        Assert.Equal(("symbols", "lines", program + ".debug", "file-name", 0), (there.Text("state"), there.Text("symbols"), there.Text("file"), there.Text("matchedBy"), there.GetProperty("unnamed").GetInt32()));
    }
}
