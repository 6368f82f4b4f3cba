using System.CommandLine;
using System.Globalization;
using MemScope.Agent.Sending;

namespace MemScope.Agent.Commands;

/// <summary><c>upload FILE…</c>: sends files as they are and prints the address of each one's page.</summary>
internal static class UploadCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("upload", "Send capture files and print the address of their page.");
        var files = new Argument<string[]>("FILE") { Description = "Captures: smaps, maps, pmap, traces, archives; gzip and zstd are fine. '-' reads standard input.", Arity = ArgumentArity.OneOrMore };
        var takenAt = new Option<string?>("--taken-at") { Description = "When a single snapshot was taken, ISO 8601. Default: what the file says, else now." };
        var traceStart = new Option<string?>("--trace-start") { Description = "When the first event of a trace was, ISO 8601: places a trace on the time line whose clock is not wall time." };
        var format = new Option<string?>("--format") { Description = "Format slug instead of recognising it." };
        command.Arguments.Add(files);
        var process = new ProcessOptions(command, pidRequired: false);
        command.Options.Add(takenAt);
        command.Options.Add(traceStart);
        command.Options.Add(format);
        var server = new ServerOptions(command);
        command.SetAction(async (arguments, cancel) =>
        {
            using var connection = server.Connect(arguments);
            var failed = false;
            foreach (var file in arguments.GetRequiredValue(files))
            {
                var isInput = file is "-";
                if (!isInput && !File.Exists(file))
                {
                    await Console.Error.WriteLineAsync($"{file}: no such file");
                    failed = true;
                    continue;
                }
                using var body = isInput ? FileBody.OfStandardInput() : new FileBody(file);
                var address = CaptureAddress.Of(
                [
                    ("host", arguments.GetRequiredValue(process.Host)),
                    ("pid", arguments.GetValue(process.Pid)?.ToString(CultureInfo.InvariantCulture)),
                    ("takenAt", arguments.GetValue(takenAt)),
                    ("traceStart", arguments.GetValue(traceStart)),
                    ("format", arguments.GetValue(format)),
                    .. process.Labels(arguments),
                ]);
                var delivery = await connection.SendAsync(() => CaptureRequest.Post(address, body.Open(), body.Name, idempotencyKey: body.Key), cancel);
                failed |= !await DeliveryReport.WriteAsync(file, delivery);
            }
            return failed ? 1 : 0;
        });
        return command;
    }
}
