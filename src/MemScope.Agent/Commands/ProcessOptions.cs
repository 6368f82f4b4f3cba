using System.CommandLine;
using MemScope.Agent.Proc;

namespace MemScope.Agent.Commands;

/// <summary>The options that say which process a capture belongs to.</summary>
internal sealed class ProcessOptions
{
    /// <summary>Adds them to a command.</summary>
    public ProcessOptions(Command command, bool pidRequired)
    {
        Pid.Required = pidRequired;
        command.Options.Add(Pid);
        command.Options.Add(Host);
        command.Options.Add(Label);
    }

    /// <summary><c>--pid</c>.</summary>
    public Option<int?> Pid { get; } = new("--pid") { Description = "Process id." };

    /// <summary><c>--host</c>.</summary>
    public Option<string> Host { get; } = new("--host") { Description = "Host name under which the process is listed. Default: this machine's.", DefaultValueFactory = _ => Environment.MachineName };

    /// <summary><c>--label</c>.</summary>
    public Option<string[]> Label { get; } = new("--label")
    {
        Description = "Label of the process, name=value; may be given several times.",
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            foreach (var token in result.Tokens)
            {
                if (token.Value.IndexOf('=', StringComparison.Ordinal) <= 0) result.AddError($"--label wants name=value, not '{token.Value}'");
            }
            return [.. result.Tokens.Select(t => t.Value)];
        },
    };

    /// <summary>The running process that <c>--pid</c> names; null when it cannot be watched, which is said on standard error.</summary>
    public async Task<TargetProcess?> OpenAsync(ParseResult arguments)
    {
        try
        {
            return TargetProcess.Open(arguments.GetRequiredValue(Pid)!.Value, TimeProvider.System);
        }
        catch (TargetProcessException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return null;
        }
    }

    /// <summary>The labels as query parameters: <c>label.role</c> and <c>prefill</c>.</summary>
    public IEnumerable<(string Name, string? Value)> Labels(ParseResult arguments) =>
        from label in arguments.GetRequiredValue(Label)
        let at = label.IndexOf('=', StringComparison.Ordinal)
        select ("label." + label[..at], (string?)label[(at + 1)..]);
}
