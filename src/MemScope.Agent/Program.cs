using System.CommandLine;
using System.Runtime.CompilerServices;
using MemScope.Agent.Commands;

namespace MemScope.Agent;

/// <summary>The agent: a command line.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments) => ParseCommand.TryRunPlain(arguments) is { } code ? Task.FromResult(code) : Run(arguments);

    // Apart, so that the parser of command lines is not even loaded where it is not needed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> Run(string[] arguments)
    {
        var root = new RootCommand("Takes memory captures of processes and sends them to a MemScope server.")
        {
            ParseCommand.Create(),
            WatchCommand.Create(),
            SnapCommand.Create(),
            UploadCommand.Create(),
            SymbolsCommand.Create(),
        };

        // After Ctrl-C the agent still sends what it has taken: see Watch.
        return root.Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) });
    }
}
