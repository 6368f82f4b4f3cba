namespace MemScope.Core.Analysis.Findings;

/// <summary>The rungs of certainty.</summary>
internal static class Ladder
{
    /// <summary>
    /// How sure a card is whose suspects all hold. Each rung is reached when all its checks hold; what is not known raises nothing. A rung without checks is passed but never stood on, so
    /// that a card with nothing but suspects stays a candidate. One refutation that holds refutes. A card that no real capture fires stays a candidate.
    /// </summary>
    public static Certainty Of(Card card, IReadOnlyList<Evidence> evidence)
    {
        if (evidence.Any(e => e is { Role: CheckRole.Refute, Result.State: CheckState.Holds })) return Certainty.Refuted;
        if (!card.IsTested) return Certainty.Candidate;
        var certainty = Certainty.Candidate;
        foreach (var (role, rung) in ((CheckRole, Certainty)[])[(CheckRole.Likely, Certainty.Likely), (CheckRole.Confirm, Certainty.Confirmed)])
        {
            var checks = evidence.Where(e => e.Role == role).ToList();
            if (checks.Exists(e => e.Result.State != CheckState.Holds)) break;
            if (checks.Count > 0) certainty = rung;
        }
        return certainty;
    }
}
