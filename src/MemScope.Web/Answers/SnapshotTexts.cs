using MemScope.Core.Formats;
using MemScope.Storage.Captures;
using MemScope.Storage.Queries;

namespace MemScope.Web.Answers;

/// <summary>A snapshot as text again.</summary>
/// <param name="Text">Its bytes.</param>
/// <param name="Missing">Columns that its source does not print.</param>
public sealed record ReprintedSnapshot(ReadOnlyMemory<byte> Text, IReadOnlyList<string> Missing);

/// <summary>Gives snapshots back as text, whether or not the uploaded text is still kept.</summary>
public sealed class SnapshotTexts(ProcessQuery processes, SnapshotQuery snapshots, TrackQuery tracks)
{
    /// <summary>A snapshot as smaps prints it, or null when there is none.</summary>
    public async Task<ReprintedSnapshot?> AsSmapsAsync(Guid process, int number, CancellationToken cancel)
    {
        if (await processes.FindAsync(Projects.Default, process, cancel) is null || await snapshots.FindAsync(process, number, cancel) is not { } row) return null;
        return await tracks.FindAsync(process, number, cancel) is { } point ? new ReprintedSnapshot(SnapshotText.AsSmaps(point.Vmas), SnapshotText.MissingFrom(row.Source)) : null;
    }
}
