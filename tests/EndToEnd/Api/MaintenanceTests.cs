using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Api;

/// <summary>The commands beside the server, as an operator runs them.</summary>
public sealed class MaintenanceTests
{
    [Fact]
    public async Task What_is_kept_of_the_analysis_is_computed_again_beside_a_running_server()
    {
        await using var server = await ServerProcess.StartAsync();
        var process = await server.UploadCaseAsync("plateau", Uploads.NewHost(), "smaps.tar.gz");

        var all = await RunAsync("reprocess", "--data", server.DataFolder);
        Assert.True(all.ExitCode == 0, all.Output + all.Error);
        Assert.StartsWith("1 processes: 0 snapshots have other sums", all.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("reprocess", "--data", server.DataFolder, "--process", process.ToString())).ExitCode);
        var none = await RunAsync("reprocess", "--data", server.DataFolder, "--process", Guid.NewGuid().ToString());
        Assert.Equal((1, "There is no process of that id."), (none.ExitCode, none.Output.Trim()));
        var check = await RunAsync("fsck", "--data", server.DataFolder);
        Assert.Equal((0, "Everything fits together."), (check.ExitCode, check.Output.Trim()));
        Assert.Equal(78, (await RunAsync("reprocess", "--colour", "red")).ExitCode);
    }

    private static Task<Command> RunAsync(params string[] args) => Command.RunAsync("dotnet", [ServerProcess.ServerDll, .. args]);
}
