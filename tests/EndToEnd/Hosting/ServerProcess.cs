using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace MemScope.EndToEnd.Tests.Hosting;

/// <summary>The real server in a process of its own, with a private database in a data folder.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private const string Marker = "Now listening on: ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly TemporaryFolder? _ownFolder;
    private readonly ConcurrentQueue<string> _output;

    private ServerProcess(Process process, Uri address, string dataFolder, TemporaryFolder? ownFolder, ConcurrentQueue<string> output)
    {
        (_process, Address, DataFolder, _ownFolder, _output) = (process, address, dataFolder, ownFolder, output);
        Client = new HttpClient { BaseAddress = address };
    }

    /// <summary>Where it listens: <c>http://127.0.0.1:43567/</c>.</summary>
    public Uri Address { get; }

    /// <summary>Its data folder; a temporary one when none was given.</summary>
    public string DataFolder { get; }

    /// <summary>A client whose base address is <see cref="Address"/>.</summary>
    public HttpClient Client { get; }

    /// <summary>The server's process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Everything it wrote to standard output and error so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts a server on a free port and waits until it listens.</summary>
    /// <param name="dataFolder">Data folder to use and leave behind, or null for a temporary one.</param>
    /// <param name="args">More arguments of the server.</param>
    /// <exception cref="InvalidOperationException">It ended or did not listen in time; the message holds its output.</exception>
    public static Task<ServerProcess> StartAsync(string? dataFolder = null, params string[] args) => LaunchAsync("dotnet", [ServerDll, "--port", "0"], dataFolder, args, StartLimit);

    /// <summary>Starts it by <c>./memscope serve</c>, which may build it first. A run in the background ignores SIGINT, and so would the command: it gets the usual disposition back.</summary>
    public static Task<ServerProcess> ServeAsync(string? dataFolder = null, params string[] args) =>
        LaunchAsync("env", ["--default-signal=INT", Repository.PathOf("memscope"), "serve", "--port", "0"], dataFolder, args, BuildLimit);

    private static async Task<ServerProcess> LaunchAsync(string program, string[] first, string? dataFolder, string[] args, TimeSpan limit, TemporaryFolder? kept = null)
    {
        var ownFolder = dataFolder is null ? new TemporaryFolder() : kept;
        var folder = dataFolder ?? ownFolder!.PathOf("data");
        var start = new ProcessStartInfo(program, [.. first, "--data", folder, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var name in (string[])["MEMSCOPE_DB", "MEMSCOPE_URL", "MEMSCOPE_DATA", "MEMSCOPE_KEEP", "MEMSCOPE_KEEP_TEXT", "ASPNETCORE_URLS"]) start.Environment.Remove(name);
        var output = new ConcurrentQueue<string>();
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("The server ended before it listened."));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new ServerProcess(process, await listening.Task.WaitAsync(limit), folder, ownFolder, output);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            process.Kill(entireProcessTree: true);
            ownFolder?.Dispose();
            throw new InvalidOperationException($"{e.Message}\n{string.Join('\n', output)}", e);
        }

        void Take(string? line)
        {
            if (line is null) return;
            output.Enqueue(line);
            var at = line.IndexOf(Marker, StringComparison.Ordinal);
            if (at >= 0) listening.TrySetResult(new Uri(line[(at + Marker.Length)..].Split(' ', '"')[0]));
        }
    }

    /// <summary>Ends it at once, as <c>kill -9</c> does; its data folder stays.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(StopLimit);
    }

    /// <summary>Asks it to end and waits; its data folder stays. Returns its exit code.</summary>
    /// <param name="signal">TERM, or INT as Ctrl-C sends it.</param>
    public async Task<int> StopAsync(string signal = "TERM")
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }
        await _process.WaitForExitAsync().WaitAsync(StopLimit);
        return _process.ExitCode;
    }

    /// <summary>Ends it and starts another over its data, at its address. This one is done with.</summary>
    public async Task<ServerProcess> RestartAsync()
    {
        Client.Dispose();
        await StopAsync();
        _process.Dispose();
        return await LaunchAsync("dotnet", [ServerDll, "--port", Address.Port.ToString(CultureInfo.InvariantCulture)], DataFolder, [], StartLimit, _ownFolder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        try
        {
            await StopAsync();
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
        _process.Dispose();
        _ownFolder?.Dispose();
    }

    /// <summary>The program.</summary>
    internal static string ServerDll => Repository.PathOf("src", "MemScope.Web", "bin", Repository.Configuration, "net10.0", "MemScope.Web.dll");
}
