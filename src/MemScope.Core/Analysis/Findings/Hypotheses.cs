using MemScope.Core.Analysis.Findings.Asking;

namespace MemScope.Core.Analysis.Findings;

/// <summary>What a finding could have been: asked only beside one, never a finding by itself.</summary>
internal static class Hypotheses
{
    /// <summary>
    /// The hypotheses beside a finding, refuted ones first. One that says what the finding says is not asked: the same category, or both inside malloc's heap, or named by its
    /// <c>yields-to</c>. Nor is one whose suspect fails.
    /// </summary>
    public static IReadOnlyList<Hypothesis> Beside(Finding finding, CaseFacts facts, IReadOnlyList<Card> cards) =>
    [
        .. cards.Where(c => c.Kind == FindingKind.Hypothesis && IsAnother(c, finding)).Select(c => Asked(c, facts)).OfType<Hypothesis>()
            .OrderBy(h => h.State switch { CheckState.Fails => 0, CheckState.Holds => 1, _ => 2 }).ThenBy(h => h.Rule, StringComparer.Ordinal),
    ];

    private static bool IsAnother(Card card, Finding finding) =>
        !(card.InsideMallocHeap is true && finding.Card.InsideMallocHeap is true) && !(card.Category is { } category && category == finding.Category) && !card.YieldsTo.Contains(finding.Card.Id, StringComparer.Ordinal);

    private static Hypothesis? Asked(Card card, CaseFacts facts)
    {
        var evidence = card.Checks.Select(c => Judge.Answer(card, c, facts)).ToList();
        if (evidence.Exists(e => e is { Role: CheckRole.Suspect, Result.State: CheckState.Fails })) return null;
        var refutes = evidence.FindAll(e => e.Role == CheckRole.Refute);
        var told = refutes.Find(e => e.Result.State == CheckState.Holds) ?? refutes.Find(e => e.Result.State == CheckState.Fails) ?? refutes[0];
        var state = told.Result.State switch { CheckState.Holds => CheckState.Fails, CheckState.Fails => CheckState.Holds, _ => CheckState.Unknown };
        var title = CaseWords.Fill(card.Title, facts, card);
        return new Hypothesis(title.Contains('…', StringComparison.Ordinal) ? card.Name : title, state, told.Result.Figures, told.Result.Metric ?? "") { Rule = card.Id, Source = told.Result.Source };
    }
}
