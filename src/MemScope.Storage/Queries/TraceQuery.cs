using MemScope.Core.Model;
using MemScope.Storage.Tables;
using MemScope.Storage.Traces;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>Which traces does a process have?</summary>
public sealed class TraceQuery(IDbContextFactory<MemScopeDbContext> contexts, NpgsqlDataSource source)
{
    private const int MostRows = 1000;

    /// <summary>Traces of a process, newest first, 1,000 at most.</summary>
    public async Task<IReadOnlyList<TraceRow>> ListAsync(Guid process, CancellationToken cancel)
    {
        await using var context = await contexts.CreateDbContextAsync(cancel);
        return await context.Set<TraceTable>().Where(t => t.ProcessId == process).OrderByDescending(t => t.TraceId).Take(MostRows)
            .Select(t => new TraceRow(t.TraceId, t.ProcessId, t.CaptureId, t.FileName, t.Tool, (ClockDomain)t.Clock, t.Events, t.Callchains, t.FromNs, t.ToNs,
                Json.Read<TraceLoss[]>(t.Losses), t.ReceivedAt)
            {
                AnchorAt = t.AnchorAt, AnchorOrigin = (ClockAnchorOrigin)(t.AnchorOrigin ?? (short)ClockAnchorOrigin.TakenAt), AnchorWithinMs = t.AnchorWithinMs,
            }).ToListAsync(cancel);
    }

    /// <summary>One trace with its events, or null.</summary>
    /// <exception cref="InvalidDataException">The stored trace is damaged.</exception>
    public async Task<Trace?> LoadAsync(Guid process, Guid trace, CancellationToken cancel)
    {
        using var packed = new MemoryStream();
        await using var command = source.CreateCommand("SELECT data FROM trace_block WHERE process_id = $1 AND trace_id = $2 ORDER BY part");
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = trace });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) await packed.WriteAsync(reader.GetFieldValue<byte[]>(0), cancel);
        return packed.Length == 0 ? null : TraceCodec.Decode(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }
}
