using System.Globalization;
using MemScope.Storage.Postgres;
using MemScope.Web.Symbolication;

namespace MemScope.Web.Hosting;

/// <summary>What the command line and the environment say. Unknown or malformed settings stop the start with one line.</summary>
public sealed record ServerOptions
{
    /// <summary>Port of the default address.</summary>
    public const int DefaultPort = 5220;

    /// <summary>How long the text of snapshots is kept without <c>--keep-text</c>.</summary>
    public static readonly TimeSpan DefaultKeepText = TimeSpan.FromDays(7);

    /// <summary>Addresses to listen on.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [$"http://127.0.0.1:{DefaultPort}"];

    /// <summary>Folder for the private database, keys and files in transit.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Npgsql connection string, or null for a private PostgreSQL.</summary>
    public string? Database { get; init; }

    /// <summary>Age at which data is deleted, or null to keep all.</summary>
    public TimeSpan? Keep { get; init; }

    /// <summary>Age at which the text of snapshots is dropped once the store gives back every number in it; zero as soon as that is proven, null never.</summary>
    public TimeSpan? KeepText { get; init; } = DefaultKeepText;

    /// <summary>What is kept for how long, for the terminal.</summary>
    public string KeepWords =>
        $"It keeps {(Keep is { } keep ? $"data for {AgeText(keep)}" : "all data")}, and the text of snapshots {(KeepText is not { } text ? "as long" : text == TimeSpan.Zero ? "until the store gives back every number in it" : $"for {AgeText(text)}; then the store gives back every number in it")}.";

    /// <summary>Host names, without port, under which the server may be addressed besides the loopback ones (a reverse proxy's). Naming one asks for a sign-in.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>Servers that debug files are fetched from; none unless the operator names some.</summary>
    public DebuginfodServers Debuginfod { get; init; } = DebuginfodServers.None;

    /// <summary>Whether a token is asked for. Only a server that nobody but this machine can reach does without.</summary>
    public bool AsksForSignIn => HostNames.Count > 0 || !Urls.All(IsLoopback);

    /// <summary>Text of <c>--help</c>.</summary>
    public const string Usage = """
        usage: MemScope.Web [--port N | --urls LIST] [--data DIR] [--db CONNECTION] [--keep 30d] [--keep-text 7d] [--host-name NAME]... [--debuginfod URLS]
          --port N          listen on http://127.0.0.1:N (default 5220; 0 takes a free one)
          --urls LIST       listen on these addresses, separated by ';'; any but a loopback address asks for a sign-in
          --data DIR        folder for the private database, keys and files in transit
          --db CONNECTION   PostgreSQL to use (or MEMSCOPE_DB); without it a private one is started
          --keep 30d        delete what is older (days 'd' or hours 'h'); without it everything is kept
          --keep-text 7d    drop the text of snapshots after that time, once the store has proved that it gives back every number in it;
                            0: as soon as it is proven, all: never (default 7d)
          --host-name NAME  accept requests for this host name too (reverse proxy); asks for a sign-in
          --debuginfod URLS fetch missing debug files from these servers, separated by commas (default: none is asked);
                            they learn the build ids of the traced programs
        """;

    /// <summary>Reads the command line; what it leaves open comes from the environment (MEMSCOPE_DB, MEMSCOPE_URL, MEMSCOPE_DATA, MEMSCOPE_KEEP, MEMSCOPE_KEEP_TEXT, MEMSCOPE_DEBUGINFOD).</summary>
    /// <exception cref="FormatException">An argument is unknown or malformed; the message is for the person at the terminal.</exception>
    public static ServerOptions Parse(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        string? urls = environment("MEMSCOPE_URL"), data = environment("MEMSCOPE_DATA"), db = environment("MEMSCOPE_DB"), keep = environment("MEMSCOPE_KEEP"), keepText = environment("MEMSCOPE_KEEP_TEXT"), debuginfod = environment("MEMSCOPE_DEBUGINFOD");
        var hostNames = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = Split(args, ref i);
            switch (name)
            {
                case "--urls": urls = value; break;
                case "--port": urls = $"http://127.0.0.1:{Port(value)}"; break;
                case "--data": data = value; break;
                case "--db": db = value; break;
                case "--keep": keep = value; break;
                case "--keep-text": keepText = value; break;
                case "--host-name": hostNames.Add(value); break;
                case "--debuginfod": debuginfod = value; break;
                default: throw new FormatException($"unknown option {name}; try --help");
            }
        }
        return new ServerOptions
        {
            Urls = string.IsNullOrWhiteSpace(urls) ? [$"http://127.0.0.1:{DefaultPort}"] : [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Url)],
            DataFolder = Path.GetFullPath(string.IsNullOrWhiteSpace(data) ? PrivatePostgres.DefaultFolder : data),
            Database = string.IsNullOrWhiteSpace(db) ? null : db,
            Keep = string.IsNullOrWhiteSpace(keep) ? null : Age("--keep", keep),
            KeepText = string.IsNullOrWhiteSpace(keepText) ? DefaultKeepText : keepText switch { "0" => TimeSpan.Zero, "all" => null, _ => Age("--keep-text", keepText) },
            HostNames = hostNames,
            Debuginfod = DebuginfodServers.Parse(debuginfod),
        };
    }

    private static (string Name, string Value) Split(IReadOnlyList<string> args, ref int i)
    {
        var arg = args[i];
        if (arg.IndexOf('=', StringComparison.Ordinal) is > 0 and var at) return (arg[..at], arg[(at + 1)..]);
        if (!arg.StartsWith("--", StringComparison.Ordinal)) throw new FormatException($"unexpected argument {arg}; try --help");
        if (i + 1 >= args.Count) throw new FormatException($"{arg} needs a value; try --help");
        return (arg, args[++i]);
    }

    private static int Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 ? port : throw new FormatException($"--port {text}: a number from 0 to 65535 is needed");

    private static string Url(string text) =>
        Uri.TryCreate(text.Replace("*", "0.0.0.0", StringComparison.Ordinal).Replace("+", "0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? text
            : throw new FormatException($"--urls {text}: an address such as http://127.0.0.1:5220 is needed");

    private static string AgeText(TimeSpan age) => age.Ticks % TimeSpan.TicksPerDay == 0 ? $"{age.Days} {(age.Days == 1 ? "day" : "days")}" : $"{age.TotalHours:0} hours";

    private static TimeSpan Age(string option, string text)
    {
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 100_000)
        {
            if (text[^1] is 'd') return TimeSpan.FromDays(count);
            if (text[^1] is 'h') return TimeSpan.FromHours(count);
        }
        throw new FormatException($"{option} {text}: a number of days or hours such as 30d or 12h is needed{(option == "--keep" ? "" : ", 0 or all")}");
    }

    private static bool IsLoopback(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsLoopback;
}
