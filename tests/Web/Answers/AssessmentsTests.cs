using MemScope.Storage.Queries;
using MemScope.Storage.Verdicts;
using MemScope.Web.Answers;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Answers;

/// <summary>Which stored verdict is shown for a process as it stands.</summary>
public sealed class AssessmentsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly ProcessRow Process = new(Guid.NewGuid(), "default", "h", 1, null, null, 1, "c", "", null, new Dictionary<string, string>(StringComparer.Ordinal), Noon, 7) { LastUploadAt = Noon };

    private static readonly AssessedProcess Today = new(12.5, new AssessmentWire("leak", false, "anonymous", "what the snapshots say"));

    [Fact]
    public void One_of_this_very_change_is_shown_with_its_certainty_and_the_slope_of_the_snapshots()
    {
        var shown = Assessments.With(Verdict(7), Process, Today);
        Assert.Equal(("what the judge says", "confirmed", "S01", null), (shown.Assessment.Summary, shown.Assessment.Certainty, shown.Assessment.Rule, shown.Assessment.CertaintyAt));
        Assert.Equal(12.5, shown.BytesPerSecond);
    }

    [Fact]
    public void Of_an_earlier_change_only_the_certainty_of_the_same_verdict_is_told_and_with_its_time()
    {
        var shown = Assessments.With(Verdict(6), Process, Today).Assessment;
        Assert.Equal(("what the snapshots say", "confirmed", Noon.AddSeconds(-30)), (shown.Summary, shown.Certainty, shown.CertaintyAt));
        Assert.Same(Today, Assessments.With(Verdict(6) with { Kind = "healthy" }, Process, Today));
        Assert.Same(Today, Assessments.With(Verdict(6) with { Category = "heap" }, Process, Today));
        Assert.Same(Today, Assessments.With(Verdict(6) with { Certainty = null }, Process, Today));
        Assert.Same(Today, Assessments.With(Verdict(6) with { ComputedAt = Noon.AddHours(-1) }, Process, Today));
    }

    [Fact]
    public void One_of_a_change_that_this_row_has_not_seen_and_none_at_all_leave_what_the_snapshots_say()
    {
        Assert.Same(Today, Assessments.With(Verdict(8), Process, Today));
        Assert.Same(Today, Assessments.With(null, Process, Today));
    }

    private static VerdictRow Verdict(long seq) => new(Process.Id, new VerdictBasis(seq, "v", ""), "leak", "what the judge says", Noon.AddSeconds(-30)) { InsideMallocHeap = false, Category = "anonymous", Certainty = "confirmed", Rule = "S01" };
}
