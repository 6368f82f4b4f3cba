using System.Diagnostics;

namespace MemScope.EndToEnd.Tests.Hosting;

/// <summary>What a program that ran to its end has left.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Command(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs a program and waits for it.</summary>
    public static Task<Command> RunAsync(string program, params string[] arguments) => RunAsync(new ProcessStartInfo(program, arguments), "");

    /// <summary>Runs it with a folder, an environment or an input of its own.</summary>
    public static async Task<Command> RunAsync(ProcessStartInfo start, string input)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new Command(process.ExitCode, await output, await error);
    }

    /// <summary>Runs the agent.</summary>
    public static Task<Command> AgentAsync(params string[] arguments) => RunAsync(AgentStart(arguments), "");

    /// <summary>How the agent is started.</summary>
    public static ProcessStartInfo AgentStart(params string[] arguments) =>
        new("dotnet", [Repository.PathOf("src", "MemScope.Agent", "bin", Repository.Configuration, "net10.0", "linux-x64", "MemScope.Agent.dll"), .. arguments]);

    /// <summary>The lines of standard output.</summary>
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
