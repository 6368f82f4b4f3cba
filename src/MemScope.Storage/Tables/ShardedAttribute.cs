namespace MemScope.Storage.Tables;

/// <summary>
/// A table that grows with the fleet and could be distributed by process: <c>process_id</c> is the first column of its key, of its unique indexes and of its foreign keys; no
/// generated keys, no row version by xmin, no trigger. A test over the model holds these rules, so that a cluster (Citus) stays possible.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShardedAttribute : Attribute;
