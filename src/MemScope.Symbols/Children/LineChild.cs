using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace MemScope.Symbols.Children;

/// <summary>How an exchange with a child ended.</summary>
internal enum ChildFault : byte
{
    /// <summary>Every line was answered.</summary>
    None,
    /// <summary>It ended.</summary>
    Died,
    /// <summary>An answer did not come in time.</summary>
    TimedOut,
    /// <summary>An answer was longer than allowed.</summary>
    TooLong,
    /// <summary>The line was not sent: no program works here, or time and restarts were used up before.</summary>
    NotAsked,
}

/// <summary>One running child that answers every line on standard input, with one line or a block of lines. After a fault it is killed and of no more use.</summary>
internal sealed class LineChild : IDisposable
{
    private const int ErrorBytes = 2048;
    private readonly Process _process;
    private readonly ChildLimits _limits;
    private readonly byte[] _buffer = new byte[64 << 10];
    private readonly StringBuilder _errors = new();
    private int _start;
    private int _end;

    private LineChild(Process process, ChildLimits limits)
    {
        (_process, _limits) = (process, limits);
        _ = CollectErrorsAsync();
    }

    /// <summary>Lines it was sent so far.</summary>
    public int Lines { get; private set; }

    /// <summary>Whether it can be asked.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>Its process id.</summary>
    public int Pid => _process.Id;

    /// <summary>What it wrote to standard error, clipped.</summary>
    public string Errors
    {
        get { lock (_errors) return _errors.ToString().Trim(); }
    }

    /// <summary>Starts it with an empty environment in the root folder; null with the reason when that fails.</summary>
    public static LineChild? TryStart(IReadOnlyList<string> command, ChildLimits limits, out string? reason)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        try
        {
            reason = null;
            return Process.Start(start) is { } process ? new LineChild(process, limits) : null;
        }
        catch (Win32Exception e)
        {
            reason = $"{command[0]} does not start: {e.Message}";
            return null;
        }
    }

    /// <summary>Sends lines (without line ends inside) and reads a line in answer to each. Returns those that came before a fault.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="each">Time for one answer.</param>
    /// <param name="most">Time for all.</param>
    public Task<(IReadOnlyList<string> Answers, ChildFault Fault)> AskAsync(IReadOnlyList<string> lines, TimeSpan each, TimeSpan most) =>
        ExchangeAsync(lines, lines.Count, ReadOneAsync, each, most);

    /// <summary>
    /// Sends lines and reads an answer of several lines to each. An answer follows the line with which it begins, up to the next such line; the answer to the last line sent
    /// only marks the end, and what it left over is passed over by the next call.
    /// </summary>
    /// <param name="lines">The lines.</param>
    /// <param name="last">One more line, to which some answer comes.</param>
    /// <param name="begins">Whether a line begins the answer with that number.</param>
    /// <param name="each">Time for one answer.</param>
    /// <param name="most">Time for all.</param>
    public async Task<(IReadOnlyList<string> Answers, ChildFault Fault)> AskBlocksAsync(
        IReadOnlyList<string> lines, string last, Func<string, int, bool> begins, TimeSpan each, TimeSpan most)
    {
        var started = 0;
        return await ExchangeAsync([.. lines, last], lines.Count, ReadBlockAsync, each, most);

        async Task<(string? Block, ChildFault Fault)> ReadBlockAsync(TimeSpan time, CancellationToken over)
        {
            var block = new StringBuilder();
            while (true)
            {
                var (line, fault) = await ReadOneAsync(time, over);
                if (line is null) return (null, fault);
                if (begins(line, started))
                {
                    started++;
                    if (started > 1) return (block.ToString(), ChildFault.None);
                }
                else if (started > 0)
                {
                    if (block.Length > 0) block.Append('\n');
                    block.Append(line);
                    if (block.Length > _limits.AnswerBytes) return (null, ChildFault.TooLong);
                }
            }
        }
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        IsUsable = false;
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It had ended by itself.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private async Task<(IReadOnlyList<string> Answers, ChildFault Fault)> ExchangeAsync(
        IReadOnlyList<string> lines, int count, Func<TimeSpan, CancellationToken, Task<(string? Text, ChildFault Fault)>> read, TimeSpan each, TimeSpan most)
    {
        var answers = new List<string>(count);
        using var over = new CancellationTokenSource(most);
        Lines += lines.Count;
        var writing = WriteAsync(lines, over.Token);
        var fault = ChildFault.None;
        while (fault == ChildFault.None && answers.Count < count)
        {
            (var answer, fault) = await read(each, over.Token);
            if (answer is not null) answers.Add(answer);
        }
        if (fault != ChildFault.None)
        {
            Kill();
            await over.CancelAsync();
        }
        await writing;
        return (answers, fault);
    }

    private async Task WriteAsync(IReadOnlyList<string> lines, CancellationToken over)
    {
        try
        {
            var text = new StringBuilder();
            foreach (var line in lines) text.Append(line).Append('\n');
            await _process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), over);
            await _process.StandardInput.BaseStream.FlushAsync(over);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It ended while it was written to: the missing answers tell.
        }
    }

    private async Task<(string? Line, ChildFault Fault)> ReadOneAsync(TimeSpan each, CancellationToken over)
    {
        byte[] before = [];
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            var part = _buffer.AsSpan(_start, end < 0 ? _end - _start : end);
            if (before.Length + part.Length > _limits.AnswerBytes) return (null, ChildFault.TooLong);
            if (end >= 0)
            {
                _start += end + 1;
                return (before.Length == 0 ? Encoding.UTF8.GetString(part) : Encoding.UTF8.GetString([.. before, .. part]), ChildFault.None);
            }
            before = [.. before, .. part];
            (_start, _end) = (0, 0);
            var fault = await FillAsync(each, over);
            if (fault != ChildFault.None) return (null, fault);
        }
    }

    private async Task<ChildFault> FillAsync(TimeSpan each, CancellationToken over)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(over);
        late.CancelAfter(each);
        try
        {
            _end = await _process.StandardOutput.BaseStream.ReadAsync(_buffer, late.Token);
            return _end > 0 ? ChildFault.None : ChildFault.Died;
        }
        catch (OperationCanceledException)
        {
            return ChildFault.TimedOut;
        }
        catch (IOException)
        {
            return ChildFault.Died;
        }
    }

    private async Task CollectErrorsAsync()
    {
        var buffer = new char[512];
        try
        {
            while (await _process.StandardError.ReadAsync(buffer) is > 0 and var read)
            {
                lock (_errors)
                {
                    if (_errors.Length < ErrorBytes) _errors.Append(buffer, 0, Math.Min(read, ErrorBytes - _errors.Length));
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was ended.
        }
    }
}
