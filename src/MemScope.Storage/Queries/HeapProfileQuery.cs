using MemScope.Core.Model;
using MemScope.Storage.HeapProfiles;
using MemScope.Storage.Tables;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>Which heap profiles does a process have?</summary>
public sealed class HeapProfileQuery(IDbContextFactory<MemScopeDbContext> contexts, NpgsqlDataSource source)
{
    private const int MostRows = 1000;

    /// <summary>Heap profiles of a process, newest first, 1,000 at most.</summary>
    public async Task<IReadOnlyList<HeapProfileRow>> ListAsync(Guid process, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Set<HeapProfileTable>().Where(p => p.ProcessId == process).OrderByDescending(p => p.TakenAt).ThenByDescending(p => p.HeapProfileId).Take(MostRows)
            .Select(p => new HeapProfileRow(p.HeapProfileId, p.ProcessId, p.CaptureId, p.FileName, p.Tool, (WeightUnit)p.Unit, (ClockDomain)p.Clock, p.Dumps, p.Callchains, p.TakenAt,
                (TimeOrigin)p.TimeOrigin, p.LiveBytes, p.PeakBytes, Json.Read<TraceLoss[]>(p.Losses), p.ReceivedAt)).ToListAsync(cancel);
    }

    /// <summary>One heap profile with its callchains, or null.</summary>
    /// <exception cref="InvalidDataException">The stored profile is damaged.</exception>
    public async Task<HeapProfile?> LoadAsync(Guid process, Guid profile, CancellationToken cancel)
    {
        using var packed = new MemoryStream();
        await using var command = source.CreateCommand("SELECT data FROM heap_profile_block WHERE process_id = $1 AND heap_profile_id = $2 ORDER BY part");
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = profile });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) await packed.WriteAsync(reader.GetFieldValue<byte[]>(0), cancel);
        return packed.Length == 0 ? null : HeapProfileCodec.Decode(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }
}
