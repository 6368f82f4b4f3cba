namespace MemScope.Web.Wire;

/// <summary>One snapshot in a list.</summary>
public sealed record SnapshotWire(int Number, DateTimeOffset TakenAt, Guid CaptureId, int VmaCount, long? RssBytes, long? PssBytes, long? SwapBytes, long VirtualBytes,
    IReadOnlyDictionary<string, long> ByCategory)
{
    /// <summary>Which command or file: <c>smaps</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>VmRSS of a status file of the same instant, or null.</summary>
    public long? StatusRssBytes { get; init; }

    /// <summary>Rss of a smaps_rollup of the same instant, or null.</summary>
    public long? RollupRssBytes { get; init; }

    /// <summary>The mappings, only when one snapshot is asked for.</summary>
    public IReadOnlyList<VmaWire>? Vmas { get; init; }
}

/// <summary>One mapping of a snapshot. Addresses are hex text without 0x.</summary>
public sealed record VmaWire(string Start, string End, string Perms, string Offset, string Device, ulong Inode, string Name, string Category, Guid RegionId,
    long? RssBytes, long? PssBytes, long? PrivateDirtyBytes, long? SwapBytes, long? AnonymousBytes, string? VmFlags);
