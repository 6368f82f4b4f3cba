namespace MemScope.Web.Wire;

/// <summary>Growth of a window's parts in one measure. Slopes, first and last values and shares of the items add up to those of the total.</summary>
/// <param name="Window">The window.</param>
/// <param name="By"><c>total</c>, <c>category</c>, <c>backing</c> or <c>region</c>.</param>
/// <param name="Metric">Slug of the measure.</param>
/// <param name="Unit"><c>bytes</c> or <c>count</c>: the unit of every value; rates are per second.</param>
/// <param name="Total">All memory, or null where the source does not print the measure.</param>
/// <param name="Items">The parts, fastest first; those beyond the ones asked for are one item with the key <c>other</c>.</param>
public sealed record GrowthsWire(WindowWire Window, string By, string Metric, string Unit, PartGrowthWire? Total, IReadOnlyList<PartGrowthWire> Items)
{
    /// <summary>Why there is nothing: <c>pmap -x does not print PSS.</c>; else null.</summary>
    public string? Missing { get; init; }
}

/// <summary>Growth of a part: a category, a backing, a region, or the total.</summary>
/// <param name="Key">Category slug, backing, region id, <c>other</c> or <c>total</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="First">Value at the window's first snapshot, 0 where it does not exist.</param>
/// <param name="Last">Value at its last.</param>
/// <param name="PerSecond">Least-squares slope with 0 where it does not exist: these add up.</param>
/// <param name="LowPerSecond">Lower end of the 95 % interval of the robust slope, over the snapshots that have it.</param>
/// <param name="HighPerSecond">Upper end.</param>
/// <param name="RSquared">Linearity, 0 to 1.</param>
/// <param name="Shape">Shape slug.</param>
public sealed record PartGrowthWire(string Key, string Title, double First, double Last, double PerSecond, double LowPerSecond, double HighPerSecond, double RSquared, string Shape)
{
    /// <summary>Last minus first.</summary>
    public double Change => Last - First;

    /// <summary>Part of the total's slope, or null where the total has none.</summary>
    public double? Share { get; init; }

    /// <summary>When the warm-up ended, or null without one.</summary>
    public DateTimeOffset? WarmUpUntil { get; init; }

    /// <summary>Slope behind the warm-up.</summary>
    public double SteadyPerSecond { get; init; }

    /// <summary>Lower end of its interval.</summary>
    public double SteadyLowPerSecond { get; init; }

    /// <summary>Upper end.</summary>
    public double SteadyHighPerSecond { get; init; }

    /// <summary>Where slope or level change.</summary>
    public IReadOnlyList<ChangePointWire> ChangePoints { get; init; } = [];
}

/// <summary>Where growth changes.</summary>
/// <param name="At">Time of the first snapshot behind it.</param>
/// <param name="BeforePerSecond">Slope of the stretch before, in the measure's unit.</param>
/// <param name="AfterPerSecond">Slope of the stretch behind.</param>
/// <param name="Jump">By how much the level jumps there; 0 for none.</param>
/// <param name="Text">In words.</param>
public sealed record ChangePointWire(DateTimeOffset At, double BeforePerSecond, double AfterPerSecond, double Jump, string Text);
