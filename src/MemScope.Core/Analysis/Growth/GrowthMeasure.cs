namespace MemScope.Core.Analysis.Growth;

/// <summary>The form of a series. Slugs are the names in lower case with hyphens: <c>burst-hold</c>.</summary>
public enum GrowthShape : byte
{
    /// <summary>Constant within noise.</summary>
    Flat,
    /// <summary>Moves, but within bounds and without a trend.</summary>
    Bounded,
    /// <summary>Straight line.</summary>
    Linear,
    /// <summary>One or a few jumps, level between.</summary>
    Step,
    /// <summary>Rises, then stays level.</summary>
    Plateau,
    /// <summary>Rises and falls back again and again.</summary>
    Sawtooth,
    /// <summary>Grows by a factor.</summary>
    Geometric,
    /// <summary>Rises in a burst and is held.</summary>
    BurstHold,
}

/// <summary>How a series of bytes over time grows.</summary>
/// <param name="BytesPerSecond">Closed-form least-squares slope.</param>
/// <param name="RobustBytesPerSecond">Theil–Sen slope.</param>
/// <param name="LowBytesPerSecond">Lower end of the 95 % interval of the robust slope.</param>
/// <param name="HighBytesPerSecond">Upper end of that interval.</param>
/// <param name="RSquared">Share of the variance that the straight line explains, 0 to 1.</param>
/// <param name="Shape">The form.</param>
/// <param name="FirstBytes">First value.</param>
/// <param name="LastBytes">Last value.</param>
/// <param name="Points">How many values.</param>
public sealed record GrowthMeasure(double BytesPerSecond, double RobustBytesPerSecond, double LowBytesPerSecond, double HighBytesPerSecond, double RSquared,
    GrowthShape Shape, long FirstBytes, long LastBytes, int Points)
{
    /// <summary>The same behind the warm-up; equal to the whole where there is none.</summary>
    public required SteadyGrowth Steady { get; init; }

    /// <summary>How long the warm-up took: seconds from the first point to where the line begins, or to the level that a rise came to; 0 for none.</summary>
    public double WarmUpSeconds { get; init; }

    /// <summary>Slope of what a sawtooth leaves after each fall, or null: a leak hides beneath a garbage collector's teeth.</summary>
    public double? FloorBytesPerSecond { get; init; }

    /// <summary>Last minus first value.</summary>
    public long ChangeBytes => LastBytes - FirstBytes;
}

/// <summary>Growth behind the warm-up.</summary>
/// <param name="FromSeconds">Where it begins, on the time axis of the series.</param>
/// <param name="BytesPerSecond">Least-squares slope from there on.</param>
/// <param name="LowBytesPerSecond">Lower end of the 95 % interval of its robust slope.</param>
/// <param name="HighBytesPerSecond">Upper end.</param>
public readonly record struct SteadyGrowth(double FromSeconds, double BytesPerSecond, double LowBytesPerSecond, double HighBytesPerSecond);
