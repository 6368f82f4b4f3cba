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

    private readonly RecentlyUsed<Guid, HeapProfile> _kept = new(MostFrames);

    /// <summary>The profile, or null when it does not exist any more.</summary>
    public async Task<HeapProfile?> FindAsync(HeapProfileRow row, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (_kept.TryGet(row.Id, out var kept)) return kept;
        if (await Task.Run(() => profiles.LoadAsync(row.ProcessId, row.Id, cancel), cancel) is not { } profile) return null;
        _kept.Keep(row.Id, profile, profile.Callchains.Sum(c => (long)c.Frames.Count));
        return profile;
    }
}
