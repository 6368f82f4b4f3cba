using System.CommandLine;
using MemScope.Agent.Sending;

namespace MemScope.Agent.Commands;

/// <summary>The options of every verb that talks to a server.</summary>
internal sealed class ServerOptions
{
    /// <summary>Adds them to a command.</summary>
    public ServerOptions(Command command)
    {
        command.Options.Add(Server);
        command.Options.Add(GiveUpAfter);
    }

    /// <summary><c>--server</c>.</summary>
    public Option<Uri> Server { get; } = new("--server")
    {
        Description = "Address of the server (or MEMSCOPE_SERVER). A token is taken from MEMSCOPE_TOKEN.",
        DefaultValueFactory = _ => new Uri(Environment.GetEnvironmentVariable("MEMSCOPE_SERVER") ?? "http://127.0.0.1:5220"),
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
            result.AddError($"--server wants an address such as http://127.0.0.1:5220, not '{result.Tokens[0].Value}'");
            return null;
        },
    };

    /// <summary><c>--give-up-after</c>.</summary>
    public Option<TimeSpan?> GiveUpAfter { get; } = Durations.Option("--give-up-after", "How long to try again when the server does not answer or is busy. Default: 60s.");

    /// <summary>The connection that the arguments ask for.</summary>
    public ServerConnection Connect(ParseResult arguments) => Connect(arguments, Patience(arguments));

    /// <summary>How long to try again.</summary>
    public TimeSpan Patience(ParseResult arguments) => arguments.GetValue(GiveUpAfter) ?? TimeSpan.FromSeconds(60);

    /// <summary>A connection that tries again for as long as its caller lets it.</summary>
    public ServerConnection ConnectForever(ParseResult arguments) => Connect(arguments, TimeSpan.MaxValue);

    private ServerConnection Connect(ParseResult arguments, TimeSpan giveUpAfter) =>
        new(arguments.GetRequiredValue(Server), Environment.GetEnvironmentVariable("MEMSCOPE_TOKEN"), giveUpAfter, TimeProvider.System)
        {
            Waiting = static reason => Console.Error.WriteLine($"{reason}; trying again"),
        };
}
