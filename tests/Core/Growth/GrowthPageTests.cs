using System.Globalization;
using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Growth;
using MemScope.Core.Analysis.Proof;

namespace MemScope.Tests;

/// <summary>docs/growth.md against the code.</summary>
public sealed class GrowthPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Fixtures.RepositoryRoot, "docs", "growth.md"));

    [Fact]
    public void Each_shape_has_a_row_and_each_row_is_a_shape()
    {
        var rows = Page.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('`')[1]);
        Assert.Equal(Enum.GetValues<GrowthShape>().Select(s => s.Slug()).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Thresholds_on_the_page_are_those_of_the_code()
    {
        Says("flat", $"by {ShapeOf.FlatBytes / 1024} KiB", $"by {ShapeOf.FlatBytes / GrowthMetric.Mappings.Weight} mappings", $"{100 * ShapeOf.FlatShare} % of its level");
        Says("geometric", $"{ShapeOf.LeastFactor}-fold", $"R² {ShapeOf.GeometricRSquared}");
        Says("linear", $"at least {Straight.RSquared} (", $"{Straight.StrictRSquared} with fewer than {Straight.FewPoints} snapshots", $"{Straight.NoisyRSquared} where", $"{Straight.Steady} times as steep",
            $"the last {100 * Straight.LastStretch} %", $"at least {Straight.Drift} of its standard errors");
        Says("sawtooth", $"at least {Teeth.Fewest} sudden falls", $"{100 * Teeth.Height} % of the range");
        Says("step", $"up to {Rise.MostJumps} jumps");
        Says("plateau", $"the last {100 * Rise.HeldShare} % of the snapshots");
        Assert.Equal((1.0 / 3, 0.1), (Straight.WarmUp, Rise.LevelSlope)); // "a third", "a tenth"
        foreach (var text in new FormattableString[] { $"up to {ChangePoints.Most}, none", $"at least {ChangePoints.FewestPoints} snapshots", $"by {100 * ChangePoints.WorthTelling} % of the range", $"more than {Spikes.StandsOff} times",
            $"one snapshot in {Spikes.OneIn}", $"{Straight.FewestBehindSetback} snapshots at least", $"{Straight.StillAsSteep} times as steep as the whole", $"{ProcessAssessor.SmallestLeakBytes / 1024} KiB or more",
            $"there are {ProcessAssessor.FewestSnapshots} snapshots or more" }.Select(Invariant)) Assert.Contains(text, Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_measures_of_a_proof_are_those_of_the_code()
    {
        foreach (var text in new FormattableString[] { $"at most {FixProver.MostLeft} of the lower end of the old one", $"at least {FixProver.StillGrows} of the lower end", $"at least {FixProver.TimesNoise} times the deviation",
            $"fewer than {ProcessAssessor.FewestSnapshots} snapshots, it is", $"at least {ProcessAssessor.SmallestLeakBytes / 1024} KiB and" }.Select(Invariant)) Assert.Contains(text, Page, StringComparison.Ordinal);
    }

    private static void Says(string shape, params FormattableString[] texts)
    {
        var row = Page.Split('\n').Single(l => l.StartsWith($"| `{shape}`", StringComparison.Ordinal));
        foreach (var text in texts) Assert.Contains(text.ToString(CultureInfo.InvariantCulture), row, StringComparison.Ordinal);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
