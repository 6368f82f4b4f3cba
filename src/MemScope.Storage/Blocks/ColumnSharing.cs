using MemScope.Core.Model;

namespace MemScope.Storage.Blocks;

/// <summary>
/// Lets neighbouring snapshots share the columns in which they are equal, as most are from one second to the next: a long track of single blocks then takes a fraction of the
/// memory. Tables are immutable, so nobody can tell.
/// </summary>
internal static class ColumnSharing
{
    /// <summary>The table <paramref name="next"/>, with the arrays of <paramref name="before"/> wherever they hold the same.</summary>
    public static VmaTable Share(VmaTable before, VmaTable next)
    {
        if (before.Count != next.Count || next.Count == 0) return next;
        var (a, b) = (before.Columns, next.Columns);
        var metrics = new MetricColumn?[b.Metrics.Length];
        for (var m = 0; m < metrics.Length; m++) metrics[m] = a.Metrics[m] is { } known && b.Metrics[m] is { } column && known.SequenceEqual(column) ? known : b.Metrics[m];
        return VmaTable.FromColumns(new VmaColumns(Same(a.Starts, b.Starts), Same(a.Ends, b.Ends), SamePermissions(a.Permissions, b.Permissions), Same(a.Offsets, b.Offsets),
            Same(a.Devices, b.Devices), Same(a.Inodes, b.Inodes), Same(a.Names, b.Names), a.Flags is not null && b.Flags is not null ? Same(a.Flags, b.Flags) : b.Flags, metrics));
    }

    private static T[] Same<T>(T[] before, T[] next)
        where T : IEquatable<T>? => before.AsSpan().SequenceEqual(next) ? before : next;

    private static VmaPermissions[] SamePermissions(VmaPermissions[] before, VmaPermissions[] next) => before.AsSpan().SequenceEqual(next) ? before : next;
}
