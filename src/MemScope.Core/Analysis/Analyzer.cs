namespace MemScope.Core.Analysis;

/// <summary>The analysis as a whole: what is kept of its answers (totals by category, rows of regions) carries its version and is computed again when that is another.</summary>
public static class Analyzer
{
    /// <summary>Greater with each change of lineage, categories or growth that gives other answers for the same snapshots.</summary>
    public const short Version = 2;
}
