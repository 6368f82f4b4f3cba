namespace MemScope.Web.Wire;

/// <summary>Sizes of one side of a diff, or their difference. A number that one of the two sides does not have is null.</summary>
public sealed record DiffSizesWire(long? RssBytes, long? PssBytes, long VirtualBytes)
{
    /// <summary>Private clean and dirty.</summary>
    public long? UssBytes { get; init; }

    /// <summary>Private dirty.</summary>
    public long? PrivateDirtyBytes { get; init; }

    /// <summary>Swap.</summary>
    public long? SwapBytes { get; init; }

    /// <summary>How many mappings.</summary>
    public long Mappings { get; init; }
}

/// <summary>Totals of a diff.</summary>
public sealed record DiffTotalWire(DiffSizesWire Base, DiffSizesWire Current, DiffSizesWire Delta)
{
    /// <summary>Change of <see cref="DiffWire.Metric"/> in percent of base; null when base has none.</summary>
    public double? DeltaPercent { get; init; }
}

/// <summary>
/// One region's part, or between two processes what both have of one kind. <see cref="State"/> is lower case: unchanged, grown, shrunk, born, gone, moved, split, merged, reprotected, and between two processes
/// replaced. <see cref="RegionId"/> is null between two processes.
/// </summary>
public sealed record DiffRowWire(string State, Guid? RegionId, string Category, string Name, DiffSizesWire Base, DiffSizesWire Current, DiffSizesWire Delta)
{
    /// <summary>Change of <see cref="DiffWire.Metric"/> in percent of base; null when base has none: then it is new.</summary>
    public double? DeltaPercent { get; init; }

    /// <summary>Range in base, hex <c>start-end</c>, or null where it is absent or stands for several mappings.</summary>
    public string? BaseRange { get; init; }

    /// <summary>Range in current, hex <c>start-end</c>, or null.</summary>
    public string? CurrentRange { get; init; }

    /// <summary>Permissions, of current where it exists.</summary>
    public string Perms { get; init; } = "";

    /// <summary>What changed in words.</summary>
    public string Words { get; init; } = "";

    /// <summary>Between two processes, by what both sides were brought together: <c>none</c>, <c>name</c>, <c>pattern</c>, <c>folder</c>, <c>version</c>, <c>category</c>, <c>size</c> or <c>rank</c>; else null.</summary>
    public string? Match { get; init; }

    /// <summary>Between two processes, the names in base as they stand there, four at most; else empty.</summary>
    public IReadOnlyList<string> BaseNames { get; init; } = [];

    /// <summary>The same in current.</summary>
    public IReadOnlyList<string> CurrentNames { get; init; } = [];
}

/// <summary>Rows of a category, or of one backing in it, with their sums. Its rows, its groups and its rest add up to it.</summary>
/// <param name="Category">Slug of the category.</param>
/// <param name="Name">The backing, empty for unnamed memory; null for the whole category.</param>
/// <param name="State">What its sums say; unchanged with <see cref="Changed"/> above 0 when its parts outweigh each other.</param>
/// <param name="Base">Sum in base.</param>
/// <param name="Current">Sum in current.</param>
/// <param name="Delta">Current minus base.</param>
public sealed record DiffGroupWire(string Category, string? Name, string State, DiffSizesWire Base, DiffSizesWire Current, DiffSizesWire Delta)
{
    /// <summary>Change of <see cref="DiffWire.Metric"/> in percent of base; null when base has none.</summary>
    public double? DeltaPercent { get; init; }

    /// <summary>How many rows it has, listed or not.</summary>
    public int RowCount { get; init; }

    /// <summary>How many of them changed.</summary>
    public int Changed { get; init; }

    /// <summary>Its backings, where they were asked for.</summary>
    public IReadOnlyList<DiffGroupWire> Groups { get; init; } = [];

    /// <summary>Rows that are listed.</summary>
    public IReadOnlyList<DiffRowWire> Rows { get; init; } = [];

    /// <summary>The rows that are not, or null when all are.</summary>
    public DiffRestWire? Rest { get; init; }
}

/// <summary>Rows that are not listed, in sum.</summary>
public sealed record DiffRestWire(string Category, int Rows, int Unchanged, DiffSizesWire Base, DiffSizesWire Current, DiffSizesWire Delta);

/// <summary>A process as one side of a comparison.</summary>
public sealed record DiffProcessWire(Guid Id, string Host, int Pid, string Comm);

/// <summary>
/// The difference of two snapshots: of one track by the identity of regions, or of two processes by category, backing and permissions. Flat, rows and rests add up to the total; grouped, groups do.
/// </summary>
public sealed record DiffWire(SnapshotWire Base, SnapshotWire Current, DiffTotalWire Total, IReadOnlyList<DiffRowWire> Rows)
{
    /// <summary>One sentence that answers.</summary>
    public string Answer { get; init; } = "";

    /// <summary>The process of base, where two are compared; else null.</summary>
    public DiffProcessWire? BaseProcess { get; init; }

    /// <summary>The process of current, where two are compared; else null.</summary>
    public DiffProcessWire? CurrentProcess { get; init; }

    /// <summary>The number by which changes are weighed: <c>rss</c>, <c>pss</c>, <c>uss</c>, <c>private-dirty</c>, <c>swap</c>, <c>virtual</c> or <c>mappings</c>.</summary>
    public string Metric { get; init; } = "rss";

    /// <summary>The numbers that both sides have; all others are null.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary><c>flat</c>, <c>category</c> or <c>backing</c>: rows stand in <see cref="Rows"/> or in <see cref="Groups"/>.</summary>
    public string Group { get; init; } = "flat";

    /// <summary>By category, unless flat.</summary>
    public IReadOnlyList<DiffGroupWire> Groups { get; init; } = [];

    /// <summary>Flat: per category the rows that are not listed.</summary>
    public IReadOnlyList<DiffRestWire> Rest { get; init; } = [];

    /// <summary>How many rows there are of each state, whatever the filter.</summary>
    public IReadOnlyDictionary<string, int> States { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>How many rows there are.</summary>
    public int AllRows { get; init; }

    /// <summary>How many rows pass the filter, or null in documents of versions that did not count.</summary>
    public int? Matching { get; init; }

    /// <summary>What is not compared, and why; how two processes were brought together.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How many of the track's earliest snapshots regions are not followed through, because the server does not hold more in memory; 0 as a rule.</summary>
    public int LeftOutSnapshots { get; init; }
}
