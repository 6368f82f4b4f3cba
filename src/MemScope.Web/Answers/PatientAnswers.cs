using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>For what is kept: a file that is saved and a view that is frozen wait longer for names than a page, which asks again by itself.</summary>
internal static class PatientAnswers
{
    /// <summary>How often is asked again; each answer waits for <see cref="Core.Limits.NamingWaitMs"/>.</summary>
    private const int Rounds = 6;

    /// <summary>As <see cref="StackAnswers.AskAsync"/>, with all names that come within half a minute.</summary>
    public static async Task<StackAnswer?> AskPatientlyAsync(this StackAnswers answers, StackQuestion question, CancellationToken cancel)
    {
        var answer = await answers.AskAsync(question, cancel);
        for (var round = 1; round < Rounds && answer is { Head.PendingFrames: > 0 }; round++) answer = await answers.AskAsync(question, cancel);
        return answer;
    }
}
