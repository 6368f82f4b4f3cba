using System.Diagnostics;
using System.Globalization;
using MemScope.EndToEnd.Tests.Hosting;
using MemScope.Tests;

namespace MemScope.EndToEnd.Tests.Agent;

public sealed class UploadTests
{
    [Fact]
    public async Task Files_are_stored_and_their_page_is_printed()
    {
        await using var server = await ServerProcess.StartAsync();
        var upload = await UploadAsync(server, token: null, "upload", Fixtures.Case("plateau", "smaps.tar.gz"), Fixtures.Case("plateau", "status.tar.gz"), "--pid", "7", "--host", "h");

        Assert.Equal(0, upload.ExitCode);
        Assert.Equal(2, upload.Lines.Count);
        var process = await server.ProcessOfPageAsync(upload.Lines[0]);
        Assert.Equal(Fixtures.Members("cases", "plateau", "smaps.tar.gz").Count(), process.Number("snapshots"));
        Assert.Equal("h", process.Text("host"));
    }

    [Fact]
    public async Task One_refused_file_fails_the_command_with_the_servers_advice_but_the_others_are_stored()
    {
        await using var server = await ServerProcess.StartAsync();
        using var folder = new TemporaryFolder();
        var letter = folder.PathOf("letter.txt");
        await File.WriteAllTextAsync(letter, "Dear reader,\n");

        var upload = await UploadAsync(server, token: null, "upload", letter, Fixtures.Case("plateau", "smaps.tar.gz"), "--pid", "7");

        Assert.Equal(1, upload.ExitCode);
        Assert.Single(upload.Lines);
        Assert.Contains("unknown-format", upload.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_on_other_addresses_wants_the_token_that_it_printed()
    {
        await using var server = await ServerProcess.StartAsync(null, "--host-name", "memscope.example");
        const string Said = "shown this once: ";
        var line = server.Output.Split('\n').Single(l => l.Contains(Said, StringComparison.Ordinal));
        var token = line[(line.IndexOf(Said, StringComparison.Ordinal) + Said.Length)..].Trim();
        string[] arguments = ["snap", "--pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)];

        var without = await UploadAsync(server, token: null, arguments);
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("401", without.Error, StringComparison.Ordinal);

        var with = await UploadAsync(server, token, arguments);
        Assert.Equal(0, with.ExitCode);
        Assert.StartsWith(server.Address.ToString(), Assert.Single(with.Lines), StringComparison.Ordinal);
    }

    private static Task<Command> UploadAsync(ServerProcess server, string? token, params string[] arguments)
    {
        ProcessStartInfo start = Command.AgentStart([.. arguments, "--server", server.Address.ToString()]);
        start.Environment.Remove("MEMSCOPE_TOKEN");
        if (token is not null) start.Environment["MEMSCOPE_TOKEN"] = token;
        return Command.RunAsync(start, "");
    }
}
