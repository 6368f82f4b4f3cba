using System.CommandLine;
using MemScope.Agent.Watching;

namespace MemScope.Agent.Commands;

/// <summary><c>watch --pid N</c>: a snapshot every few seconds until the process ends, the time is over or Ctrl-C.</summary>
internal static class WatchCommand
{
    private const long SpoolBytes = 64L << 20; // some thousand snapshots of a usual process

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("watch", "Take snapshots (smaps and status) of a process again and again and send them.");
        var process = new ProcessOptions(command, pidRequired: true);
        var interval = Durations.Option("--interval", "Time between two snapshots; stretched when reading costs more than 5 % of a core. Default: 5s.");
        var duration = Durations.Option("--duration", "When to end. Default: when the process ends, or at Ctrl-C.");
        command.Options.Add(interval);
        command.Options.Add(duration);
        var server = new ServerOptions(command);
        command.SetAction(async (arguments, cancel) =>
        {
            if (await process.OpenAsync(arguments) is not { } target) return 2;
            using var connection = server.ConnectForever(arguments);
            var plan = new WatchPlan(arguments.GetRequiredValue(process.Host), [.. process.Labels(arguments)])
            {
                Interval = arguments.GetValue(interval) ?? TimeSpan.FromSeconds(5),
                Duration = arguments.GetValue(duration) ?? TimeSpan.MaxValue,
                SendRestFor = server.Patience(arguments),
            };
            using var spool = new Spool(SpoolBytes);
            return await new Watch(target, plan, connection, spool, Console.Out, TimeProvider.System).RunAsync(cancel);
        });
        return command;
    }
}
