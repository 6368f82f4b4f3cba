using MemScope.Web.Wire;

namespace MemScope.Web.Sharing;

/// <summary>The evidence that a ticket leads with.</summary>
public static class TicketWhy
{
    /// <summary>What speaks against the finding first; then the checks that carry the verdict, in their own order; those of the suspicion fill up.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="most">How many at most.</param>
    public static IReadOnlyList<EvidenceWire> Of(FindingWire finding, int most)
    {
        ArgumentNullException.ThrowIfNull(finding);
        var told = finding.Evidence.Select((e, i) => (Evidence: e, Place: i, Rank: Rank(e))).Where(e => e.Rank is not null).OrderBy(e => e.Rank).ThenBy(e => e.Place).Take(most);
        return [.. told.OrderBy(e => e.Rank > 0).ThenBy(e => e.Place).Select(e => e.Evidence)];
    }

    /// <summary>What is said of a check that does not speak for the finding; empty for those that do.</summary>
    public static string Says(EvidenceWire evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return (evidence.Role, evidence.State) switch { ("refute", "holds") => " (speaks against it)", (not "refute", "fails") => " (does not hold)", _ => "" };
    }

    /// <summary>What it could have been and is not, in one line; empty when nothing was ruled out.</summary>
    public static string Refuted(FindingWire finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return string.Join("; ", finding.Hypotheses.Where(h => h.State == "refuted").Select(h => h.Title));
    }

    private static int? Rank(EvidenceWire evidence) => (evidence.Role, evidence.State) switch
    {
        ("refute", "holds") or (not "refute", "fails") => 0,
        ("confirm", "holds") => 1,
        ("likely", "holds") => 2,
        ("support", "holds") => 3,
        ("suspect", "holds") => 4,
        _ => null,
    };
}
