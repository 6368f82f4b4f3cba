using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MemScope.Benchmarks.Engine;

/// <summary>What a run of requests gave.</summary>
/// <param name="PerSecond">Requests answered per second.</param>
/// <param name="P50">Median of the answers' times, milliseconds.</param>
/// <param name="P99">99th percentile of them, milliseconds.</param>
/// <param name="Requests">How many.</param>
internal sealed record LoadResult(double PerSecond, double P50, double P99, int Requests);

/// <summary>Sends requests over a few connections, each the next as soon as the last is answered, with as little work of its own as possible: plain sockets, one write and one read per request.</summary>
internal static class LoadClient
{
    /// <summary>Sends for a time.</summary>
    /// <param name="port">Of 127.0.0.1.</param>
    /// <param name="connections">How many at once.</param>
    /// <param name="time">How long.</param>
    /// <param name="request">Path with query of a request, by its number; writes the body and says how long it is.</param>
    /// <exception cref="InvalidOperationException">An answer was not 2xx.</exception>
    public static LoadResult Run(int port, int connections, TimeSpan time, Func<int, byte[], (string Path, int Length)> request)
    {
        var times = new List<double>[connections];
        var next = -1;
        Exception? failure = null;
        var watch = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, connections).Select(c => new Thread(() =>
        {
            try { times[c] = Send(port, watch, time, () => Interlocked.Increment(ref next), request); }
            catch (Exception e) { failure = e; }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        if (failure is not null) throw new InvalidOperationException(failure.Message, failure);
        var seconds = watch.Elapsed.TotalSeconds;
        var all = times.SelectMany(t => t).Order().ToArray();
        return new LoadResult(all.Length / seconds, all[all.Length / 2], all[Math.Min(all.Length - 1, all.Length * 99 / 100)], all.Length);
    }

    private static List<double> Send(int port, Stopwatch watch, TimeSpan time, Func<int> next, Func<int, byte[], (string Path, int Length)> request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(System.Net.IPAddress.Loopback, port);
        var times = new List<double>();
        var (body, answer) = (new byte[4 << 20], new byte[64 << 10]);
        while (watch.Elapsed < time)
        {
            var (path, length) = request(next(), body);
            var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
                $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n"));
            var begin = Stopwatch.GetTimestamp();
            Write(socket, head, body.AsSpan(0, length));
            Read(socket, answer);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }
        return times;
    }

    private static void Write(Socket socket, byte[] head, ReadOnlySpan<byte> body)
    {
        socket.Send(head);
        while (!body.IsEmpty) body = body[socket.Send(body)..];
    }

    /// <summary>Reads one answer, whose body has a length or comes in chunks.</summary>
    private static void Read(Socket socket, byte[] answer)
    {
        var (length, end) = (0, -1);
        while (true)
        {
            var read = socket.Receive(answer.AsSpan(length));
            if (read == 0) throw new InvalidOperationException("The server closed the connection.");
            length += read;
            var text = answer.AsSpan(0, length);
            if (end < 0 && text.IndexOf("\r\n\r\n"u8) is >= 0 and var head) end = head + 4;
            if (end < 0) continue;
            var heads = Encoding.ASCII.GetString(text[..end]);
            if (heads[9] != '2') throw new InvalidOperationException(Encoding.UTF8.GetString(text));
            var at = heads.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
            if (at < 0 ? text.EndsWith("\r\n0\r\n\r\n"u8) : length >= end + int.Parse(heads.AsSpan(at + 16, heads.IndexOf('\r', at) - at - 16), CultureInfo.InvariantCulture)) return;
        }
    }
}
