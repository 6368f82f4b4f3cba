using System.Globalization;

namespace MemScope.Benchmarks.Stacks;

/// <summary>How much is measured.</summary>
/// <param name="Events">Events of each trace.</param>
/// <param name="Chains">Distinct stacks that they are chosen from.</param>
/// <param name="Frames">Frames of each.</param>
/// <param name="FoldedBytes">Size of the folded file.</param>
/// <param name="Judges">Whether limits hold: a small run has other sizes than they are for.</param>
internal sealed record StacksSize(int Events, int Chains, int Frames, long FoldedBytes, bool Judges)
{
    /// <summary>What docs/performance.md states.</summary>
    public static StacksSize Full { get; } = new(150_000, 20_000, 24, 50_000_000, Judges: true);

    /// <summary>Small enough for a test that all of it works.</summary>
    public static StacksSize Quick { get; } = new(600, 60, 24, 200_000, Judges: false);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Events} events of {Frames} frames, {Chains} stacks");
}
