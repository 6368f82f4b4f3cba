using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;

namespace MemScope.Symbols.Children;

/// <summary>Why a filter gave nothing.</summary>
internal enum StreamFault : byte
{
    /// <summary>It gave its output.</summary>
    None,
    /// <summary>It is not installed or may not be started here.</summary>
    Missing,
    /// <summary>It refused its input, or died at it.</summary>
    Refused,
    /// <summary>Its output was longer than allowed.</summary>
    TooLong,
    /// <summary>It did not end in time.</summary>
    TimedOut,
}

/// <summary>
/// A filter such as <c>xz -dc</c>: one confined process for one stream of bytes in memory, with an empty environment. Its output and its time are capped; at most
/// <see cref="MostAtOnce"/> run, others wait. Blocks the caller, since the tables that it unpacks are read where they are needed.
/// </summary>
internal static class StreamChild
{
    /// <summary>Filters that run at once in this process.</summary>
    private const int MostAtOnce = 2;

    /// <summary>Time for one stream, waiting for a place not counted.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    // xz -9e asks for 65 MiB; its threads' stacks count as well.
    private static readonly ChildLimits Limits = new() { AddressSpaceBytes = 512 << 20, CpuSeconds = 15, OpenFiles = 16 };

    private static readonly SemaphoreSlim Places = new(MostAtOnce, MostAtOnce);

    /// <summary>What the tool makes of the input, at most <paramref name="most"/> bytes.</summary>
    public static StreamFault Run(string tool, IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, int most, out ReadOnlyMemory<byte> output)
    {
        output = default;
        if (Tools.Find(tool) is not { } path || Confinement.Wrap(path, arguments, Limits, out _) is not { } command) return StreamFault.Missing;
        Places.Wait();
        try
        {
            using var process = Start(command);
            return process is null ? StreamFault.Missing : Pass(process, input, most, out output);
        }
        finally
        {
            Places.Release();
        }
    }

    private static Process? Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/",
        };
        start.Environment.Clear();
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static StreamFault Pass(Process process, ReadOnlyMemory<byte> input, int most, out ReadOnlyMemory<byte> output)
    {
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine(); // a full pipe would stop it
        var writing = Task.Run(() => Write(process, input));
        var late = false;
        bool isWhole;
        using (new Timer(_ => { late = true; Kill(process); }, null, MostTime, Timeout.InfiniteTimeSpan))
        {
            isWhole = Read(process, most, out output);
            if (!isWhole) Kill(process);
            process.WaitForExit();
        }
        writing.Wait();
        if (late) return StreamFault.TimedOut;
        if (!isWhole) return StreamFault.TooLong;
        return process.ExitCode == 0 ? StreamFault.None : StreamFault.Refused;
    }

    private static void Write(Process process, ReadOnlyMemory<byte> input)
    {
        try
        {
            using var pipe = process.StandardInput.BaseStream;
            pipe.Write(input.Span);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It ended before it had read everything: its exit code tells.
        }
    }

    private static bool Read(Process process, int most, out ReadOnlyMemory<byte> output)
    {
        var all = new ArrayBufferWriter<byte>(64 << 10);
        while (true)
        {
            var read = process.StandardOutput.BaseStream.Read(all.GetSpan(64 << 10));
            if (read > 0) all.Advance(read);
            output = all.WrittenMemory;
            if (all.WrittenCount > most) return false;
            if (read <= 0) return true;
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It had ended by itself.
        }
    }
}
