using MemScope.Core.Analysis.Assessment;

namespace MemScope.Core.Analysis.Findings;

/// <summary>Judges a case by the cards of the knowledge base.</summary>
public static class Judge
{
    /// <summary>The findings and the assessment of a process over the window of the case. Never throws.</summary>
    public static Judgement Of(CaseFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new Judgement(ProcessAssessor.Assess(file.Track, file.From, file.To, file.Overrides), []);
    }
}
