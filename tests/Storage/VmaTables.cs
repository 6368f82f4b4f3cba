using MemScope.Core.Model;

namespace MemScope.Storage.Tests;

/// <summary>Comparison of mapping tables in every column.</summary>
internal static class VmaTables
{
    public static void AssertEqual(VmaTable expected, VmaTable actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.True(expected.StartColumn.SequenceEqual(actual.StartColumn), "starts");
        Assert.True(expected.EndColumn.SequenceEqual(actual.EndColumn), "ends");
        Assert.True(expected.PermissionColumn.SequenceEqual(actual.PermissionColumn), "permissions");
        Assert.True(expected.OffsetColumn.SequenceEqual(actual.OffsetColumn), "offsets");
        Assert.True(expected.DeviceColumn.SequenceEqual(actual.DeviceColumn), "devices");
        Assert.True(expected.InodeColumn.SequenceEqual(actual.InodeColumn), "inodes");
        Assert.Equal(expected.NameColumn.ToArray(), actual.NameColumn.ToArray());
        Assert.Equal(expected.FlagsColumn.ToArray(), actual.FlagsColumn.ToArray());
        foreach (var metric in Enum.GetValues<Metric>())
        {
            Assert.Equal(expected.Count > 0 && expected.Has(metric), actual.Count > 0 && actual.Has(metric));
            Assert.True(expected.Column(metric).SequenceEqual(actual.Column(metric)), metric.ToString());
        }
    }
}
