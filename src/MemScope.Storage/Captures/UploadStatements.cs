using Npgsql;
using NpgsqlTypes;

namespace MemScope.Storage.Captures;

/// <summary>
/// Statements of an upload's transaction that nothing is asked back of, gathered and sent together: a snapshot that came alone is two round trips, one that asks and one that
/// writes and commits.
/// </summary>
internal sealed class UploadStatements(NpgsqlConnection connection) : IAsyncDisposable
{
    /// <summary>More rows than this go by COPY, which takes two round trips of its own and little time for each row.</summary>
    private const int MostInserts = 4;

    private readonly NpgsqlBatch _batch = new(connection);
    private readonly Dictionary<Guid, long> _changes = [];

    /// <summary>The change number that each process was given, as far as sent.</summary>
    public IReadOnlyDictionary<Guid, long> Changes => _changes;

    /// <summary>Adds a statement. One that returns rows must return a process and its change number.</summary>
    public void Add(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        _batch.BatchCommands.Add(command);
    }

    /// <summary>Adds rows, whose values are in the order of the columns and null for NULL.</summary>
    public async Task AddRowsAsync(RowColumns columns, IReadOnlyList<object?[]> rows, CancellationToken cancel)
    {
        if (rows.Count <= MostInserts)
        {
            foreach (var row in rows) Add(columns.InsertSql, [.. columns.Parameters(row)]);
            return;
        }
        await SendAsync(cancel); // rows may refer to what has been added
        await using var copy = await connection.BeginBinaryImportAsync(columns.CopySql, cancel);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancel);
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i] is { } value) await copy.WriteAsync(value, columns.Types[i], cancel);
                else await copy.WriteNullAsync(cancel);
            }
        }
        await copy.CompleteAsync(cancel);
    }

    /// <summary>Sends what has been added.</summary>
    public async Task SendAsync(CancellationToken cancel)
    {
        if (_batch.BatchCommands.Count == 0) return;
        await using (var reader = await _batch.ExecuteReaderAsync(cancel))
        {
            do
            {
                while (await reader.ReadAsync(cancel)) _changes[reader.GetGuid(0)] = reader.GetInt64(1);
            }
            while (await reader.NextResultAsync(cancel));
        }
        _batch.BatchCommands.Clear();
    }

    /// <summary>Sends what has been added and, behind it, COMMIT. A failure of a statement ends the transaction without it.</summary>
    public Task CommitAsync()
    {
        Add("COMMIT");
        return SendAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _batch.DisposeAsync();
}

/// <summary>Columns of a table that uploads write.</summary>
internal sealed class RowColumns(string table, params (string Name, NpgsqlDbType Type)[] columns)
{
    private string Names { get; } = string.Join(", ", columns.Select(c => c.Name));

    /// <summary>The columns' types.</summary>
    public NpgsqlDbType[] Types { get; } = [.. columns.Select(c => c.Type)];

    /// <summary>Inserts a row.</summary>
    public string InsertSql => field ??= $"INSERT INTO {table} ({Names}) VALUES ({string.Join(", ", Enumerable.Range(1, columns.Length).Select(i => $"${i}"))})";

    /// <summary>Copies rows.</summary>
    public string CopySql => field ??= $"COPY {table} ({Names}) FROM STDIN (FORMAT binary)";

    /// <summary>A row's values for <see cref="InsertSql"/>.</summary>
    public IEnumerable<NpgsqlParameter> Parameters(object?[] row) => row.Select((value, i) => new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = Types[i] });
}
