namespace MemScope.Storage.Tables;

/// <summary>
/// A region of a track in figures, for SQL and dashboards: what the analysis said when it last ran (<see cref="TrackTable.AnalyzedSeq"/>). Everything in it can be computed again.
/// Addresses are stored as the signed number of the same bits.
/// </summary>
[Sharded]
internal sealed class RegionTable
{
    public Guid ProcessId { get; set; }
    public short Source { get; set; }
    public Guid RegionId { get; set; }

    /// <summary>The region whose run this one belongs to: a guard's stack, an arena's unused remainder; else null.</summary>
    public Guid? OwnerId { get; set; }
    public string Backing { get; set; } = "";
    public string Category { get; set; } = "";

    /// <summary>A certain, B a strong pattern, C a guess.</summary>
    public string Confidence { get; set; } = "";
    public string Reason { get; set; } = "";
    public string Perms { get; set; } = "";

    /// <summary>Range at the last sighting.</summary>
    public long StartAddress { get; set; }
    public long EndAddress { get; set; }
    public int FirstNumber { get; set; }
    public int LastNumber { get; set; }
    public DateTimeOffset BornAt { get; set; }
    public DateTimeOffset LastAt { get; set; }

    /// <summary>Time of the first snapshot without it; null while it lives.</summary>
    public DateTimeOffset? GoneAt { get; set; }
    public int Snapshots { get; set; }
    public int Changes { get; set; }
    public long VirtualBytes { get; set; }
    public long? FirstRssBytes { get; set; }
    public long? LastRssBytes { get; set; }
    public long? MostRssBytes { get; set; }

    /// <summary>Least-squares slope over the region's life: what is gone does not change any more.</summary>
    public double? RssBytesPerSecond { get; set; }
    public string Shape { get; set; } = "";
}

/// <summary>An id that a region once had and the id that it has now: links and overrides hang on ids.</summary>
[Sharded]
internal sealed class RegionAliasTable
{
    public Guid ProcessId { get; set; }
    public Guid AliasId { get; set; }
    public Guid RegionId { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}
