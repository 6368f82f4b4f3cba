using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>The trace first, its symbols later: names are computed when they are read, and frozen only where somebody froze them.</summary>
public sealed partial class LateSymbolTests(ApiServer api) : IClassFixture<ApiServer>
{
    private const string Program = "/opt/memscope-corpus/bin/raw_mmap_leak";

    private ServerProcess Server => api.Server;

    [Fact]
    public async Task Old_answers_and_exports_gain_names_and_only_the_share_that_follows_symbols_does()
    {
        const string module = "/opt/late/one";
        var process = await Server.UploadBlankedAsync("raw-mmap-leak", Program, module);
        var before = await Server.NamedAsync(process);
        var (frozen, following) = (await ShareAsync(process, false), await ShareAsync(process, true));
        foreach (var text in new[] { await ExportAsync(process, "folded"), await ExportAsync(process, "speedscope"), await Server.Client.GetStringAsync(frozen), await Server.Client.GetStringAsync(following) })
        {
            Assert.Matches(UnnamedFrame(), text);
            Assert.DoesNotContain("blob_store_append", text, StringComparison.Ordinal);
        }

        await SendFilesAsync("raw-mmap-leak", "raw_mmap_leak", "one");

        var after = await Server.NamedAsync(process);
        Assert.Contains("blob_store_append", after.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(Figures(before), Figures(after));
        Assert.Contains("blob_store_append", await ExportAsync(process, "folded"), StringComparison.Ordinal);
        Assert.Contains("blob_store_append", await ExportAsync(process, "speedscope"), StringComparison.Ordinal);

        Assert.DoesNotContain("blob_store_append", await Server.Client.GetStringAsync(frozen), StringComparison.Ordinal);
        Assert.DoesNotContain("names updated", await Server.Client.GetStringAsync(frozen), StringComparison.Ordinal);
        var renewed = await Server.Client.GetStringAsync(following);
        Assert.Contains("blob_store_append", renewed, StringComparison.Ordinal);
        Assert.Contains("figures unchanged", renewed, StringComparison.Ordinal);
        Assert.Contains("raw_mmap_leak.c:", renewed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_better_file_improves_names_and_a_worse_one_does_not_displace_them()
    {
        const string module = "/opt/late/two";
        var process = await Server.UploadBlankedAsync("ucx-leak", "/opt/memscope-corpus/bin/ucx_leak", module);
        await Server.PutSymbolsAsync(Fixtures.Bytes("elf", "ucx-leak", "ucx_leak.stripped"), "two", HttpStatusCode.Created);
        var poor = SymbolUploads.ModuleOf(await Server.NamedAsync(process), module);
        Assert.Contains(poor.Text("symbols"), (string[])["exported", "missing"]);
        var buildId = await Server.PutSymbolsAsync(Fixtures.Bytes("elf", "ucx-leak", "ucx_leak.debug"), "two.debug", HttpStatusCode.Created);
        var named = await Server.NamedAsync(process);
        Assert.Equal("lines", SymbolUploads.ModuleOf(named, module).Text("symbols"));

        // The same file with its line tables overwritten says that it has lines, and tells none.
        await Server.PutSymbolsAsync(WithoutLines(Fixtures.Bytes("elf", "ucx-leak", "ucx_leak.debug")), "two.debug", HttpStatusCode.Created);
        var files = (await Server.JsonAsync("api/v1/symbols/" + buildId)).GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(["lines", "functions", "none"], files.Select(f => f.Text("quality")));
        Assert.Equal(JsonValueKind.Null, files[0].GetProperty("problem").ValueKind);
        Assert.NotEqual(JsonValueKind.Null, files.Single(f => f.Text("quality") == "functions").GetProperty("problem").ValueKind);
        Assert.Equal(Lines(named), Lines(await Server.NamedAsync(process)));

        // Without the good one the next best serves: functions, and no lines.
        using (var gone = await Server.Client.DeleteAsync(new Uri($"api/v1/symbols/{buildId}/{files[0].Text("id")}", UriKind.Relative))) Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using (var again = await Server.Client.DeleteAsync(new Uri($"api/v1/symbols/{buildId}/{files[0].Text("id")}", UriKind.Relative))) await again.ProblemAsync(HttpStatusCode.NotFound);
        var left = await Server.NamedAsync(process);
        Assert.Contains("decode_step", left.GetRawText(), StringComparison.Ordinal);
        Assert.All(Lines(left), l => Assert.EndsWith(":", l, StringComparison.Ordinal));
    }

    /// <summary>A frame of the program without a name, as text, JSON or HTML has it.</summary>
    [GeneratedRegex(@"\bone(\+|\\u002B|&#x2B;|&\#43;)0x", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UnnamedFrame();

    /// <summary>What no symbol may change.</summary>
    private static List<string> Figures(JsonElement answer) =>
    [
        answer.GetProperty("totalBytes").GetRawText(),
        .. answer.GetProperty("items").EnumerateArray().Select(i => string.Join(' ', ((string[])["bytes", "count", "outstandingBytes", "mappedBytes", "calls"]).Select(n => i.GetProperty(n).GetRawText()))),
    ];

    private static List<string> Lines(JsonElement answer) =>
        [.. SymbolUploads.OwnFrames(answer, "/opt/late/two").Select(f => $"{f.Text("function")} {f.GetProperty("file")}:{(f.GetProperty("line").ValueKind is JsonValueKind.Number ? f.GetProperty("line").GetRawText() : "")}").Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Fills .debug_line with 0xff; the section header table says where it is (elf(5): e_shoff at 40, e_shentsize 58, e_shnum 60, e_shstrndx 62; sh_offset at 24, sh_size at 32).</summary>
    private static byte[] WithoutLines(byte[] elf)
    {
        var damaged = (byte[])elf.Clone();
        var (table, size, count, names) = ((int)BitConverter.ToInt64(elf, 40), BitConverter.ToUInt16(elf, 58), BitConverter.ToUInt16(elf, 60), BitConverter.ToUInt16(elf, 62));
        var strings = (int)BitConverter.ToInt64(elf, table + (names * size) + 24);
        for (var i = 0; i < count; i++)
        {
            var header = table + (i * size);
            var name = strings + BitConverter.ToInt32(elf, header);
            if (!elf.AsSpan(name).StartsWith(".debug_line\0"u8)) continue;
            damaged.AsSpan((int)BitConverter.ToInt64(elf, header + 24), (int)BitConverter.ToInt64(elf, header + 32)).Fill(0xff);
            return damaged;
        }
        throw new InvalidOperationException("The file has no .debug_line.");
    }

    private async Task SendFilesAsync(string name, string program, string newName)
    {
        await Server.PutSymbolsAsync(Fixtures.Bytes("elf", name, program + ".stripped"), newName + ".stripped", HttpStatusCode.Created);
        await Server.PutSymbolsAsync(Fixtures.Bytes("elf", name, program + ".debug"), newName + ".debug", HttpStatusCode.Created);
    }

    private Task<string> ExportAsync(string process, string format) => Server.Client.GetStringAsync(new Uri($"api/v1/processes/{process}/callchains?format={format}", UriKind.Relative));

    private async Task<Uri> ShareAsync(string process, bool followSymbols)
    {
        using var answer = await Server.Client.PostAsJsonAsync($"api/v1/processes/{process}/shares", new { view = "stacks", followSymbols });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return new Uri(JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Text("url"));
    }
}
