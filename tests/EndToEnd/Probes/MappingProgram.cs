using System.Diagnostics;
using System.Globalization;
using MemScope.EndToEnd.Tests.Hosting;

namespace MemScope.EndToEnd.Tests.Probes;

/// <summary>raw_mmap.c, compiled and running under a name that a shell must not be told.</summary>
internal sealed class MappingProgram : IDisposable
{
    /// <summary>Its name: quotes, blanks, and a command that would leave a file behind.</summary>
    public const string Name = "it's $(touch x)";

    /// <summary>The function that maps and keeps.</summary>
    public const string Site = "blob_store_append";

    /// <summary>The function that gives back what it maps.</summary>
    public const string Scratch = "scratch_buffer";

    /// <summary>What one call of <see cref="Site"/> maps: BLOCK of raw_mmap.c.</summary>
    public const long BlockBytes = 98_304;

    private readonly Process _process;

    private MappingProgram(Process process, int pid) => (_process, Pid) = (process, pid);

    /// <summary>Its process id.</summary>
    public int Pid { get; }

    /// <summary>Whether it still runs.</summary>
    public bool IsAlive => !_process.HasExited;

    /// <summary>Compiles it into a folder and waits until it maps.</summary>
    public static async Task<MappingProgram> StartAsync(string folder)
    {
        var program = Path.Combine(folder, Name);
        var built = await Command.RunAsync("gcc", "-g", "-O1", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", "-pthread", "-o", program, Repository.PathOf("tests", "EndToEnd", "Probes", "raw_mmap.c"));
        Assert.True(built.ExitCode == 0, built.Error);
        var process = Process.Start(new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder })!;
        return new MappingProgram(process, int.Parse((await process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
