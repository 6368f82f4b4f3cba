namespace MemScope.Core.Analysis.Findings;

/// <summary>Which of two findings explains the same growth better.</summary>
internal static class Precedence
{
    /// <summary>Stands in <c>yields-to</c> for every signature.</summary>
    public const string Any = "*";

    /// <summary>
    /// Whether a finding is not shown beside another one that is likely or confirmed. By name always; by <c>*</c> to every signature (S…) of the same kind on the same side of malloc: a leak
    /// outside is no better explained by what arenas keep.
    /// </summary>
    public static bool Yields(Finding finding, Finding to)
    {
        if (ReferenceEquals(finding, to) || finding.Certainty == Certainty.Refuted || to.Certainty is not (Certainty.Likely or Certainty.Confirmed)) return false;
        var (card, other) = (finding.Card, to.Card);
        if (card.YieldsTo.Contains(other.Id, StringComparer.Ordinal)) return true;
        if (!card.YieldsTo.Contains(Any, StringComparer.Ordinal) || other.Id[0] != 'S' || other.Kind != card.Kind) return false;
        return card.InsideMallocHeap is null || other.InsideMallocHeap is null || card.InsideMallocHeap == other.InsideMallocHeap;
    }
}
