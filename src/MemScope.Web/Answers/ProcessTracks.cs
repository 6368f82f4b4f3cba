using MemScope.Core.Analysis.Categories;
using MemScope.Core.Analysis.Lineage;
using MemScope.Core.Model;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;
using MemScope.Storage.Tracks;

namespace MemScope.Web.Answers;

/// <summary>Finds the track and the window that a view asks for.</summary>
public sealed class ProcessTracks(ProcessQuery processes, SnapshotQuery snapshots, RegionQuery regions, TrackCache cache)
{
    /// <summary>The process, or null.</summary>
    public Task<ProcessRow?> FindAsync(Guid process, CancellationToken cancel) => processes.FindAsync(Projects.Default, process, cancel);

    /// <summary>
    /// The source that a view asks for: the one it names, else the one that its first snapshot has, else the richest. Null when the process has no such track.
    /// </summary>
    public async Task<SnapshotSource?> SourceAsync(ProcessRow process, WindowState window, CancellationToken cancel)
    {
        SnapshotSource? source = null;
        if (window.Source is not null)
        {
            if (SnapshotSources.Parse(window.Source) is not { } named) return null;
            source = named;
        }
        else if ((window.From ?? window.To) is { } number)
        {
            source = (await snapshots.FindAsync(process.Id, number, cancel))?.Source;
            if (source is null) return null;
        }
        return process.Tracks.FirstOrDefault(t => source is null || t.Source == source)?.Source;
    }

    /// <summary>Computes an answer over a window; default when process, track or window do not exist.</summary>
    internal async Task<T?> OverWindowAsync<T>(ProcessRow? process, WindowState window, Func<TrackWindow, T?> answer, CancellationToken cancel)
        where T : class
    {
        if (process is null || await SourceAsync(process, window, cancel) is not { } source) return null;
        var overrides = await OverridesAsync(process, window.Overrides, cancel);
        return await cache.UseAsync(process, source, track => TrackWindow.Resolve(track, window, overrides(track)) is { } resolved ? answer(resolved) : null, cancel);
    }

    /// <summary>The overrides of a view as they hold in a track of a process: those of regions follow them to the ids that they have now.</summary>
    internal async Task<Func<Track, CategoryOverrides>> OverridesAsync(ProcessRow process, CategoryOverrides overrides, CancellationToken cancel)
    {
        if (overrides.Regions is not { Count: > 0 } ids) return _ => overrides;
        var asked = await regions.AskAsync(process.Id, ids, cancel);
        return track => overrides.Following(id => asked[id].In(track)?.Id ?? id);
    }
}
