using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>The overview with what the judge says of the process.</summary>
public static class JudgedOverview
{
    /// <summary>Over the whole track the sentence is that of the judgement, which knows traces and profiles too; of a part it tells what happened there.</summary>
    public static OverviewWire With(this OverviewWire overview, FindingsWire? findings) =>
        findings is not null && overview is { Window: { IsWhole: true, Snapshots: > 1 }, Last.RssBytes: not null } ? overview with { Answer = findings.Assessment.Summary } : overview;
}
