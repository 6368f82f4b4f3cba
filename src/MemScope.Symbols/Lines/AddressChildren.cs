using MemScope.Symbols.Children;

namespace MemScope.Symbols.Lines;

/// <summary>What a file's child answered.</summary>
/// <param name="Answers">Answers to the first addresses, as many as came.</param>
/// <param name="Fault">Why there are not more; <see cref="ChildFault.NotAsked"/> when time was used up or no program works here.</param>
/// <param name="Errors">What the program complained about, clipped.</param>
internal sealed record FileAnswers(IReadOnlyList<Symbolization> Answers, ChildFault Fault, string Errors);

/// <summary>
/// The children that read lines, one per file, kept for a while after they served. Two may work at once for files that have answered before; files never seen share one more
/// place, so that a hostile one keeps only its like waiting.
/// </summary>
internal sealed class AddressChildren : IAsyncDisposable
{
    /// <summary>Children that work for proven files at once.</summary>
    private const int ProvenPlaces = 2;

    /// <summary>Children that work for files not seen before at once.</summary>
    private const int UnprovenPlaces = 1;

    /// <summary>Children kept that have nothing to do; those used last.</summary>
    private const int MostIdle = 3;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    /// <summary>A child that had nothing to do for so long ends: one of a large file holds a gigabyte.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _proven = new(ProvenPlaces, ProvenPlaces);
    private readonly SemaphoreSlim _unproven = new(UnprovenPlaces, UnprovenPlaces);
    private readonly SemaphoreSlim _trying = new(1, 1);
    private readonly Lock _lock = new();
    private readonly List<(string Path, AddressTool Tool, LineChild Child, long Since)> _idle = [];
    private readonly IReadOnlyList<AddressTool> _known;
    private readonly ChildLimits _limits;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private IReadOnlyList<AddressTool> _tools = [];
    private long? _triedAt;
    private bool _disposed;

    public AddressChildren(IReadOnlyList<AddressTool> tools, ChildLimits limits, TimeProvider time)
    {
        (_known, _limits, _time) = (tools, limits, time);
        _sweep = time.CreateTimer(_ => EndIdle(IdleTime, 0), null, IdleTime, IdleTime);
    }

    /// <summary>Why no program works, without the advice; null as long as one does or none was tried.</summary>
    public string? Unavailable { get; private set; }

    /// <summary>The programs that work here, the preferred one first; empty before the first question.</summary>
    public IReadOnlyList<AddressTool> Tools => _tools;

    /// <summary>Process ids of the children that wait.</summary>
    internal IReadOnlyList<int> IdlePids
    {
        get { lock (_lock) return [.. _idle.Where(i => i.Child.IsUsable).Select(i => i.Child.Pid)]; }
    }

    /// <summary>Looks which programs work; once, and again after a minute when none did.</summary>
    public async Task<IReadOnlyList<AddressTool>> FindToolsAsync(CancellationToken cancel)
    {
        await _trying.WaitAsync(cancel);
        try
        {
            if (_tools.Count > 0 || (_triedAt is { } tried && _time.GetElapsedTime(tried) < RetryAfter)) return _tools;
            var reasons = new List<string>();
            var found = new List<AddressTool>();
            foreach (var tool in _known)
            {
                if (await TryAsync(tool) is { } reason) reasons.Add(reason);
                else found.Add(tool);
            }
            (_tools, _triedAt, Unavailable) = (found, _time.GetTimestamp(), found.Count > 0 ? null : string.Join(' ', reasons));
            return found;
        }
        finally
        {
            _trying.Release();
        }
    }

    /// <summary>Asks a file's child, a fresh one where none waits. It is ended at the first fault, but a child that died is replaced once: its CPU time may have been used up before.</summary>
    /// <param name="tool">The program.</param>
    /// <param name="path">The file.</param>
    /// <param name="isProven">Whether the file answered before.</param>
    /// <param name="addresses">Link addresses.</param>
    /// <param name="cancel">The caller goes away; the child finishes.</param>
    public async Task<FileAnswers> AskAsync(AddressTool tool, string path, bool isProven, IReadOnlyList<ulong> addresses, CancellationToken cancel)
    {
        var places = isProven ? _proven : _unproven;
        await places.WaitAsync(cancel);
        return await AskInPlaceAsync(places, tool, path, addresses).WaitAsync(cancel);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        lock (_lock) _disposed = true;
        EndIdle(TimeSpan.Zero, 0);
    }

