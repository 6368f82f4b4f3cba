namespace MemScope.Symbols.Children;

/// <summary>A program that can serve: its name, arguments, and a line with a test of its answer that shows that it works here.</summary>
internal sealed record LineProgram(string Name, IReadOnlyList<string> Arguments, string Probe, Func<string, bool> IsRight);

/// <summary>The answer to a line, or why there is none.</summary>
internal readonly record struct LineAnswer(string? Text, ChildFault Fault);

/// <summary>
/// Keeps one child alive and asks it: started at the first need, restarted when it died, hung or has served long enough. A line at which it faults is skipped, the
/// others are asked again. Calls from several threads wait for each other.
/// </summary>
internal sealed class LineTool(IReadOnlyList<LineProgram> programs, ChildLimits limits, string install, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private LineChild? _child;
    private long? _failedAt;
    private bool _disposed;

    /// <summary>Why it cannot serve, with advice; null as long as it can or was not tried.</summary>
    public string? Unavailable { get; private set; }

    /// <summary>The program that serves, or null.</summary>
    public string? ProgramName { get; private set; }

    /// <summary>Process id of the child that runs now, or null.</summary>
    internal int? ChildPid => _child is { IsUsable: true } child ? child.Pid : null;

    /// <summary>Asks; one answer per line. Without a working program all are <see cref="ChildFault.NotAsked"/> and <see cref="Unavailable"/> says why.</summary>
    public async Task<IReadOnlyList<LineAnswer>> AskAsync(IReadOnlyList<string> lines, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        // A caller that goes away does not stop the exchange: the answers still in the pipe would be taken for those of the next caller.
        return await AskAndReleaseAsync(lines).WaitAsync(cancel);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        _disposed = true;
        _child?.Dispose();
        _child = null;
        _gate.Release();
    }

    private async Task<IReadOnlyList<LineAnswer>> AskAndReleaseAsync(IReadOnlyList<string> lines)
    {
        try
        {
            return await AskAllAsync(lines);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<LineAnswer[]> AskAllAsync(IReadOnlyList<string> lines)
    {
        var answers = new LineAnswer[lines.Count];
        Array.Fill(answers, new LineAnswer(null, ChildFault.NotAsked));
        var began = time.GetTimestamp();
        var (at, faults, retried) = (0, 0, -1);
        while (at < lines.Count && faults <= limits.RestartsPerBatch)
        {
            var left = limits.BatchTime - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !await IsReadyAsync()) break;
            // A child that died may have used up its CPU time on other lines: the line is asked once more, alone.
            var take = retried == at ? 1 : lines.Count - at;
            var (texts, fault) = await _child!.AskAsync([.. lines.Skip(at).Take(take)], limits.AnswerTime, left);
            foreach (var text in texts) answers[at++] = new LineAnswer(text, ChildFault.None);
            if (fault == ChildFault.None) continue;
            faults++;
            if (fault == ChildFault.Died && retried != at) retried = at;
            else answers[at++] = new LineAnswer(null, fault);
        }
        return answers;
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_child is { IsUsable: true } child && child.Lines < limits.LinesPerLife) return true;
        _child?.Dispose();
        _child = null;
        if (_disposed || (_failedAt is { } failed && time.GetElapsedTime(failed) < RetryAfter)) return false;
        var reasons = new List<string>();
        foreach (var program in programs)
        {
            _child = await StartAsync(program, reasons);
            if (_child is null) continue;
            (ProgramName, Unavailable, _failedAt) = (program.Name, null, null);
            return true;
        }
        (ProgramName, Unavailable, _failedAt) = (null, string.Join(' ', [.. reasons, install]), time.GetTimestamp());
        return false;
    }

    private async Task<LineChild?> StartAsync(LineProgram program, List<string> reasons)
    {
        if (Tools.Find(program.Name) is not { } path)
        {
            reasons.Add($"{program.Name} is not installed.");
            return null;
        }
        if (Confinement.Wrap(path, program.Arguments, limits, out var reason) is not { } command || LineChild.TryStart(command, limits, out reason) is not { } child)
        {
            reasons.Add(reason ?? $"{program.Name} does not start.");
            return null;
        }
        var (answers, fault) = await child.AskAsync([program.Probe], limits.StartTime, limits.StartTime);
        if (fault == ChildFault.None && program.IsRight(answers[0])) return child;
        reasons.Add($"{program.Name} does not work here ({fault}): {child.Errors}");
        child.Dispose();
        return null;
    }
}
