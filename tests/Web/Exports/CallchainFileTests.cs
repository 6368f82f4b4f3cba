using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MemScope.Core;
using MemScope.Core.Analysis.Callchains;
using MemScope.Core.Formats;
using MemScope.Core.Model;
using MemScope.Web.Answers;
using MemScope.Web.Exports;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Exports;

/// <summary>Callchains as files of other tools: read again by the product's own readers, they hold the same chains and weights.</summary>
public sealed class CallchainFileTests
{
    private static readonly FrameWire[] Frames =
    [
        new("syscall", null, null, "/lib/libc.so.6", "93ac61ec", "101829", false, null) { GapAfter = true },
        new("event dispatch; inlined\nhere", "event.h", 77, "/lib/libucm.so", "f4e9e6c6", "6461", true, null),
        new("ucm_munmap", "event.c", 218, "/lib/libucm.so", "f4e9e6c6", "6461", false, null),
        new("main", "ucx_leak.c", 40, "/bin/ucx_leak", "b89c269f", "13aa", false, null),
        new(null, null, null, "/lib/libx.so", "aabbccddeeff", "1f", false, "no-symbols"),
    ];

    [Fact]
    public async Task Folded_text_is_read_again_with_the_same_weights()
    {
        var text = Encoding.UTF8.GetString(await WriteAsync(FoldedExport.WriteAsync));

        Assert.Equal(["main;ucm_munmap;event dispatch: inlined here;syscall 600", "main;libx.so+0x1f 50", "[no stack] 7"], text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var profile = Read(Encoding.UTF8.GetBytes(text), "x.folded");
        Assert.Equal(657, profile.Dumps[0].Sites.Sum(s => s.Live));
    }

    [Fact]
    public async Task A_comparison_is_folded_with_both_weights() =>
        Assert.Equal("main 40 100\n", Encoding.UTF8.GetString(await WriteAsync(FoldedExport.WriteAsync, Answer("outstanding", ([3], new(100, 100, 1, null), 40)) is var a ? a with { Head = a.Head with { Base = Guid.Empty } } : null)));

    [Fact]
    public async Task Speedscope_json_is_read_again_with_the_same_weights()
    {
        var bytes = await WriteAsync((answer, to, cancel) => SpeedscopeExport.WriteAsync(answer, "name \"quoted\"", to, cancel));

        using var json = JsonDocument.Parse(bytes);
        var profile = json.RootElement.GetProperty("profiles")[0];
        Assert.Equal(657, profile.GetProperty("endValue").GetInt64());
        Assert.Equal([3, 2, 1, 0], profile.GetProperty("samples")[0].EnumerateArray().Select(i => i.GetInt32()));
        Assert.Equal(657, Read(bytes, "x.speedscope.json").Dumps[0].Sites.Sum(s => s.Live));
    }

    [Fact]
    public async Task Pprof_is_read_again_with_chains_inlined_calls_build_ids_and_lines()
    {
        var bytes = await WriteAsync((answer, to, cancel) => PprofExport.WriteAsync(answer, ["from here"], to, cancel));
        await using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        await gzip.CopyToAsync(raw);
        var profile = Read(raw.ToArray(), "x.pb");

        var stacks = profile.Dumps[0].Sites.Where(s => s.Callchain >= 0).ToDictionary(s => string.Join(';', profile.Callchains[s.Callchain].Frames.Select(Text)), s => s.Live);
        Assert.Equal(600, stacks["syscall:0;event dispatch; inlined\nhere@event.h:77 inlined;ucm_munmap@event.c:218;main@ucx_leak.c:40"]);
        Assert.Equal(7, stacks["[no stack]:0"]);
        Assert.Equal(["93ac61ec", "aabbccddeeff", "b89c269f", "f4e9e6c6"], profile.Modules.Select(m => m.BuildId).Order());
        Assert.Contains("from here", Encoding.UTF8.GetString(raw.ToArray()), StringComparison.Ordinal);

        static string Text(RawFrame f) => $"{f.Function ?? "?"}{(f.File is null ? ":" + (f.Line ?? 0).ToString(CultureInfo.InvariantCulture) : $"@{f.File}:{f.Line?.ToString(CultureInfo.InvariantCulture)}")}{(f.Inlined ? " inlined" : "")}";
    }

    [Fact]
    public async Task Pprof_has_all_weights_with_that_of_the_page_as_its_default()
    {
        var answer = Answer("calls", ([3], new(1 << 20, 2 << 20, 9, 1 << 19), 0));
        var bytes = await WriteAsync((a, to, cancel) => PprofExport.WriteAsync(a, [], to, cancel), answer);
        await using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        await gzip.CopyToAsync(raw);

        var text = Encoding.UTF8.GetString(raw.ToArray());
        foreach (var type in (string[])["outstanding", "resident", "mapped", "calls"]) Assert.Contains(type, text, StringComparison.Ordinal);
        // Old readers take the first type, new ones the default.
        Assert.InRange(text.IndexOf("calls", StringComparison.Ordinal), 0, text.IndexOf("outstanding", StringComparison.Ordinal));
    }

    [Fact]
    public void A_table_has_a_row_for_each_chain()
    {
        var rows = CallchainCsv.Rows(Answer()).ToList();

        Assert.Equal(3, rows.Count);
        Assert.All(rows, r => Assert.Equal(CallchainCsv.Columns.Count, r.Length));
        Assert.Equal(("syscall", "syscall;event dispatch: inlined here;ucm_munmap;main"), ((string?)rows[0][6], (string?)rows[0][^1]));
    }

    [Fact]
    public void A_filter_holds_in_files_too()
    {
        var answer = Answer().Only(new StackFilter(["main", "-libx"]));

        Assert.Equal((1, 600L), (answer.Samples.Count, answer.Head.TotalBytes));
        Assert.Equal(600, answer.Figures[0].OutstandingBytes);
    }

    private static StackAnswer Answer() => Answer("outstanding", ([0, 1, 2, 3], new(600, 600, 6, 300), 0), ([4, 3], new(50, 60, 1, 0), 0), ([], new(7, 7, 1, null), 0));

    private static StackAnswer Answer(string weight, params (int[] Frames, ChainFigures Figures, long Base)[] chains)
    {
        var samples = new StackSamples.Builder();
        foreach (var (frames, figures, before) in chains) samples.Add(frames, figures.By(CallchainWeights.Parse(weight)!.Value), before);
        return new StackAnswer(samples.Build(), Frames, [.. chains.Select(c => c.Figures)], new CallchainsWire(weight, 0, null, new Dictionary<string, long>(), []));
    }

    private static async Task<byte[]> WriteAsync(Func<StackAnswer, Stream, CancellationToken, Task> write, StackAnswer? answer = null)
    {
        using var to = new MemoryStream();
        await write(answer ?? Answer(), to, CancellationToken.None);
        return to.ToArray();
    }

    private static HeapProfile Read(byte[] bytes, string name)
    {
        return Assert.Single(CaptureReader.Read(new MemoryStream(bytes), name, null, Limits.Default).Parsed.HeapProfiles);
    }
}
