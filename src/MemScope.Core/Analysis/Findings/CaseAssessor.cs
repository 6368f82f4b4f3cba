using MemScope.Core.Analysis.Assessment;
using MemScope.Core.Analysis.Findings.Asking;

namespace MemScope.Core.Analysis.Findings;

/// <summary>Says in one line what a case comes to, by all evidence.</summary>
internal static class CaseAssessor
{
    /// <summary>The assessment; it begins with what the snapshots say.</summary>
    public static ProcessAssessment Assess(CaseFacts facts, IReadOnlyList<Finding> findings) => facts.Snapshots;
}
