namespace MemScope.Web.Wire;

/// <summary>RSS of a process over its window, for an overlay with another.</summary>
/// <param name="Seconds">Time of each point since the window's first.</param>
/// <param name="RssBytes">RSS of each point.</param>
public sealed record CompareCurveWire(IReadOnlyList<double> Seconds, IReadOnlyList<double> RssBytes);

/// <summary>One side of a comparison: the snapshot that is compared is the last of the window, and growth is measured over the whole of it.</summary>
/// <param name="Process">The process.</param>
/// <param name="Window">Its window.</param>
/// <param name="Curve">RSS over the window, 400 points at most; null where the source prints none.</param>
public sealed record CompareSideWire(ProcessWire Process, WindowWire Window, CompareCurveWire? Curve);

/// <summary>How fast something grows.</summary>
/// <param name="BytesPerSecond">Least-squares slope.</param>
/// <param name="LowBytesPerSecond">Lower end of the 95 % interval of the robust slope.</param>
/// <param name="HighBytesPerSecond">Upper end.</param>
public sealed record CompareRateWire(double BytesPerSecond, double LowBytesPerSecond, double HighBytesPerSecond)
{
    /// <summary>Shape slug; null for a difference.</summary>
    public string? Shape { get; init; }
}

/// <summary>Growth of a category, or of RSS as a whole, on both sides.</summary>
/// <param name="Key">Category slug, or <c>total</c>.</param>
/// <param name="Base">In base.</param>
/// <param name="Current">In current.</param>
/// <param name="Delta">Current minus base.</param>
/// <param name="Differs">Whether the interval of the difference excludes equal growth.</param>
public sealed record CompareGrowthWire(string Key, CompareRateWire Base, CompareRateWire Current, CompareRateWire Delta, bool Differs);

/// <summary>Two processes, runs or hosts side by side: what they hold, and how fast it grows.</summary>
/// <param name="Base">A: before, the other host, the first run.</param>
/// <param name="Current">B.</param>
/// <param name="Diff">The last snapshots of both windows.</param>
/// <param name="Growth">Growth of RSS: the total first, then the categories, which add up to it. Empty where a side has fewer than three snapshots or no RSS.</param>
/// <param name="Answer">What it comes to, in two sentences.</param>
public sealed record CompareWire(CompareSideWire Base, CompareSideWire Current, DiffWire Diff, IReadOnlyList<CompareGrowthWire> Growth, string Answer)
{
    /// <summary>Whether the change between them ended a growth; null where a side prints no RSS.</summary>
    public ProofWire? Proof { get; init; }
}

/// <summary>Whether a change ended a growth: base is the run before, current the one with the change.</summary>
/// <param name="Verdict"><c>fixed</c>, <c>not-fixed</c>, <c>cannot-tell-yet</c> or <c>nothing-to-fix</c>.</param>
/// <param name="Words">One or two sentences with figures and intervals.</param>
/// <param name="Before">Growth of RSS of base behind its warm-up.</param>
/// <param name="After">Growth of RSS of current behind its warm-up.</param>
/// <param name="ExpectedBytes">What the old growth would have brought in the time that current was watched; null where there is none.</param>
/// <param name="MoreSeconds">How much longer current must be watched; null where the verdict is told, or time alone does not tell.</param>
public sealed record ProofWire(string Verdict, string Words, CompareRateWire Before, CompareRateWire After, double? ExpectedBytes, double? MoreSeconds);
