using System.Diagnostics;
using System.Globalization;

namespace MemScope.EndToEnd.Tests.Hosting;

/// <summary>The test program tests/Leaker: it maps memory at a fixed rate.</summary>
internal sealed class LeakingProgram : IDisposable
{
    private readonly Process _process;

    private LeakingProgram(Process process, long bytesPerSecond) => (_process, BytesPerSecond) = (process, bytesPerSecond);

    /// <summary>Its process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Its rate.</summary>
    public long BytesPerSecond { get; }

    /// <summary>Starts it and waits until it leaks.</summary>
    public static async Task<LeakingProgram> StartAsync(long bytesPerSecond, TimeSpan duration)
    {
        var dll = Repository.PathOf("tests", "Leaker", "bin", Repository.Configuration, "net10.0", "MemScope.Leaker.dll");
        var start = new ProcessStartInfo("dotnet", [dll, bytesPerSecond.ToString(CultureInfo.InvariantCulture), duration.TotalSeconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        await process.StandardOutput.ReadLineAsync();
        return new LeakingProgram(process, bytesPerSecond);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
