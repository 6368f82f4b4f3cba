using Npgsql;

namespace MemScope.Storage.Queries;

/// <summary>What the database takes on disk.</summary>
/// <param name="TotalBytes">All of the database, indexes and what PostgreSQL itself needs included.</param>
/// <param name="Parts">The largest tables with their partitions and indexes, largest first.</param>
public sealed record StoreSize(long TotalBytes, IReadOnlyList<StorePart> Parts);

/// <summary>A table on disk.</summary>
/// <param name="Table">Its name in the schema.</param>
/// <param name="Bytes">With partitions, indexes and out-of-line values.</param>
/// <param name="Rows">As PostgreSQL's statistics estimate them; null before the first.</param>
public sealed record StorePart(string Table, long Bytes, long? Rows);

/// <summary>Asks how much room the store takes. Estimates of rows only: counting would read the tables.</summary>
public sealed class StoreSizeQuery(NpgsqlDataSource source)
{
    private const int MostParts = 12;

    /// <summary>The size now.</summary>
    public async Task<StoreSize> AskAsync(CancellationToken cancel)
    {
        // A partitioned table has no bytes of its own: those of its leaves count for their root.
        await using var command = source.CreateCommand($"""
            SELECT pg_database_size(current_database()), NULL, NULL
            UNION ALL (
              SELECT sum(pg_total_relation_size(c.oid))::bigint, root.relname::text, CASE WHEN bool_or(c.reltuples >= 0) THEN sum(greatest(c.reltuples, 0))::bigint END
              FROM pg_class c JOIN pg_class root ON root.oid = coalesce(CASE WHEN c.relispartition THEN pg_partition_root(c.oid) END, c.oid)
              WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
              GROUP BY root.relname ORDER BY 1 DESC LIMIT {MostParts})
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var total = reader.GetInt64(0);
        var parts = new List<StorePart>();
        while (await reader.ReadAsync(cancel)) parts.Add(new StorePart(reader.GetString(1), reader.GetInt64(0), await reader.IsDBNullAsync(2, cancel) ? null : reader.GetInt64(2)));
        return new StoreSize(total, parts);
    }
}
