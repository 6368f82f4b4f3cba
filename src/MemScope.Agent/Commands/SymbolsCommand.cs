using System.CommandLine;
using MemScope.Agent.Sending;

namespace MemScope.Agent.Commands;

/// <summary><c>symbols FILE…</c>: sends programs, libraries and .debug files, which give names to stacks.</summary>
internal static class SymbolsCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("symbols", "Send ELF files (programs, libraries, .debug files) that give names to stacks.");
        var files = new Argument<FileInfo[]>("FILE") { Description = "ELF files.", Arity = ArgumentArity.OneOrMore };
        command.Arguments.Add(files.AcceptExistingOnly());
        var server = new ServerOptions(command);
        command.SetAction(async (arguments, cancel) =>
        {
            using var connection = server.Connect(arguments);
            var failed = false;
            foreach (var file in arguments.GetRequiredValue(files))
            {
                using var body = new FileBody(file.FullName);
                var delivery = await connection.SendAsync(() => CaptureRequest.PutSymbols(body.Open(), file.Name), cancel);
                failed |= !await DeliveryReport.WriteAsync(file.Name, delivery);
            }
            return failed ? 1 : 0;
        });
        return command;
    }
}
