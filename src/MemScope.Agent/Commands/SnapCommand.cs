using System.CommandLine;
using MemScope.Agent.Sending;
using MemScope.Agent.Watching;

namespace MemScope.Agent.Commands;

/// <summary><c>snap --pid N</c>: one snapshot of a running process, sent or kept as a file.</summary>
internal static class SnapCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("snap", "Take one snapshot (smaps and status) of a process and send it.");
        var process = new ProcessOptions(command, pidRequired: true);
        var output = new Option<FileInfo?>("--output") { Description = "Write the snapshot (tar.gz) to this file instead of sending it." };
        command.Options.Add(output);
        var server = new ServerOptions(command);
        command.SetAction(async (arguments, cancel) =>
        {
            if (await process.OpenAsync(arguments) is not { } target) return 2;
            if (target.Take(number: 1) is not { } snapshot)
            {
                await Console.Error.WriteLineAsync($"process {target.Pid} ended");
                return 1;
            }
            var archive = SnapshotArchive.Pack(snapshot);
            if (arguments.GetValue(output) is { } file)
            {
                await File.WriteAllBytesAsync(file.FullName, archive, cancel);
                return 0;
            }
            using var connection = server.Connect(arguments);
            var address = CaptureAddress.Of(target, arguments.GetRequiredValue(process.Host), snapshot, process.Labels(arguments));
            var key = Guid.NewGuid().ToString();
            var delivery = await connection.SendAsync(() => CaptureRequest.Post(address, new ByteArrayContent(archive), "snap.tar.gz", key), cancel);
            return await DeliveryReport.WriteAsync($"process {target.Pid}", delivery) ? 0 : 1;
        });
        return command;
    }
}
