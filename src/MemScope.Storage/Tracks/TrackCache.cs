using System.Collections.Concurrent;
using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Storage.Tracks;

/// <summary>
/// The tracks that were asked for last, linked. New snapshots are appended, late ones taken in where they belong; a track is used by one answer at a time, because that changes it.
/// Together they take <see cref="Limits.TrackCacheBytes"/>, each at most <see cref="Limits.TrackBytes"/>.
/// </summary>
public sealed class TrackCache(TrackLoader loader, Limits limits)
{
    private readonly ConcurrentDictionary<(Guid Process, SnapshotSource Source), Entry> _entries = new();
    private readonly Lock _weighing = new();
    private long _clock, _bytes;

    /// <summary>Computes an answer from the track of a process as it stands in the database now.</summary>
    /// <param name="process">The process, freshly read.</param>
    /// <param name="source">A source that it has.</param>
    /// <param name="answer">Must not keep the track.</param>
    /// <param name="cancel">Ends the wait and the loading.</param>
    public async Task<T> UseAsync<T>(ProcessRow process, SnapshotSource source, Func<Track, T> answer, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(process);
        var key = (process.Id, source);
        var entry = _entries.GetOrAdd(key, _ => new Entry());
        entry.UsedAt = Interlocked.Increment(ref _clock); // before the wait too: what is being loaded must not look like the least used
        await entry.Gate.WaitAsync(cancel);
        try
        {
            // Loading decodes and links, which no circuit's thread should do.
            return await Task.Run(async () => answer(await UpdateAsync(entry, process, source, cancel)), cancel);
        }
        finally
        {
            Weigh(key, entry);
            entry.Gate.Release();
        }
    }

    private async Task<Track> UpdateAsync(Entry entry, ProcessRow process, SnapshotSource source, CancellationToken cancel)
    {
        // A track that is being changed when something fails may be half done: it is not there until all is well.
        var known = entry.Loaded;
        entry.Loaded = null;
        entry.Loaded = await loader.UpdateAsync(known, process, source, cancel);
        return entry.Loaded.Track;
    }

    /// <summary>Notes what a track takes now, and lets go of those that were used least lately when all take too much.</summary>
    private void Weigh((Guid Process, SnapshotSource Source) key, Entry entry)
    {
        var bytes = entry.Loaded?.Track.MemoryBytes ?? 0;
        lock (_weighing)
        {
            if (!_entries.TryGetValue(key, out var kept) || kept != entry) return; // let go meanwhile
            _bytes += bytes - entry.Bytes;
            entry.Bytes = bytes;
            while (_bytes > limits.TrackCacheBytes && _entries.Count > 1)
                if (_entries.TryRemove(_entries.MinBy(e => e.Value.UsedAt).Key, out var least)) _bytes -= least.Bytes;
        }
    }

    /// <summary>A place for a track. What it holds is used under <see cref="Gate"/>.</summary>
    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public LoadedTrack? Loaded { get; set; }

        /// <summary>What it counts for in all; changed under the lock of <see cref="Weigh"/>.</summary>
        public long Bytes { get; set; }

        public long UsedAt { get; set; }
    }
}
