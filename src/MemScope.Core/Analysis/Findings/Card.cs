using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Findings;

/// <summary>What to do about a finding.</summary>
/// <param name="Title">In a few words: <c>Turn the hooks off</c>.</param>
/// <param name="Setting">The setting or command to copy, or null.</param>
/// <param name="Caveat">What to know before, or empty.</param>
/// <param name="Source">Where that was learnt.</param>
public sealed record Remedy(string Title, string? Setting, string Caveat, string Source)
{
    /// <summary>Versions that it is for, as the card says (<c>ucx &lt; 1.21</c>), or null for all.</summary>
    public string? Versions { get; init; }
}

/// <summary>A check as a card asks for it.</summary>
/// <param name="Role">What it is for.</param>
/// <param name="Name">Which check: a key of <see cref="Checks.All"/>.</param>
/// <param name="Claim">What it claims, as a fact.</param>
/// <param name="Arguments">Its parameters by name; each is one text or several.</param>
public sealed record CardCheck(CheckRole Role, string Name, string Claim, IReadOnlyDictionary<string, IReadOnlyList<string>> Arguments)
{
    /// <summary>Slug of the probe that would tell, or null.</summary>
    public string? Probe { get; init; }

    /// <summary>Why its numbers are what they are, for people; or null.</summary>
    public string? Why { get; init; }
}

/// <summary>A signature of the knowledge base: one file of <c>Findings/Cards</c>. docs/findings.md explains its keys.</summary>
/// <param name="Id">Its number, <c>S01</c>; general rules have <c>G</c>, hypotheses <c>H</c>.</param>
/// <param name="Name">What it is called: <c>UCX registration-cache invalidation queue</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Title">The cause as a fact.</param>
/// <param name="Mechanism">How it comes about, in one or two sentences; {placeholders} are filled in by the judge.</param>
public sealed record Card(string Id, string Name, FindingKind Kind, string Title, string Mechanism)
{
    /// <summary>Whether it lies in malloc's heap; null when that differs.</summary>
    public bool? InsideMallocHeap { get; init; }

    /// <summary>The category that it is about, or null for the one that grows.</summary>
    public Category? Category { get; init; }

    /// <summary>What it does to the memory that grows, as a clause of the sentence on the process: <c>UCX's registration cache extends from inside munmap</c>; or null.</summary>
    public string? InShort { get; init; }

    /// <summary>Its checks in the order in which they are shown.</summary>
    public IReadOnlyList<CardCheck> Checks { get; init; } = [];

    /// <summary>What to do, safest first.</summary>
    public IReadOnlyList<Remedy> Remedies { get; init; } = [];

    /// <summary>Issues, commits and pages where it is described.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Real captures that fire it, names of the corpus: without one the card is untested and stays a candidate.</summary>
    public IReadOnlyList<string> FiredBy { get; init; } = [];

    /// <summary>Real captures that refute it or leave it silent.</summary>
    public IReadOnlyList<string> SilentOn { get; init; } = [];

    /// <summary>Cards that explain the same growth better: it is not shown beside a likely or confirmed one of them. <c>*</c> for all.</summary>
    public IReadOnlyList<string> YieldsTo { get; init; } = [];

    /// <summary>Slugs of the probes that would move it, the gentlest first.</summary>
    public IReadOnlyList<string> Probes { get; init; } = [];

    /// <summary>The library or runtime that its versions are of, as people write it: <c>UCX</c>; or null.</summary>
    public string? Product { get; init; }

    /// <summary>Where its version stands in paths of mapped files and in values of labels: patterns with <c>{version}</c>, <c>*/ucx-{version}/*</c>.</summary>
    public IReadOnlyList<string> ProductVersions { get; init; } = [];

    /// <summary>Whether a real capture fires it.</summary>
    public bool IsTested => FiredBy.Count > 0;
}
