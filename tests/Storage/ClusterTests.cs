using System.Reflection;
using MemScope.Storage.Tables;
using MemScope.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MemScope.Storage.Tests;

/// <summary>
/// The rules by which the schema could be spread over a cluster (Citus) by process, held without one: each is an error there when it is broken. Read off the model that migrations are made of.
/// </summary>
public sealed class ClusterTests
{
    /// <summary>Copied to every node: small, rarely written, referred to by all.</summary>
    private static readonly string[] References = ["process"];

    private static readonly IReadOnlyList<IEntityType> Tables = ModelTables();

    private static IEnumerable<IEntityType> Sharded => Tables.Where(IsSharded);

    public static TheoryData<string> ShardedTables => [.. Sharded.Select(t => t.GetTableName()!)];

    [Theory]
    [MemberData(nameof(ShardedTables))]
    public void The_process_comes_first_in_every_key(string table)
    {
        var entity = Of(table);
        AssertFirstIsProcess(entity.FindPrimaryKey()!.Properties);
        Assert.All(entity.GetKeys(), k => AssertFirstIsProcess(k.Properties));
        Assert.All(entity.GetIndexes().Where(i => i.IsUnique), i => AssertFirstIsProcess(i.Properties));
        Assert.All(entity.GetForeignKeys(), k => AssertFirstIsProcess(k.Properties));
    }

    [Theory]
    [MemberData(nameof(ShardedTables))]
    public void It_refers_to_rows_of_its_own_process_or_to_what_every_node_has(string table) => Assert.All(Of(table).GetForeignKeys(), k =>
    {
        var target = k.PrincipalEntityType;
        Assert.True(IsSharded(target) || References.Contains(target.GetTableName()), $"{table} refers to {target.GetTableName()}");
        AssertFirstIsProcess(k.PrincipalKey.Properties);
    });

    [Theory]
    [MemberData(nameof(ShardedTables))]
    public void Nothing_in_it_is_made_by_the_database(string table)
    {
        var entity = Of(table);
        Assert.Empty(entity.GetDeclaredTriggers());
        Assert.All(entity.GetProperties(), p =>
        {
            Assert.Equal(ValueGenerated.Never, p.ValueGenerated); // no serial, no identity
            Assert.False(p.IsConcurrencyToken); // no xmin
            Assert.Null(p.GetComputedColumnSql());
            // Constants only: random() or nextval() would differ by node.
            Assert.True(p.GetDefaultValueSql() is null or "0" or "false" or "'{}'", $"{table}.{p.Name}: {p.GetDefaultValueSql()}");
        });
    }

    [Fact]
    public void Nothing_outside_refers_into_a_table_that_is_spread() =>
        Assert.All(Tables.Where(t => !IsSharded(t)).SelectMany(t => t.GetForeignKeys()), k => Assert.False(IsSharded(k.PrincipalEntityType), $"{k.DeclaringEntityType.GetTableName()} refers to {k.PrincipalEntityType.GetTableName()}"));

    [Fact]
    public void A_table_with_a_process_column_is_spread_unless_it_is_small() =>
        Assert.Equal(["process", "share"], Tables.Where(t => !IsSharded(t) && t.FindProperty("ProcessId") is not null).Select(t => t.GetTableName()!).Order(StringComparer.Ordinal));

    /// <summary>Retention deletes by receipt: without an index it would read everything, and a partition by time needs the column in the table itself.</summary>
    [Fact]
    public void What_retention_deletes_by_its_receipt_has_an_index_on_it() => Assert.All(Sharded.Where(t => t.FindProperty("ReceivedAt") is not null),
        t => Assert.Contains(t.GetIndexes(), i => i.Properties[0].Name == "ReceivedAt"));

    [Fact]
    public void The_script_spreads_each_table_once_and_parents_before_what_refers_to_them()
    {
        var calls = File.ReadLines(Path.Combine(Fixtures.RepositoryRoot, "scale", "citus.sql")).Where(l => l.StartsWith("SELECT create_", StringComparison.Ordinal)).Select(l => l.Split('(', '\'')).ToList();
        var (distributed, copied) = (Named("SELECT create_distributed_table"), Named("SELECT create_reference_table"));
        Assert.Equal(References, copied);
        Assert.Equal(Sharded.Select(t => t.GetTableName()!).Order(StringComparer.Ordinal), distributed.Order(StringComparer.Ordinal));
        Assert.All(calls.Where(c => c[0].EndsWith("distributed_table", StringComparison.Ordinal)), c => Assert.Equal("process_id", c[4]));
        Assert.Equal(calls.Count, distributed.Count + copied.Count);
        var order = copied.Concat(distributed).ToList();
        Assert.All(Sharded.SelectMany(t => t.GetForeignKeys()), k => Assert.True(order.IndexOf(k.PrincipalEntityType.GetTableName()!) < order.IndexOf(k.DeclaringEntityType.GetTableName()!)));

        List<string> Named(string call) => [.. calls.Where(c => c[0] == call).Select(c => c[2])];
    }

    private static bool IsSharded(IReadOnlyTypeBase table) => table.ClrType.GetCustomAttribute<ShardedAttribute>() is not null;

    private static IEntityType Of(string table) => Tables.Single(t => t.GetTableName() == table);

    private static void AssertFirstIsProcess(IReadOnlyList<IReadOnlyProperty> properties) =>
        Assert.Equal(("process_id", typeof(Guid)), (properties[0].GetColumnName(), properties[0].ClrType));

    private static List<IEntityType> ModelTables()
    {
        using var context = new MemScopeDbContext(new DbContextOptionsBuilder<MemScopeDbContext>().UseNpgsql("Host=none").Options);
        return [.. context.Model.GetEntityTypes()];
    }
}
