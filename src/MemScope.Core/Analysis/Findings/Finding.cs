using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings;

/// <summary>How sure a finding is. Slugs are the names in lower case.</summary>
public enum Certainty : byte
{
    /// <summary>It looks like it.</summary>
    Candidate,

    /// <summary>What marks it is there as well.</summary>
    Likely,

    /// <summary>It was seen doing it.</summary>
    Confirmed,

    /// <summary>Something speaks against it that cannot be otherwise.</summary>
    Refuted,
}

/// <summary>What a finding is, whatever its certainty. Slugs: <c>leak</c>, <c>retention</c>, <c>cost</c>, <c>risk</c>, <c>not-a-leak</c>, <c>not-this-process</c>, and for what is only asked <c>hypothesis</c>.</summary>
public enum FindingKind : byte
{
    /// <summary>Memory is taken and never given back.</summary>
    Leak,

    /// <summary>Memory was freed and an allocator keeps it.</summary>
    Retention,

    /// <summary>Memory does not grow; it costs time (churn).</summary>
    Cost,

    /// <summary>A limit other than RAM comes near (number of mappings).</summary>
    Risk,

    /// <summary>RSS grows or is large, and that is no fault: page cache, reclaimable pages.</summary>
    NotALeak,

    /// <summary>What grows is not this process.</summary>
    NotThisProcess,

    /// <summary>What it could have been: shown with a finding, refuted or not ruled out, never a finding by itself.</summary>
    Hypothesis,
}

/// <summary>Where memory is taken.</summary>
/// <param name="Frame">The frame that is named: the first that is no wrapper of a system call and no part of an allocator.</param>
/// <param name="Bytes">What it holds.</param>
/// <param name="Frames">The whole callchain, leaf first.</param>
public sealed record FindingSite(SiteFrame Frame, long Bytes, IReadOnlyList<SiteFrame> Frames)
{
    /// <summary>Mappings that a trace saw made here and not unmapped; 0 of a heap profile.</summary>
    public int Blocks { get; init; }

    /// <summary>The length that most of them have; null without any, and where callchains of the site differ in it.</summary>
    public long? BlockBytes { get; init; }

    /// <summary>What they hold, in RAM or not; 0 of a heap profile.</summary>
    public long OutstandingBytes { get; init; }

    /// <summary>Whether <see cref="Bytes"/> counts only what a snapshot says is in RAM.</summary>
    public bool IsResident { get; init; }
}

/// <summary>A hypothesis beside a finding.</summary>
/// <param name="Title">What it could have been.</param>
/// <param name="State">Fails: refuted. Holds: it could still be. Unknown: not told.</param>
/// <param name="Reason">Why, in words with figures.</param>
/// <param name="Metric">The figure to print at the right, or empty.</param>
public sealed record Hypothesis(string Title, CheckState State, string Reason, string Metric)
{
    /// <summary>Id of its card.</summary>
    public required string Rule { get; init; }

    /// <summary>Where that was read.</summary>
    public EvidenceSource? Source { get; init; }
}

/// <summary>A card that was judged by a case.</summary>
/// <param name="Card">The card.</param>
/// <param name="Certainty">How sure.</param>
/// <param name="Summary">One or two sentences with figures.</param>
/// <param name="Evidence">Its checks with their answers, in the card's order. Never empty.</param>
public sealed record Finding(Card Card, Certainty Certainty, string Summary, IReadOnlyList<Evidence> Evidence)
{
    /// <summary>Slope of what it is about, or null.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>The category that it is about, or null.</summary>
    public Category? Category { get; init; }

    /// <summary>Where memory is taken, most bytes first; empty when nobody has been seen.</summary>
    public IReadOnlyList<FindingSite> Sites { get; init; } = [];

    /// <summary>What to do, safest first; those for other versions than the process runs are left out.</summary>
    public IReadOnlyList<Remedy> Remedies { get; init; } = [];

    /// <summary>What it could have been.</summary>
    public IReadOnlyList<Hypothesis> Hypotheses { get; init; } = [];

    /// <summary>Slugs of the probes that would move it next, the gentlest first.</summary>
    public IReadOnlyList<string> Probes { get; init; } = [];
}

/// <summary>What a case comes to.</summary>
/// <param name="Assessment">In one line.</param>
/// <param name="Findings">The surest and heaviest first; refuted ones last.</param>
public sealed record Judgement(Assessment.ProcessAssessment Assessment, IReadOnlyList<Finding> Findings);