    private async Task<FileAnswers> AskInPlaceAsync(SemaphoreSlim places, AddressTool tool, string path, IReadOnlyList<ulong> addresses)
    {
        try
        {
            return await AskAllAsync(tool, path, addresses);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<FileAnswers> AskAllAsync(AddressTool tool, string path, IReadOnlyList<ulong> addresses)
    {
        var answers = new List<Symbolization>(addresses.Count);
        var began = _time.GetTimestamp();
        var (errors, diedAt) = ("", -1);
        while (true)
        {
            var left = _limits.BatchTime - _time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || (Take(tool, path) ?? Start(tool, path, out _)) is not { } child) return new FileAnswers(answers, ChildFault.NotAsked, errors);
            var (texts, fault) = await tool.AskAsync(child, answers.Count == 0 ? addresses : [.. addresses.Skip(answers.Count)], _limits.AnswerTime, left);
            answers.AddRange(texts.Select(tool.Read));
            errors = child.Errors;
            if (fault == ChildFault.None)
            {
                Keep(tool, path, child);
                return new FileAnswers(answers, ChildFault.None, errors);
            }
            child.Dispose();
            // The time of all ran out before that of one.
            if (fault == ChildFault.TimedOut && _time.GetElapsedTime(began) >= _limits.BatchTime) fault = ChildFault.NotAsked;
            if (fault != ChildFault.Died || diedAt == answers.Count) return new FileAnswers(answers, fault, errors);
            diedAt = answers.Count;
        }
    }

    private LineChild? Start(AddressTool tool, string path, out string? reason)
    {
        reason = $"{tool.Name} is not installed.";
        if (Children.Tools.Find(tool.Name) is not { } program) return null;
        return Confinement.Wrap(program, tool.ArgumentsFor(path), _limits, out reason) is { } command ? LineChild.TryStart(command, _limits, out reason) : null;
    }

    /// <summary>Null when it works, else why not. It is tried with a file that is known to be good: its own.</summary>
    private async Task<string?> TryAsync(AddressTool tool)
    {
        if (Start(tool, tool.Probe ?? Children.Tools.Find(tool.Name) ?? "/", out var reason) is not { } child) return reason ?? $"{tool.Name} does not start.";
        using (child)
        {
            var (_, fault) = await tool.AskAsync(child, [0], _limits.StartTime, _limits.StartTime);
            return fault == ChildFault.None ? null : $"{tool.Name} does not work here ({fault}): {child.Errors}";
        }
    }

    private LineChild? Take(AddressTool tool, string path)
    {
        lock (_lock)
        {
            var at = _idle.FindIndex(i => i.Tool == tool && string.Equals(i.Path, path, StringComparison.Ordinal));
            if (at < 0) return null;
            var child = _idle[at].Child;
            _idle.RemoveAt(at);
            return child;
        }
    }

    private void Keep(AddressTool tool, string path, LineChild child)
    {
        lock (_lock)
        {
            if (!_disposed && child.IsUsable && child.Lines < _limits.LinesPerLife && !_idle.Exists(i => i.Tool == tool && string.Equals(i.Path, path, StringComparison.Ordinal)))
                _idle.Add((path, tool, child, _time.GetTimestamp()));
            else
                child.Dispose();
        }
        EndIdle(TimeSpan.MaxValue, MostIdle);
    }

    /// <summary>Ends the children that waited for longer than that, and those used longest ago above a number (0: any number may stay).</summary>
    private void EndIdle(TimeSpan after, int most)
    {
        lock (_lock)
        {
            var surplus = most == 0 ? 0 : _idle.Count - most;
            for (var i = 0; i < _idle.Count;)
            {
                if (surplus <= 0 && _time.GetElapsedTime(_idle[i].Since) < after)
                {
                    i++;
                    continue;
                }
                surplus--;
                _idle[i].Child.Dispose();
                _idle.RemoveAt(i);
            }
        }
    }
}
