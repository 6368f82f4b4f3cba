using System.Runtime.CompilerServices;
using MemScope.Core.Model;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>A snapshot of a capture with its mappings.</summary>
/// <param name="Number">Its number in its process.</param>
/// <param name="Pid">Process id.</param>
/// <param name="Source">The command or file it came from.</param>
/// <param name="TakenAt">When it was taken (UTC).</param>
/// <param name="Vmas">Its mappings.</param>
public sealed record CaptureSnapshot(int Number, int Pid, SnapshotSource Source, DateTimeOffset TakenAt, VmaTable Vmas);

/// <summary>Which snapshots did a capture bring?</summary>
public sealed class CaptureSnapshots(NpgsqlDataSource source, TrackQuery tracks)
{
    /// <summary>The snapshots of a capture's first upload, track by track in the order of their numbers, in memory for one block at a time.</summary>
    /// <exception cref="InvalidDataException">A stored block is damaged.</exception>
    public async IAsyncEnumerable<CaptureSnapshot> ReadAsync(Guid capture, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var (process, pid, track, numbers) in await NumbersAsync(capture, cancel))
        {
            var own = numbers.ToHashSet();
            await foreach (var point in tracks.ReadAsync(process, track, own.Min(), own.Max(), cancel))
                if (own.Contains(point.Number)) yield return new CaptureSnapshot(point.Number, pid, track, point.TakenAt, point.Vmas);
        }
    }

    private async Task<List<(Guid Process, int Pid, SnapshotSource Source, int[] Numbers)>> NumbersAsync(Guid capture, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT s.process_id, p.pid, s.source, array_agg(s.number) FROM upload u JOIN process p ON p.process_id = u.process_id
            JOIN snapshot s ON s.process_id = u.process_id AND s.upload_id = u.upload_id AND s.capture_id = u.capture_id
            WHERE u.capture_id = $1 AND u.upload_id = (SELECT min(upload_id::text)::uuid FROM upload WHERE capture_id = $1)
            GROUP BY s.process_id, p.pid, s.source ORDER BY p.pid, s.process_id, s.source
            """);
        command.Parameters.Add(new() { Value = capture });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<(Guid, int, SnapshotSource, int[])>();
        while (await reader.ReadAsync(cancel)) found.Add((reader.GetGuid(0), reader.GetInt32(1), (SnapshotSource)reader.GetInt16(2), reader.GetFieldValue<int[]>(3)));
        return found;
    }
}
