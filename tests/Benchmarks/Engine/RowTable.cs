using MemScope.Core.Model;
using Npgsql;
using NpgsqlTypes;

namespace MemScope.Benchmarks.Engine;

/// <summary>What MemScope's store is measured against: a row for every mapping of every snapshot, with 20 numbers, loaded by binary COPY. What does not change (name, inode, offset) a table of regions would hold, which is left out.</summary>
internal static class RowTable
{
    /// <summary>The numbers that a row holds: all that are not told by the range or the same everywhere.</summary>
    public static IReadOnlyList<Metric> Numbers { get; } = [.. SyntheticRegion.Printed.Where(m => m is not (Metric.Size or Metric.KernelPageSize or Metric.MmuPageSize))];

    private const string Columns = "process_id, snapshot, region_id, start_address, end_address, permissions";

    /// <summary>Makes the table.</summary>
    public static string Create(string table) =>
        $"""
        CREATE TABLE {table} (process_id uuid NOT NULL, snapshot int NOT NULL, region_id int NOT NULL, start_address bigint NOT NULL, end_address bigint NOT NULL, permissions smallint NOT NULL,
                              {string.Join(", ", Numbers.Select(m => $"{Column(m)} bigint NOT NULL"))})
        """;

    /// <summary>Column of a number.</summary>
    public static string Column(Metric metric) => metric.SmapsName().ToLowerInvariant();

    /// <summary>Begins to load rows.</summary>
    public static Task<NpgsqlBinaryImporter> BeginAsync(NpgsqlConnection connection, string table) =>
        connection.BeginBinaryImportAsync($"COPY {table} ({Columns}, {string.Join(", ", Numbers.Select(Column))}) FROM STDIN (FORMAT binary)");

    /// <summary>Writes the mappings of a snapshot.</summary>
    /// <param name="copy">Where to.</param>
    /// <param name="process">The process.</param>
    /// <param name="snapshot">Its number.</param>
    /// <param name="vmas">The mappings.</param>
    /// <param name="regions">Region of each row.</param>
    public static void Write(NpgsqlBinaryImporter copy, Guid process, int snapshot, VmaTable vmas, ReadOnlySpan<int> regions)
    {
        for (var i = 0; i < vmas.Count; i++)
        {
            copy.StartRow();
            copy.Write(process, NpgsqlDbType.Uuid);
            copy.Write(snapshot, NpgsqlDbType.Integer);
            copy.Write(regions[i], NpgsqlDbType.Integer);
            copy.Write(unchecked((long)vmas.StartColumn[i]), NpgsqlDbType.Bigint);
            copy.Write(unchecked((long)vmas.EndColumn[i]), NpgsqlDbType.Bigint);
            copy.Write((short)vmas.PermissionColumn[i], NpgsqlDbType.Smallint);
            foreach (var metric in Numbers) copy.Write(vmas[i][metric] ?? 0, NpgsqlDbType.Bigint);
        }
    }
}
