using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Findings.Asking;
using MemScope.Web.Wire;

namespace MemScope.Web.Components.Pages.Findings;

/// <summary>How kinds, verdicts and states of findings are called and marked. The lists are closed, so that nothing from a capture becomes a class.</summary>
public static class FindingLook
{
    /// <summary>Steps of the ladder, the least sure first.</summary>
    public static IReadOnlyList<string> Steps { get; } = ["candidate", "likely", "confirmed"];

    /// <summary>What a finding is refuted with.</summary>
    public const string Refuted = "refuted";

    /// <summary>Class, glyph and word of a kind.</summary>
    public static (string Class, string Glyph, string Word) Kind(string kind) => kind switch
    {
        "leak" => ("leak", "↗", "Leak"),
        "retention" => ("retention", "■", "Retention"),
        "cost" => ("unclear", "≈", "Cost"),
        "risk" => ("retention", "!", "Risk"),
        "not-a-leak" => ("healthy", "✓", "Not a leak"),
        "not-this-process" => ("unclear", "→", "Not this process"),
        _ => ("unclear", "?", "Finding"),
    };

    /// <summary>How many steps of the ladder a verdict has reached: 1 to 3; 0 for a refuted finding.</summary>
    public static int Reached(string verdict) => verdict switch { "confirmed" => 3, "likely" => 2, Refuted => 0, _ => 1 };

    /// <summary>Whether a finding is refuted.</summary>
    public static bool IsRefuted(FindingWire finding) => finding.Verdict == Refuted;

    /// <summary>The finding that a page leads with: the first that is not refuted, or null.</summary>
    public static FindingWire? Leading(FindingsWire? findings) => findings?.Items.FirstOrDefault(f => !IsRefuted(f));

    /// <summary>What a site is called, as sentences call it: without parameters and template arguments.</summary>
    public static string Site(FindingSiteWire site) => SitePlace.Name(new SiteFrame(site.Function, site.Module, site.File, site.Line));

    /// <summary>What is said where there is no finding.</summary>
    public static string Nothing(FindingsWire findings) => findings.Assessment.Kind is "healthy"
        ? $"Nothing found. {Format.Of(findings.Checked.Count, "signature")} checked, all silent."
        : "No finding: what was uploaded does not tell yet.";

    /// <summary>Where it lies: <c>outside malloc, Anonymous</c>; empty when nothing is known.</summary>
    public static string Place(FindingWire finding) => string.Join(", ", new[]
    {
        finding.InsideMallocHeap switch { true => "inside malloc’s heap", false => "outside malloc", _ => null },
        finding.Category is { } category ? CategoryLook.Title(category) : null,
    }.OfType<string>());

    /// <summary>The checks that carry the verdict: all but those that would refute.</summary>
    public static IEnumerable<EvidenceWire> Carrying(FindingWire finding) => finding.Evidence.Where(e => e.Role != "refute");

    /// <summary>The checks that would refute.</summary>
    public static IEnumerable<EvidenceWire> Against(FindingWire finding) => finding.Evidence.Where(e => e.Role == "refute");

    /// <summary>How the checks stand: <c>8 of 8 checks hold</c>, <c>5 of 8 checks hold, 1 does not, 2 not known yet</c>.</summary>
    public static string Count(FindingWire finding)
    {
        var checks = Carrying(finding).ToList();
        var (fails, unknown) = (checks.Count(e => e.State == "fails"), checks.Count(e => e.State == "unknown"));
        var words = $"{checks.Count - fails - unknown} of {Format.Of(checks.Count, "check holds", "checks hold")}";
        if (fails > 0) words += fails == 1 ? ", 1 does not" : $", {fails} do not";
        return unknown > 0 ? $"{words}, {unknown} not known yet" : words;
    }

    /// <summary>What else it could have been, in figures: <c>7 refuted, 1 not ruled out</c>.</summary>
    public static string Count(IReadOnlyList<HypothesisWire> hypotheses) => string.Join(", ", new[] { ("refuted", "refuted"), ("open", "not ruled out"), ("unknown", "not known") }
        .Select(s => (Count: hypotheses.Count(h => h.State == s.Item1), Word: s.Item2)).Where(s => s.Count > 0).Select(s => $"{s.Count} {s.Word}"));
}
