using System.Text.Json;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Agent;

public sealed class ParseCommandTests
{
    [Theory]
    [InlineData("ucx-leak")]
    [InlineData("plateau")]
    public async Task An_archive_gives_one_line_with_the_rss_of_every_snapshot(string name)
    {
        var parsed = await Command.AgentAsync("parse", Fixtures.Case(name, "smaps.tar.gz"));

        Assert.Equal(0, parsed.ExitCode);
        using var report = JsonDocument.Parse(Assert.Single(parsed.Lines));
        Assert.Equal("smaps", report.RootElement.GetProperty("format").GetString());
        var summed = Fixtures.Members("cases", name, "smaps.tar.gz").Select(m => SumOfRss(m.Text)).ToList();
        Assert.NotEmpty(summed);
        Assert.Equal(summed, report.RootElement.GetProperty("rssBytes").EnumerateArray().Select(b => b.GetInt64()));
        Assert.Equal(summed.Count, report.RootElement.GetProperty("snapshots").GetInt32());
        Assert.Empty(report.RootElement.GetProperty("diagnostics").EnumerateArray());
    }

    [Fact]
    public async Task Several_files_give_a_line_each_and_one_bad_file_fails_the_command()
    {
        using var folder = new TemporaryFolder();
        var bad = folder.PathOf("letter.txt");
        await File.WriteAllTextAsync(bad, "Dear reader,\n");

        var parsed = await Command.AgentAsync("parse", bad, Fixtures.Case("ucx-leak", "status.tar.gz"));

        Assert.Equal(1, parsed.ExitCode);
        Assert.Equal(2, parsed.Lines.Count);
        using var refused = JsonDocument.Parse(parsed.Lines[0]);
        Assert.Equal("unknown-format", refused.RootElement.GetProperty("error").GetProperty("code").GetString());
        using var report = JsonDocument.Parse(parsed.Lines[1]);
        Assert.Equal("status", report.RootElement.GetProperty("format").GetString());
    }

    [Fact]
    public async Task A_trace_shows_its_calls_by_kind()
    {
        var parsed = await Command.AgentAsync("parse", Repository.PathOf("demo", "ucx-leak", "second-run", "strace.txt.gz"));

        using var report = JsonDocument.Parse(Assert.Single(parsed.Lines));
        var text = System.Text.Encoding.UTF8.GetString(Unzip(Repository.PathOf("demo", "ucx-leak", "second-run", "strace.txt.gz")));
        var printed = text.Split('\n').Count(l => l.Contains(" munmap(", StringComparison.Ordinal) && !l.StartsWith(" >", StringComparison.Ordinal));
        Assert.NotEqual(0, printed);
        Assert.Equal(printed, report.RootElement.GetProperty("events").GetProperty("munmap").GetInt32());
        Assert.NotEqual(0, report.RootElement.GetProperty("callchains").GetInt32());
    }

    [Fact]
    public async Task Standard_input_is_read_as_a_file()
    {
        var smaps = await File.ReadAllTextAsync("/proc/self/smaps");
        var parsed = await Command.RunAsync(Command.AgentStart("parse", "-"), smaps);

        using var report = JsonDocument.Parse(Assert.Single(parsed.Lines));
        Assert.Equal(SumOfRss(System.Text.Encoding.UTF8.GetBytes(smaps)), report.RootElement.GetProperty("rssBytes")[0].GetInt64());
    }

    private static long SumOfRss(byte[] smaps) =>
        1024 * System.Text.Encoding.UTF8.GetString(smaps).Split('\n').Where(l => l.StartsWith("Rss:", StringComparison.Ordinal))
            .Sum(l => long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture));

    private static byte[] Unzip(string path)
    {
        using var gzip = new System.IO.Compression.GZipStream(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }
}
