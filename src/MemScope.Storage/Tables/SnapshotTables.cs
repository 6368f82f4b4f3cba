namespace MemScope.Storage.Tables;

/// <summary>A snapshot in figures; its mappings are in a <see cref="SnapshotBlockTable"/>. Sizes are null where the source does not print them.</summary>
[Sharded]
internal sealed class SnapshotTable
{
    public Guid ProcessId { get; set; }
    public int Number { get; set; }
    public short Source { get; set; }
    public DateTimeOffset TakenAt { get; set; }
    public short TimeOrigin { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public Guid UploadId { get; set; }
    public Guid CaptureId { get; set; }
    public int? SeriesNumber { get; set; }
    public int VmaCount { get; set; }
    public long VirtualBytes { get; set; }
    public long? RssBytes { get; set; }
    public long? PssBytes { get; set; }
    public long? SwapBytes { get; set; }
    public long? PrivateDirtyBytes { get; set; }
    public long? UssBytes { get; set; }
    public long? LazyFreeBytes { get; set; }
    public long? AnonHugeBytes { get; set; }

    // RSS per category, one plain column each for SQL and Grafana; in the order of Core's Category.
    public long? RssAnonymousBytes { get; set; }
    public long? RssHeapBytes { get; set; }
    public long? RssArenaBytes { get; set; }
    public long? RssThreadStackBytes { get; set; }
    public long? RssMainStackBytes { get; set; }
    public long? RssJitBytes { get; set; }
    public long? RssHugeBytes { get; set; }
    public long? RssDeviceBytes { get; set; }
    public long? RssSharedBytes { get; set; }
    public long? RssFileDataBytes { get; set; }
    public long? RssFileTextBytes { get; set; }
    public long? RssSpecialBytes { get; set; }
    public long? RssReservedBytes { get; set; }
}

/// <summary>The mappings of one or more snapshots of one track, as <see cref="Blocks.SnapshotBlockCodec"/> writes them.</summary>
[Sharded]
internal sealed class SnapshotBlockTable
{
    public Guid ProcessId { get; set; }
    public short Source { get; set; }
    public int FirstNumber { get; set; }
    public int LastNumber { get; set; }
    public int Snapshots { get; set; }
    public long Vmas { get; set; }
    public DateTimeOffset FromAt { get; set; }
    public DateTimeOffset ToAt { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public short Codec { get; set; }
    public byte[] Data { get; set; } = [];
}

/// <summary>Figures beside snapshots: status, smaps_rollup, cgroup, an allocator's statistics.</summary>
[Sharded]
internal sealed class SideFiguresTable
{
    public Guid ProcessId { get; set; }
    public Guid SideFiguresId { get; set; }
    public string Kind { get; set; } = "";

    /// <summary>Which one of several of a kind: a GPU, an arena; else null.</summary>
    public string? Label { get; set; }
    public DateTimeOffset TakenAt { get; set; }
    public short TimeOrigin { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public Guid UploadId { get; set; }
    public Guid CaptureId { get; set; }
    public int? SeriesNumber { get; set; }

    /// <summary>jsonb: sizes in bytes by the kernel's key.</summary>
    public string Bytes { get; set; } = "{}";

    /// <summary>jsonb: other numbers by key.</summary>
    public string Counts { get; set; } = "{}";
}
