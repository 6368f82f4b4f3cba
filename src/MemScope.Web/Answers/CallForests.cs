using MemScope.Core;
using MemScope.Web.Symbolication;

namespace MemScope.Web.Answers;

/// <summary>
/// Answers with their trees, kept for the next click: who zooms, sorts or types asks for the same ones again, and so does the circuit after the page came. Bounded in memory, number and time; a change of
/// the process or of the symbols makes a new one.
/// </summary>
public sealed class CallForests(ProcessTracks tracks, StackAnswers answers, SymbolCatalog symbols, Limits limits, TimeProvider time)
{
    private const int MostKept = 64;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(2);

    /// <summary>How long an answer is believed whose names are still being found.</summary>
    private static readonly TimeSpan KeptUnfinished = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Entry> _entries = [];

    /// <summary>The answer with its trees; null as <see cref="StackAnswers.AskAsync"/>.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="filter">What chains must satisfy.</param>
    /// <param name="cancel">Ends the work, unless somebody else waits for it.</param>
    public async Task<CallForest?> AskAsync(StackQuestion question, StackFilter filter, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(filter);
        if (await tracks.FindAsync(question.Process, cancel) is not { } process) return null;
        var key = new Key(question, process.ChangeSeq, symbols.Version, "");
        var whole = await FindAsync(key, async () => await answers.AskAsync(question, cancel) is { } answer ? await Task.Run(() => CallForest.Of(answer), cancel) : null, cancel);
        if (whole is null || filter.IsEmpty) return whole;
        return await FindAsync(key with { Filter = string.Join('\n', filter.Terms) }, () => Task.Run<CallForest?>(() => whole.Filtered(filter), cancel), cancel);
    }

    private async Task<CallForest?> FindAsync(Key key, Func<Task<CallForest?>> make, CancellationToken cancel)
    {
        Entry? entry;
        lock (_gate)
        {
            Trim();
            if (!_entries.TryGetValue(key, out entry)) _entries.Add(key, entry = new Entry());
            entry.UsedAt = time.GetTimestamp();
        }
        // One asker makes it; when he leaves before it is done, the next one does.
        await entry.Making.WaitAsync(cancel);
        try
        {
            if (entry.Forest is not null) return entry.Forest;
            entry.Forest = await make();
            entry.MadeAt = time.GetTimestamp();
            return entry.Forest;
        }
        finally
        {
            entry.Making.Release();
            if (entry.Forest is null)
                lock (_gate) _entries.Remove(key);
        }
    }

    // Trees grow after they were put in, so what they take is counted anew each time.
    private void Trim()
    {
        foreach (var (key, _) in _entries.Where(e => e.Value.IsOver(time)).ToList()) _entries.Remove(key);
        var bytes = _entries.Values.Sum(e => e.Forest?.Bytes ?? 0);
        foreach (var (key, entry) in _entries.Where(e => e.Value.Forest is not null).OrderBy(e => e.Value.UsedAt).SkipLast(1).ToList())
        {
            if (bytes <= limits.CallTreeBytes && _entries.Count <= MostKept) return;
            bytes -= entry.Forest!.Bytes;
            _entries.Remove(key);
        }
    }

    private sealed record Key(StackQuestion Question, long Change, long Symbols, string Filter);

    private sealed class Entry
    {
        public SemaphoreSlim Making { get; } = new(1);

        public CallForest? Forest { get; set; }

        public long UsedAt { get; set; }

        public long MadeAt { get; set; }

        public bool IsOver(TimeProvider time) => Forest is not null && (time.GetElapsedTime(UsedAt) > Kept || (Forest.IsUnfinished && time.GetElapsedTime(MadeAt) > KeptUnfinished));
    }
}
