using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Findings.Asking;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings;

/// <summary>Judges a case by the cards of the knowledge base.</summary>
public static class Judge
{
    /// <summary>The findings and the assessment of a process over the window of the case. Never throws.</summary>
    public static Judgement Of(CaseFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Of(file, Cards.All);
    }

    /// <summary>The same by other cards.</summary>
    internal static Judgement Of(CaseFile file, IReadOnlyList<Card> cards)
    {
        var facts = new CaseFacts(file);
        var judged = cards.Where(c => c.Kind != FindingKind.Hypothesis).Select(c => Judged(c, facts)).OfType<Finding>().ToList();
        var shown = judged.Where(f => !judged.Exists(other => Precedence.Yields(f, other))).OrderBy(Rank).ThenBy(f => f.Card.Id[0] == 'S' ? 0 : 1).ThenByDescending(f => f.BytesPerSecond ?? 0).ThenBy(f => f.Card.Id, StringComparer.Ordinal).ToList();
        for (var i = 0; i < shown.Count; i++)
            if (shown[i] is { Certainty: not Certainty.Refuted, Card.Kind: FindingKind.Leak or FindingKind.Retention }) shown[i] = shown[i] with { Hypotheses = Hypotheses.Beside(shown[i], facts, cards) };
        return new Judgement(CaseAssessor.Assess(facts, shown), shown);
    }

    /// <summary>One card by a case, whatever other cards say; null when it is silent.</summary>
    public static Finding? Of(Card card, CaseFile file) => Judged(card, new CaseFacts(file));

    private static Finding? Judged(Card card, CaseFacts facts)
    {
        // What makes it a suspect is asked first: most cards are silent, and the other checks cost more.
        var evidence = new Evidence?[card.Checks.Count];
        for (var i = 0; i < evidence.Length; i++)
        {
            if (card.Checks[i].Role != CheckRole.Suspect) continue;
            evidence[i] = Answer(card, card.Checks[i], facts);
            if (evidence[i]!.Result.State != CheckState.Holds) return null;
        }
        for (var i = 0; i < evidence.Length; i++) evidence[i] ??= Answer(card, card.Checks[i], facts);
        var answers = Array.ConvertAll(evidence, e => e!);
        var certainty = Ladder.Of(card, answers);
        var version = facts.VersionOf(card)?.Version;
        var category = card.Category ?? facts.Snapshots.Category;
        return new Finding(card with { Title = CaseWords.Fill(card.Title, facts, card) }, certainty, SummaryOf(card, certainty, answers, facts), answers)
        {
            BytesPerSecond = SlopeOf(card, category, facts),
            Category = category,
            Sites = FindingSites.Of(facts, card.InsideMallocHeap),
            Remedies = [.. card.Remedies.Where(r => VersionWords.IsFor(r, card, version))],
            Probes = ProbesOf(card, answers),
        };
    }

    /// <summary>First what would tell the checks that hold it on its rung, then the card's own; what would only add to the picture comes last.</summary>
    private static List<string> ProbesOf(Card card, Evidence[] answers)
    {
        var missing = answers.Where(e => e.Result.State == CheckState.Unknown && e.Probe is not null).ToLookup(e => e.Role != CheckRole.Support, e => e.Probe!);
        return [.. missing[true].Concat(card.Probes).Concat(missing[false]).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A check of a card with its answer.</summary>
    internal static Evidence Answer(Card card, CardCheck check, CaseFacts facts) =>
        new(check.Role, CaseWords.Fill(check.Claim, facts, card), Checks.All[check.Name].Answer(new CheckCall(facts, card, check.Arguments))) { Probe = check.Probe };

    private static string SummaryOf(Card card, Certainty certainty, Evidence[] answers, CaseFacts facts)
    {
        if (certainty == Certainty.Refuted && Array.Find(answers, e => e is { Role: CheckRole.Refute, Result.State: CheckState.Holds }) is { } reason) return $"{reason.Claim}: {reason.Result.Figures}.";
        return CaseWords.Fill(card.Mechanism, facts, card);
    }

    private static double? SlopeOf(Card card, Category? category, CaseFacts facts)
    {
        if (card.Kind is not (FindingKind.Leak or FindingKind.Retention or FindingKind.NotALeak) || facts.Count < 2) return null;
        return card.Category is null || category is not { } one || facts.Of([one]) is not { } series ? facts.Slope : facts.SlopeOf(series);
    }

    private static int Rank(Finding finding) => finding.Certainty switch { Certainty.Confirmed => 0, Certainty.Likely => 1, Certainty.Candidate => 2, _ => 3 };
}
