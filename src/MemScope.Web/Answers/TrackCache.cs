using System.Collections.Concurrent;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Web.Answers;

/// <summary>
/// The tracks that were asked for last, decoded and linked. New snapshots are appended; one that arrives late, or a trace that tells of moves, has the track built again.
/// A track is used by one answer at a time, because appending changes it.
/// </summary>
public sealed class TrackCache(TrackQuery query, MovesQuery moves)
{
    private const long MostBytes = 512L << 20;
    private readonly ConcurrentDictionary<(Guid Process, SnapshotSource Source), Entry> _entries = new();
    private long _clock;

    /// <summary>Computes an answer from the track of a process as it stands in the database now.</summary>
    /// <param name="process">The process, freshly read.</param>
    /// <param name="source">A source that it has.</param>
    /// <param name="answer">Must not keep the track.</param>
    /// <param name="cancel">Ends the wait and the loading.</param>
    public async Task<T> UseAsync<T>(ProcessRow process, SnapshotSource source, Func<Track, T> answer, CancellationToken cancel)
    {
        var entry = _entries.GetOrAdd((process.Id, source), _ => new Entry());
        entry.UsedAt = Interlocked.Increment(ref _clock); // before the wait too: what is being loaded must not look like the least used
        await entry.Gate.WaitAsync(cancel);
        try
        {
            if (!entry.IsCurrent(process, source)) await UpdateAsync(entry, process, source, cancel);
            return await Task.Run(() => answer(entry.Track!), cancel);
        }
        finally
        {
            entry.Gate.Release();
            Evict();
        }
    }

    private async Task UpdateAsync(Entry entry, ProcessRow process, SnapshotSource source, CancellationToken cancel)
    {
        var traces = await moves.TracesAsync(process.Id, cancel);
        if (entry.Track is not null && !entry.HasLost(process, source) && entry.Traces.SequenceEqual(traces))
        {
            var more = await query.LoadAsync(process.Id, source, entry.LastNumber, cancel);
            if (!more.Truncated)
            {
                entry.Append(more, process);
                if (!entry.IsShort(process, source)) return;
            }
        }
        // First use, snapshots were deleted, or some were committed after others with a greater number, or a trace says something new of moves.
        entry.Replace(await query.LoadAsync(process.Id, source, 0, cancel), traces, traces.Count > 0 ? await moves.LoadAsync(process.Id, cancel) : MoveEvidence.None, process);
    }

    private void Evict()
    {
        while (_entries.Values.Sum(e => e.Bytes) > MostBytes && _entries.Count > 1)
        {
            var (key, _) = _entries.MinBy(e => e.Value.UsedAt);
            _entries.TryRemove(key, out _);
        }
    }

    /// <summary>A track with what is known of its state in the database. Used under <see cref="Gate"/>.</summary>
    private sealed class Entry
    {
        private long _changeSeq = -1;
        private bool _truncated;

        public SemaphoreSlim Gate { get; } = new(1);

        public Track? Track { get; private set; }

        /// <summary>Traces whose moves the track was linked with.</summary>
        public IReadOnlyList<Guid> Traces { get; private set; } = [];

        public int LastNumber { get; private set; }

        public long Bytes { get; private set; }

        public long UsedAt { get; set; }

        public bool IsCurrent(ProcessRow process, SnapshotSource source) =>
            Track is not null && _changeSeq == process.ChangeSeq && !HasLost(process, source);

        // Retention deletes the earliest snapshots without an upload.
        public bool HasLost(ProcessRow process, SnapshotSource source) =>
            !_truncated && Track!.Points.Count > 0 && RowOf(process, source) is { } row && (row.FirstAt > Track.Points[0].TakenAt || row.Snapshots < Track.Points.Count && _changeSeq == process.ChangeSeq);

        public bool IsShort(ProcessRow process, SnapshotSource source) => !_truncated && RowOf(process, source) is { } row && row.Snapshots > Track!.Points.Count;

        public void Append(TrackPoints more, ProcessRow process)
        {
            foreach (var point in more.Points)
            {
                if (Track!.TryAppend(point)) continue;
                Track = Track.Build(process.Id, more.Source, Track.Tables().Concat(more.Points).DistinctBy(p => p.Number), Track.Evidence);
                break;
            }
            LastNumber = more.LastNumber;
            Settle(process);
        }

        public void Replace(TrackPoints all, IReadOnlyList<Guid> traces, MoveEvidence evidence, ProcessRow process)
        {
            Track = Track.Build(process.Id, all.Source, all.Points, evidence);
            Traces = traces;
            LastNumber = all.LastNumber;
            _truncated = all.Truncated;
            Settle(process);
        }

        private void Settle(ProcessRow process)
        {
            _changeSeq = process.ChangeSeq;
            Bytes = Track!.MemoryBytes;
        }

        private static TrackRow? RowOf(ProcessRow process, SnapshotSource source) => process.Tracks.FirstOrDefault(t => t.Source == source);
    }
}
