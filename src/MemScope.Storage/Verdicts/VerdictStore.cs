using MemScope.Storage.Captures;
using MemScope.Storage.Live;
using MemScope.Storage.Queries;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Verdicts;

/// <summary>Keeps the verdict of each process with its findings, for lists, SQL and dashboards. Derived: whoever reads one compares what it was computed from with what is there now.</summary>
public sealed class VerdictStore(NpgsqlDataSource source, ChangeFeed feed)
{
    /// <summary>Findings of a process that are kept; the judge lists the surest first.</summary>
    private const int MostFindings = 100;

    /// <summary>Any change of a file that may change a name changes the digest: a new file, one that is gone, a file name, another judgement.</summary>
    private const string DigestOfSymbols =
        """
        SELECT coalesce(md5(string_agg(symbol_file_id || ' ' || file_name || ' ' || quality || ' ' || functions || ' ' || coalesce(problem, ''), ',' ORDER BY symbol_file_id)), 'none')
        FROM symbol_file WHERE project = $1
        """;

    /// <summary>Digest of the symbol files of a project, for <see cref="VerdictBasis.Symbols"/>.</summary>
    public async Task<string> SymbolsAsync(string project, CancellationToken cancel)
    {
        await using var command = source.CreateCommand(DigestOfSymbols);
        command.Parameters.Add(new() { Value = project });
        return (string)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The verdicts of some processes that may still hold, in one round trip: those of this version of the analysis, with the names of today. The caller compares the change number with its own.</summary>
    public async Task<IReadOnlyDictionary<Guid, VerdictRow>> FindAsync(IReadOnlyCollection<Guid> processes, string analyzer, CancellationToken cancel)
    {
        var found = new Dictionary<Guid, VerdictRow>();
        if (processes.Count == 0) return found;
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new(DigestOfSymbols) { Parameters = { new() { Value = Projects.Default } } });
        batch.BatchCommands.Add(new(
            """
            SELECT process_id, change_seq, analyzer, symbols, kind, inside_malloc_heap, category, certainty, rule, summary, computed_at FROM verdict
            WHERE process_id = ANY ($1) AND analyzer = $2 AND NOT names_pending
            """)
        { Parameters = { new() { Value = processes.ToArray() }, new() { Value = analyzer } } });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var symbols = await reader.ReadAsync(cancel) ? reader.GetString(0) : "";
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var row = new VerdictRow(reader.GetGuid(0), new VerdictBasis(reader.GetInt64(1), reader.GetString(2), reader.GetString(3)), reader.GetString(4), reader.GetString(9), reader.Time(10))
            {
                InsideMallocHeap = reader.IsDBNull(5) ? null : reader.GetBoolean(5), Category = reader.TextOrNull(6), Certainty = reader.TextOrNull(7), Rule = reader.TextOrNull(8),
            };
            if (row.Basis.Symbols.Length == 0 || row.Basis.Symbols == symbols) found.Add(row.ProcessId, row);
        }
        return found;
    }

    /// <summary>Processes whose verdict is missing or computed from something else than what is there now, those with the newest uploads first.</summary>
    public async Task<IReadOnlyList<Guid>> StaleAsync(string analyzer, int most, CancellationToken cancel)
    {
        var symbols = await SymbolsAsync(Projects.Default, cancel);
        await using var command = source.CreateCommand(
            """
            SELECT s.process_id FROM process_state s LEFT JOIN verdict v ON v.process_id = s.process_id
            WHERE v.process_id IS NULL OR v.change_seq <> s.change_seq OR v.analyzer <> $1 OR v.names_pending OR (v.symbols <> '' AND v.symbols <> $2) ORDER BY s.last_upload_at DESC LIMIT $3
            """);
        command.Parameters.Add(new() { Value = analyzer });
        command.Parameters.Add(new() { Value = symbols });
        command.Parameters.Add(new() { Value = most });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var stale = new List<Guid>();
        while (await reader.ReadAsync(cancel)) stale.Add(reader.GetGuid(0));
        return stale;
    }

    /// <summary>Stores a verdict with its findings in one transaction, and tells open pages; false when one of later uploads is there already, or the process is gone.</summary>
    public async Task<bool> StoreAsync(VerdictRow verdict, IReadOnlyList<FindingRow> findings, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var upsert = new NpgsqlCommand(
            """
            INSERT INTO verdict (process_id, change_seq, analyzer, symbols, names_pending, kind, inside_malloc_heap, category, certainty, rule, summary, computed_at)
            SELECT process_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM process WHERE process_id = $1
            ON CONFLICT (process_id) DO UPDATE SET change_seq = excluded.change_seq, analyzer = excluded.analyzer, symbols = excluded.symbols, names_pending = excluded.names_pending,
                kind = excluded.kind, inside_malloc_heap = excluded.inside_malloc_heap, category = excluded.category, certainty = excluded.certainty, rule = excluded.rule,
                summary = excluded.summary, computed_at = excluded.computed_at
            WHERE verdict.change_seq <= excluded.change_seq
            """, connection)
        {
            Parameters =
            {
                new() { Value = verdict.ProcessId }, new() { Value = verdict.Basis.ChangeSeq }, new() { Value = verdict.Basis.Analyzer }, new() { Value = verdict.Basis.Symbols },
                new() { Value = verdict.Basis.NamesPending }, new() { Value = verdict.Kind }, new() { Value = (object?)verdict.InsideMallocHeap ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean },
                Text(verdict.Category), Text(verdict.Certainty), Text(verdict.Rule), new() { Value = CleanText.Of(verdict.Summary) }, new() { Value = verdict.ComputedAt.UtcDateTime },
            },
        };
        if (await upsert.ExecuteNonQueryAsync(cancel) == 0) return false;
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { new("DELETE FROM finding WHERE process_id = $1") { Parameters = { new() { Value = verdict.ProcessId } } }, Insert(verdict, [.. findings.Take(MostFindings)]) },
        };
        await batch.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        feed.PublishBeside(verdict.ProcessId);
        return true;
    }

    private static NpgsqlBatchCommand Insert(VerdictRow verdict, IReadOnlyList<FindingRow> findings) => new(
        """
        INSERT INTO finding (process_id, ordinal, rule, verdict, kind, category, title, summary, bytes_per_second, change_seq, computed_at)
        SELECT $1, o, r, v, k, c, t, s, b, $10, $11 FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::float8[]) AS f(o, r, v, k, c, t, s, b)
        """)
    {
        Parameters =
        {
            new() { Value = verdict.ProcessId }, new() { Value = Enumerable.Range(0, findings.Count).ToArray() }, Texts(findings.Select(f => f.Rule)), Texts(findings.Select(f => f.Verdict)),
            Texts(findings.Select(f => f.Kind)), Texts(findings.Select(f => f.Category)), Texts(findings.Select(f => CleanText.Of(f.Title))), Texts(findings.Select(f => CleanText.Of(f.Summary))),
            new() { Value = findings.Select(f => f.BytesPerSecond is { } b && double.IsFinite(b) ? b : (double?)null).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Double },
            new() { Value = verdict.Basis.ChangeSeq }, new() { Value = verdict.ComputedAt.UtcDateTime },
        },
    };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Texts(IEnumerable<string?> texts) => new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
