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
    public async Task<AskedRegion> AskAsync(Guid process, Guid region, CancellationToken cancel) => (await AskAsync(process, [region], cancel))[region];

    /// <summary>The same for several ids, in one round trip.</summary>
    public async Task<IReadOnlyDictionary<Guid, AskedRegion>> AskAsync(Guid process, IReadOnlyCollection<Guid> regions, CancellationToken cancel)
    {
        var ids = regions.Distinct().ToArray();
        var asked = ids.ToDictionary(id => id, id => new AskedRegion(id, null, null));
        await using var batch = source.CreateBatch();
        foreach (var sql in (string[])["SELECT alias_id, region_id FROM region_alias WHERE process_id = $1 AND alias_id = ANY ($2)",
            "SELECT region_id, last_number, start_address, backing FROM region WHERE process_id = $1 AND region_id = ANY ($2)"])
            batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = process }, new() { Value = ids } } });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) asked[reader.GetGuid(0)] = asked[reader.GetGuid(0)] with { Now = reader.GetGuid(1) };
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetGuid(0);
            asked[id] = asked[id] with { Known = new KnownRegion(id, reader.GetInt32(1), unchecked((ulong)reader.GetInt64(2)), reader.GetString(3)) };
        }
        return asked;
    }
}
