using System.Diagnostics;
using System.Globalization;

namespace MemScope.Benchmarks.Engine;

/// <summary>A server as a process of its own: started, and known by the port that it prints.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, int port) => (_process, Port) = (process, port);

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>CPU seconds that it and its children took so far.</summary>
    public double Cpu => ProcessCpu.OfTree(_process.Id);

    /// <summary>Greatest resident size of the process alone so far, bytes.</summary>
    public long PeakBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>CPU seconds of the process alone.</summary>
    public double OwnCpu => _process.TotalProcessorTime.TotalSeconds;

    /// <summary>Starts a program that prints a line with <c>http://127.0.0.1:PORT</c> once it answers.</summary>
    /// <exception cref="InvalidOperationException">It ended before.</exception>
    public static ServerProcess Start(params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false })!;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.IndexOf("http://127.0.0.1:", StringComparison.Ordinal) is not (>= 0 and var at)) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new ServerProcess(process, int.Parse(line[(at + 17)..].TrimEnd('/'), CultureInfo.InvariantCulture));
        }
        throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} does not start.");
    }

    /// <summary>Ends it as an operator does, and waits.</summary>
    public void Dispose()
    {
        using (Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) _process.WaitForExit();
        _process.Dispose();
    }
}
