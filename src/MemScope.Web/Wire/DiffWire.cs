namespace MemScope.Web.Wire;

/// <summary>Sizes of one side of a diff; PSS is null where not captured.</summary>
public sealed record DiffSizesWire(long RssBytes, long? PssBytes, long VirtualBytes);

/// <summary>Totals of a diff.</summary>
public sealed record DiffTotalWire(DiffSizesWire Base, DiffSizesWire Current, DiffSizesWire Delta);

/// <summary>One region's part. <see cref="State"/> is lower case: unchanged, grown, shrunk, born, gone, moved, split, merged, reprotected.</summary>
public sealed record DiffRowWire(string State, Guid RegionId, string Category, string Name, DiffSizesWire Base, DiffSizesWire Current, DiffSizesWire Delta)
{
    /// <summary>Range in base, hex <c>start-end</c>, or null.</summary>
    public string? BaseRange { get; init; }

    /// <summary>Range in current, hex <c>start-end</c>, or null.</summary>
    public string? CurrentRange { get; init; }

    /// <summary>Permissions, of current where it exists.</summary>
    public string Perms { get; init; } = "";

    /// <summary>What changed in words.</summary>
    public string Words { get; init; } = "";
}

/// <summary>The difference of two snapshots of one track. Rows add up to the total.</summary>
public sealed record DiffWire(SnapshotWire Base, SnapshotWire Current, DiffTotalWire Total, IReadOnlyList<DiffRowWire> Rows)
{
    /// <summary>One sentence that answers.</summary>
    public string Answer { get; init; } = "";
}
