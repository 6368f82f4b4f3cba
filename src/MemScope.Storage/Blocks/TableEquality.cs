using MemScope.Core.Model;

namespace MemScope.Storage.Blocks;

/// <summary>Whether two tables hold the same, number by number: asked before one takes the other's place.</summary>
internal static class TableEquality
{
    /// <summary>Whether every column of both tables is equal, absent ones included.</summary>
    public static bool HoldsSameAs(this VmaTable a, VmaTable b)
    {
        var same = a.StartColumn.SequenceEqual(b.StartColumn) && a.EndColumn.SequenceEqual(b.EndColumn) && a.PermissionColumn.SequenceEqual(b.PermissionColumn)
            && a.OffsetColumn.SequenceEqual(b.OffsetColumn) && a.DeviceColumn.SequenceEqual(b.DeviceColumn) && a.InodeColumn.SequenceEqual(b.InodeColumn)
            && a.NameColumn.SequenceEqual(b.NameColumn) && a.FlagsColumn.SequenceEqual(b.FlagsColumn) && (a.Columns.Flags is null) == (b.Columns.Flags is null);
        for (var m = 0; same && m < Metrics.Count; m++) same = a.Has((Metric)m) == b.Has((Metric)m) && a.Column((Metric)m).SequenceEqual(b.Column((Metric)m));
        return same;
    }
}
