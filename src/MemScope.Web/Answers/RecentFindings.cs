using MemScope.Web.Symbolication;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Findings as pages ask for them: the frame of a process, the overview and the page of a finding ask for the same within a moment, and judge once.</summary>
public sealed class RecentFindings(FindingAnswers answers, ProcessTracks tracks, SymbolCatalog symbols, TimeProvider time)
{
    private const int MostKept = 32;

    /// <summary>Longer than a page takes to load, shorter than anybody waits for names that are still being found.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Entry> _entries = [];

    /// <summary>The findings over a window; null as <see cref="FindingAnswers.AskAsync"/>.</summary>
    public async Task<FindingsWire?> AskAsync(Guid process, WindowState window, CancellationToken cancel)
    {
        if (await tracks.FindAsync(process, cancel) is not { } row) return null;
        return await Find(new Key(process, window, row.ChangeSeq, symbols.Version)).WaitAsync(cancel);
    }

    private Task<FindingsWire?> Find(Key key)
    {
        lock (_gate)
        {
            foreach (var (over, _) in _entries.Where(e => e.Value.IsOver(time)).ToList()) _entries.Remove(over);
            if (_entries.TryGetValue(key, out var entry)) return entry.Asked;
            // Who asks next waits for the same: it does not end with the page that began it.
            entry = new Entry(Task.Run(() => answers.AskAsync(key.Process, key.Window, CancellationToken.None)), time.GetTimestamp());
            if (_entries.Count < MostKept) _entries.Add(key, entry);
            return entry.Asked;
        }
    }

    private sealed record Key(Guid Process, WindowState Window, long Change, long Symbols);

    private sealed record Entry(Task<FindingsWire?> Asked, long BegunAt)
    {
        public bool IsOver(TimeProvider time) => Asked.IsCompleted && (!Asked.IsCompletedSuccessfully || time.GetElapsedTime(BegunAt) > Kept);
    }
}
