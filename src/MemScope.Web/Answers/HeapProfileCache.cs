using MemScope.Core.Model;
using MemScope.Storage.Queries;

namespace MemScope.Web.Answers;

/// <summary>
/// Heap profiles, kept while there is room: one of 50 MB takes a second to decode and a page asks for it at every change of a filter. A stored profile never changes, so nothing here
/// goes stale.
/// </summary>
public sealed class HeapProfileCache(HeapProfileQuery profiles)
{
    /// <summary>Frames of callchains kept over all profiles, some eight bytes each; the least recently used profile goes first.</summary>
    private const long MostFrames = 20_000_000;

    private readonly Lock _gate = new();
    private readonly LinkedList<(Guid Id, HeapProfile Profile, long Frames)> _kept = [];

    /// <summary>The profile, or null when it does not exist any more.</summary>
    public async Task<HeapProfile?> FindAsync(HeapProfileRow row, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(row);
        lock (_gate)
        {
            if (Take(row.Id) is { } kept) return kept;
        }
        if (await Task.Run(() => profiles.LoadAsync(row.ProcessId, row.Id, cancel), cancel) is not { } profile) return null;
        var frames = profile.Callchains.Sum(c => (long)c.Frames.Count);
        lock (_gate)
        {
            if (Take(row.Id) is null) _kept.AddFirst((row.Id, profile, frames));
            while (_kept.Count > 1 && _kept.Sum(p => p.Frames) > MostFrames) _kept.RemoveLast();
        }
        return profile;
    }

    /// <summary>Finds a kept profile and marks it as just used.</summary>
    private HeapProfile? Take(Guid id)
    {
        for (var node = _kept.First; node is not null; node = node.Next)
        {
            if (node.Value.Id != id) continue;
            _kept.Remove(node);
            _kept.AddFirst(node);
            return node.Value.Profile;
        }
        return null;
    }
}
