using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Lineage;

/// <summary>What is known beside their two tables when neighbouring snapshots are linked.</summary>
/// <param name="EarlierAt">When the earlier was taken.</param>
/// <param name="LaterAt">When the later was taken.</param>
/// <param name="History">What is known of the earlier rows' regions.</param>
internal sealed record LinkStep(DateTimeOffset EarlierAt, DateTimeOffset LaterAt, MoveHistory History)
{
    /// <summary>A silence is at least this long.</summary>
    private static readonly TimeSpan LeastSilence = TimeSpan.FromMinutes(1);

    /// <summary>A silence is this many times as long as the usual step.</summary>
    private const int SilentSteps = 10;

    /// <summary>What traces say of moves.</summary>
    public MoveEvidence Evidence { get; init; } = MoveEvidence.None;

    /// <summary>Arenas and stacks of the earlier snapshot.</summary>
    public MemoryRuns EarlierRuns { get; init; } = MemoryRuns.None;

    /// <summary>Arenas and stacks of the later snapshot.</summary>
    public MemoryRuns LaterRuns { get; init; } = MemoryRuns.None;

    /// <summary>
    /// Whether the snapshots lie so far apart that what was inferred from likeness is worth little: a minute and ten times the usual step. Over a silence no move is inferred, an
    /// anonymous mapping of which both ends are new continues nothing, and what changed is called inferred (not exact).
    /// </summary>
    public bool AfterSilence { get; init; }

    /// <summary>Whether a step is a silence, given the mean of the steps before it (none: no).</summary>
    public static bool IsSilence(TimeSpan step, TimeSpan before, int steps) => steps > 0 && step >= LeastSilence && step >= before / steps * SilentSteps;
}
