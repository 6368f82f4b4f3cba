using MemScope.Core.Analysis.Lineage;
using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>A region that a link asks for: its id may be one that it had before its track was linked anew.</summary>
/// <param name="Id">The id that was asked for.</param>
/// <param name="Now">What it is called now, when that was noted.</param>
/// <param name="Known">Where it was last seen under that id, when its row has not been written anew yet.</param>
public sealed record AskedRegion(Guid Id, Guid? Now, KnownRegion? Known)
{
    /// <summary>The region in a track, or null.</summary>
    public Region? In(Track track)
    {
        ArgumentNullException.ThrowIfNull(track);
        return track.Find(Id) ?? (Now is { } now ? track.Find(now) : null) ?? (Known is { } known ? RegionAliases.Match([known], track).GetValueOrDefault(Id) : null);
    }
}

/// <summary>Which region is meant by an id?</summary>
public sealed class RegionQuery(NpgsqlDataSource source)
{
    /// <summary>What is known of an id; also of one that nobody ever had.</summary>
    public async Task<AskedRegion> AskAsync(Guid process, Guid region, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(
            """
            SELECT a.region_id, r.last_number, r.start_address, r.backing FROM (VALUES ($1::uuid, $2::uuid)) AS asked(process_id, id)
            LEFT JOIN region_alias a ON a.process_id = asked.process_id AND a.alias_id = asked.id
            LEFT JOIN region r ON r.process_id = asked.process_id AND r.region_id = asked.id LIMIT 1
            """);
        command.Parameters.Add(new() { Value = process });
        command.Parameters.Add(new() { Value = region });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel)) return new AskedRegion(region, null, null);
        return new AskedRegion(region, reader.IsDBNull(0) ? null : reader.GetGuid(0),
            reader.IsDBNull(1) ? null : new KnownRegion(region, reader.GetInt32(1), unchecked((ulong)reader.GetInt64(2)), reader.GetString(3)));
    }
}
