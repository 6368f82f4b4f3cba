using System.Diagnostics;

namespace MemScope.Symbols.Tests;

/// <summary>A program over bytes: <c>xz -c</c>, and text of commands such as <c>nm</c>.</summary>
internal static class ToolFilter
{
    /// <summary>What it writes to standard output when it reads the input.</summary>
    public static byte[] Run(string tool, string arguments, Stream? input = null)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var writing = Task.Run(() =>
        {
            using var pipe = process.StandardInput.BaseStream;
            input?.CopyTo(pipe);
        });
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        writing.Wait();
        process.WaitForExit();
        return output.ToArray();
    }

    /// <summary>So many zero bytes.</summary>
    public static Stream Zeros(long bytes) => new ZeroStream(bytes);

    private sealed class ZeroStream(long length) : MemoryStream
    {
        private long _left = length;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(_left, count);
            Array.Clear(buffer, offset, read);
            _left -= read;
            return read;
        }

        public override void CopyTo(Stream destination, int bufferSize)
        {
            var buffer = new byte[1 << 20];
            while (Read(buffer, 0, buffer.Length) is > 0 and var read) destination.Write(buffer, 0, read);
        }
    }
}
