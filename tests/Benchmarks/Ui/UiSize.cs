using System.Globalization;

namespace MemScope.Benchmarks.Ui;

/// <summary>How much is measured.</summary>
/// <param name="Snapshots">Snapshots of the long process.</param>
/// <param name="Regions">Its mappings in each.</param>
/// <param name="WideSnapshots">Snapshots of the wide process.</param>
/// <param name="WideRegions">Its mappings in each.</param>
/// <param name="Updates">Snapshots that arrive while a page is open.</param>
/// <param name="Readers">Readers of a share at once.</param>
/// <param name="Judges">Whether limits hold: a small run has other sizes than they are for.</param>
internal sealed record UiSize(int Snapshots, int Regions, int WideSnapshots, int WideRegions, int Updates, int Readers, bool Judges)
{
    /// <summary>What docs/performance.md states.</summary>
    public static UiSize Full { get; } = new(2000, 3000, 30, 20_000, 30, 300, Judges: true);

    /// <summary>Small enough for a test that all of it works.</summary>
    public static UiSize Quick { get; } = new(40, 60, 3, 400, 2, 10, Judges: false);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Snapshots} snapshots of {Regions} regions, {WideSnapshots} of {WideRegions}");
}
