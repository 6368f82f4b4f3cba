using MemScope.Core;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Storage.Tracks;

/// <summary>A track with what is known of its state in the database.</summary>
/// <param name="Track">The track.</param>
/// <param name="ChangeSeq">The process' change number at which it was read.</param>
/// <param name="LastNumber">Greatest snapshot number read, of those left out too; 0 without one.</param>
/// <param name="Traces">Ids of the traces whose moves it was linked with.</param>
public sealed record LoadedTrack(Track Track, long ChangeSeq, int LastNumber, IReadOnlyList<Guid> Traces);

/// <summary>Brings tracks from the database into memory and up to date.</summary>
public sealed class TrackLoader(TrackQuery query, MovesQuery moves, Limits limits)
{
    /// <summary>Up to as many new snapshots are read into memory together, to be taken in at any place; more are appended one by one.</summary>
    private const int FewSnapshots = 64;

    /// <summary>What is loaded of a track that is too large, in parts of what memory holds: some room is left for what comes next.</summary>
    private const double LoadedPart = 0.8;

    /// <summary>The track of a process as it stands in the database now: the one known, as far as it can be gone on with, else another. The one known must not be used any more.</summary>
    /// <param name="known">What was loaded before, or null.</param>
    /// <param name="process">The process, freshly read.</param>
    /// <param name="source">A source that it has.</param>
    /// <param name="cancel">Ends the loading.</param>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public async Task<LoadedTrack> UpdateAsync(LoadedTrack? known, ProcessRow process, SnapshotSource source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(process);
        var row = process.Tracks.FirstOrDefault(t => t.Source == source);
        if (known is not null && known.ChangeSeq == process.ChangeSeq && Has(known.Track, row)) return known;

        IReadOnlyList<Guid> traces = process.Traces == 0 ? [] : await moves.TracesAsync(process.Id, cancel);
        if (known is not null && !HasLost(known.Track, row))
        {
            if (!traces.SequenceEqual(known.Traces)) known = known with { Track = known.Track.With(await moves.LoadAsync(process.Id, cancel)), Traces = traces };
            if (await GoOnAsync(known, process, source, row, cancel) is { } further && further.Track.MemoryBytes <= limits.TrackBytes) return further with { ChangeSeq = process.ChangeSeq };
        }
        // First use, snapshots were deleted, some were committed after others with a greater number, or memory would not hold it.
        return await LoadAsync(process, source, row?.Snapshots ?? 0, traces, cancel);
    }

    private static bool Has(Track track, TrackRow? row) => row?.Snapshots == track.Points.Count + track.LeftOut && !HasLost(track, row);

    // Retention deletes the earliest snapshots without an upload.
    private static bool HasLost(Track track, TrackRow? row) =>
        row is null || row.Snapshots < track.Points.Count + track.LeftOut || (track.LeftOut == 0 && track.Points.Count > 0 && row.FirstAt > track.Points[0].TakenAt);

    private async Task<LoadedTrack?> GoOnAsync(LoadedTrack known, ProcessRow process, SnapshotSource source, TrackRow? row, CancellationToken cancel)
    {
        var (track, last) = (known.Track, known.LastNumber);
        var more = (row?.Snapshots ?? 0) - track.Points.Count - track.LeftOut;
        if (more <= FewSnapshots)
        {
            var points = new List<TrackPoint>();
            await foreach (var point in query.ByTimeAsync(process.Id, source, last, cancel)) points.Add(point);
            if (track.LeftOut > 0 && points.Exists(p => p.TakenAt < track.Points[0].TakenAt)) return null;
            track = track.With(points);
            last = points.Aggregate(last, (n, p) => Math.Max(n, p.Number));
        }
        else
        {
            await foreach (var point in query.ByTimeAsync(process.Id, source, last, cancel))
            {
                if (!track.TryAppend(point) || track.MemoryBytes > limits.TrackBytes) return null;
                last = Math.Max(last, point.Number);
            }
        }
        // The row was read before the blocks: there may be more by now, not less.
        return row is not null && row.Snapshots > track.Points.Count + track.LeftOut ? null : known with { Track = track, LastNumber = last };
    }

    private async Task<LoadedTrack> LoadAsync(ProcessRow process, SnapshotSource source, int snapshots, IReadOnlyList<Guid> traces, CancellationToken cancel)
    {
        var evidence = traces.Count == 0 ? MoveEvidence.None : await moves.LoadAsync(process.Id, cancel);
        for (var leftOut = 0; ;)
        {
            var track = new Track(process.Id, source) { Evidence = evidence, LeftOut = leftOut };
            var (seen, last, fits) = (0, 0, true);
            await foreach (var point in query.ByTimeAsync(process.Id, source, 0, cancel))
            {
                last = Math.Max(last, point.Number);
                if (seen++ < leftOut) continue;
                track.TryAppend(point);
                if (track.Points.Count == 1 || track.MemoryBytes <= limits.TrackBytes) continue;
                fits = false;
                break;
            }
            if (fits) return new LoadedTrack(track, process.ChangeSeq, last, traces);
            // The latest are what people look at; snapshots of one process are much alike, so as many of them fit.
            leftOut = Math.Max(leftOut + 1, Math.Max(snapshots, seen) - (int)(track.Points.Count * LoadedPart));
        }
    }
}
