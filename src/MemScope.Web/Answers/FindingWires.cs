using MemScope.Core.Analysis.Findings;
using MemScope.Core.Analysis.Probes;
using MemScope.Core.Model;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Findings as wire records.</summary>
internal static class FindingWires
{
    private const int MostSites = 20;
    private const int MostFrames = 40;

    /// <summary>A judgement over a window.</summary>
    public static FindingsWire Of(Judgement judgement, WindowWire window) => new(window, Sure(judgement), [.. judgement.Findings.Select(Finding)])
    {
        Checked = [.. Cards.All.Where(c => c.Kind != FindingKind.Hypothesis && judgement.Findings.All(f => f.Card.Id != c.Id)).Select(c => $"{c.Id} {c.Name}")],
    };

    /// <summary>The assessment with the certainty of the finding behind it: the surest one that says the same.</summary>
    private static AssessmentWire Sure(Judgement judgement)
    {
        var assessment = judgement.Assessment.ToWire();
        return judgement.Findings.FirstOrDefault(f => f.Certainty != Certainty.Refuted && f.Card.Kind.Slug() == assessment.Kind) is { } lead
            ? assessment with { Certainty = lead.Certainty.Slug(), Rule = lead.Card.Id }
            : assessment;
    }

    /// <summary>Slug of a certainty.</summary>
    public static string Slug(this Certainty certainty) => certainty switch { Certainty.Candidate => "candidate", Certainty.Likely => "likely", Certainty.Confirmed => "confirmed", _ => "refuted" };

    /// <summary>Slug of a kind.</summary>
    public static string Slug(this FindingKind kind) => kind switch
    {
        FindingKind.Leak => "leak", FindingKind.Retention => "retention", FindingKind.Cost => "cost", FindingKind.Risk => "risk",
        FindingKind.NotALeak => "not-a-leak", FindingKind.NotThisProcess => "not-this-process", _ => "hypothesis",
    };

    private static FindingWire Finding(Finding f) =>
        new(f.Card.Id, f.Certainty.Slug(), f.Card.Kind.Slug(), f.Category?.Slug(), f.Summary, f.BytesPerSecond, [.. f.Sites.Take(MostSites).Select(Site)], [.. f.Evidence.Select(Evidence)],
            [.. f.Remedies.Select(r => new RemedyWire(r.Title, r.Setting, r.Caveat, r.Source, r.Versions, null))], [])
        {
            Name = f.Card.Name,
            Title = f.Card.Title,
            InsideMallocHeap = f.Card.InsideMallocHeap,
            Hypotheses = [.. f.Hypotheses.Select(h => new HypothesisWire(h.Rule, h.Title, State(h.State), h.Reason, h.Metric, Source(h.Source)))],
            Tested = f.Card.IsTested,
            Sources = f.Card.Sources,
            ProbeSlugs = f.Probes,
        };

    private static FindingSiteWire Site(FindingSite s) => new(s.Frame.Function, s.Frame.File, s.Frame.Line, s.Frame.Module, s.Bytes)
    {
        Callchain = [.. s.Frames.Select(f => f.Function ?? f.Module ?? "unknown")],
        Frames = [.. s.Frames.Take(MostFrames).Select(f => new SiteFrameWire(f.Function, f.File, f.Line, f.Module, f.Offset) { Inlined = f.Inlined, GapAfter = f.GapAfter })],
        Blocks = s.Blocks,
        BlockBytes = s.BlockBytes,
        OutstandingBytes = s.OutstandingBytes,
        IsResident = s.IsResident,
    };

    private static EvidenceWire Evidence(Evidence e) =>
        new(e.Role.ToString().ToLowerInvariant(), e.Result.State.ToString().ToLowerInvariant(), e.Claim, e.Result.Figures, e.Result.Metric, Source(e.Result.Source), e.Probe) { Curve = e.Result.Curve };

    // A hypothesis is asked as "it is this": what holds is still open, what fails is refuted.
    private static string State(CheckState state) => state switch { CheckState.Fails => "refuted", CheckState.Holds => "open", _ => "unknown" };

    private static EvidenceSourceWire? Source(EvidenceSource? source) => source is null ? null : new(source.Kind switch
    {
        EvidenceKind.Snapshots => "snapshots", EvidenceKind.Region => "region", EvidenceKind.Stacks => "stacks", EvidenceKind.Trace => "trace",
        EvidenceKind.HeapProfile => "heap-profile", EvidenceKind.Figures => "figures", _ => "ledger",
    }, source.Words, source.Region, source.Trace, source.Category);
}
