using System.CommandLine;
using MemScope.Agent.Commands;

var root = new RootCommand("Takes memory captures of processes and sends them to a MemScope server.")
{
    ParseCommand.Create(),
    WatchCommand.Create(),
    SnapCommand.Create(),
    UploadCommand.Create(),
    SymbolsCommand.Create(),
};

// After Ctrl-C the agent still sends what it has taken: see Watch.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) });
