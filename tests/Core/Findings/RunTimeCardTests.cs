using System.Globalization;
using MemScope.Core.Analysis.Findings;

namespace MemScope.Tests.Findings;

/// <summary>The cards of runtimes, shared memory, mappings and the host (S19 to S37) by real runs, each beside its healthy twin.</summary>
public sealed class RunTimeCardTests
{
    private static readonly IReadOnlyList<Card> Mine = [.. Cards.All.Where(c => c.Id[0] == 'S' && int.Parse(c.Id.AsSpan(1), CultureInfo.InvariantCulture) is >= 19 and <= 37)];

    public static TheoryData<string, string> Fired => Pairs(c => c.FiredBy);

    public static TheoryData<string, string> Silent => Pairs(c => c.SilentOn);

    [Theory]
    [MemberData(nameof(Fired))]
    public void A_card_is_fired_by_the_run_that_shows_it(string id, string run)
    {
        var finding = Judge.Of(Cards.Find(id)!, SignatureRuns.Of(run));

        Assert.NotNull(finding);
        Assert.NotEqual(Certainty.Refuted, finding.Certainty);
        Assert.NotEmpty(finding.Evidence);
        Assert.NotEmpty(finding.Remedies);
    }

    [Theory]
    [MemberData(nameof(Silent))]
    public void A_card_is_silent_on_the_mended_twin_and_on_other_programs(string id, string run)
    {
        var finding = Judge.Of(Cards.Find(id)!, SignatureRuns.Of(run));

        Assert.True(finding is null or { Certainty: Certainty.Refuted }, finding is null ? "" : UcxLeakVerdictTests.Told(finding));
    }

    [Theory]
    [InlineData("S19", "s19-python-arenas/hold", Certainty.Likely)]
    [InlineData("S20", "s20-python-cycles/late", Certainty.Candidate)]
    [InlineData("S21", "s21-undrained-list/leak", Certainty.Candidate)]
    [InlineData("S25", "s25-driver-memory/leak", Certainty.Confirmed)]
    [InlineData("S26", "s26-shared-tensors/keep", Certainty.Likely)]
    [InlineData("S27", "s27-shared-segments/leak", Certainty.Likely)]
    [InlineData("S28", "s28-locked-buffers/leak", Certainty.Likely)]
    [InlineData("S29", "s29-mapping-count/leak", Certainty.Likely)]
    [InlineData("S30", "s30-jit-code/leak", Certainty.Likely)]
    [InlineData("S31", "s31-loaded-again/leak", Certainty.Likely)]
    [InlineData("S32", "s32-grpc-channels/leak", Certainty.Confirmed)]
    [InlineData("S34", "s34-node-buffers/leak", Certainty.Likely)]
    [InlineData("S35", "s35-pinned-pages/leak", Certainty.Likely)]
    [InlineData("S36", "s36-growing-vector/leak", Certainty.Confirmed)]
    [InlineData("S37", "s27-orphaned-segments/leak", Certainty.Candidate)]
    public void How_sure_a_card_is_depends_on_what_was_captured(string id, string run, Certainty certainty)
    {
        var finding = Judge.Of(Cards.Find(id)!, SignatureRuns.Of(run));

        Assert.NotNull(finding);
        Assert.True(finding.Certainty == certainty, UcxLeakVerdictTests.Told(finding));
    }

    [Theory]
    [MemberData(nameof(Fired))]
    public void The_run_of_a_card_is_named_by_it_before_all_other_cards(string id, string run)
    {
        // What nobody drains is the general rule's (G02), which says the same with less.
        var expected = id == "S21" ? "G02" : id;

        Assert.Equal(expected, Judge.Of(SignatureRuns.Of(run)).Findings[0].Card.Id);
    }

    [Fact]
    public void Every_card_with_a_capture_has_its_certainty_tested_and_one_without_stays_a_candidate()
    {
        var tested = typeof(RunTimeCardTests).GetMethod(nameof(How_sure_a_card_is_depends_on_what_was_captured))!.GetCustomAttributesData().Where(a => a.AttributeType == typeof(InlineDataAttribute))
            .Select(a => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)[0].Value!);

        Assert.Equal(Mine.Where(c => c.IsTested).Select(c => c.Id), tested);
        Assert.Equal(["S22", "S23", "S24", "S33"], Mine.Where(c => !c.IsTested).Select(c => c.Id));
    }

    [Theory]
    [InlineData("steady-healthy")]
    [InlineData("plateau")]
    [InlineData("odd-maps")]
    [InlineData("ucx-leak/hook-none")]
    [InlineData("ucx-leak/unreleased-1024")]
    [InlineData("ucx-leak/ucx-1.13.1")]
    [InlineData("s19-python-arenas/drop")]
    [InlineData("s20-python-cycles/default")]
    [InlineData("s21-undrained-list/fixed")]
    [InlineData("s25-driver-memory/fixed")]
    [InlineData("s26-shared-tensors/drop")]
    [InlineData("s27-shared-segments/fixed")]
    [InlineData("s27-orphaned-segments/fixed")]
    [InlineData("s28-locked-buffers/fixed")]
    [InlineData("s29-mapping-count/fixed")]
    [InlineData("s30-jit-code/fixed")]
    [InlineData("s31-loaded-again/fixed")]
    [InlineData("s32-grpc-channels/fixed")]
    [InlineData("s34-node-buffers/fixed")]
    [InlineData("s35-pinned-pages/fixed")]
    [InlineData("s36-growing-vector/fixed")]
    public void A_healthy_process_has_no_finding_of_any_of_these_cards(string run)
    {
        var file = SignatureRuns.Of(run);

        Assert.Empty(Mine.Select(c => Judge.Of(c, file)).OfType<Finding>().Select(UcxLeakVerdictTests.Told));
    }

    [Theory]
    [InlineData("ucx-leak")]
    [InlineData("ucx-leak/with-heaptrack")]
    public void None_of_them_is_surer_than_the_founding_case_s_card_on_its_leak(string name)
    {
        var file = SignatureRuns.Of(name);

        Assert.DoesNotContain(Mine.Select(c => Judge.Of(c, file)).OfType<Finding>(), f => f.Certainty is Certainty.Likely or Certainty.Confirmed);
        Assert.Equal("S01", Judge.Of(file).Findings[0].Card.Id);
    }

    [Theory]
    [InlineData("S26", "s26-shared-tensors/keep", "kept")]
    [InlineData("S27", "s27-shared-segments/leak", "held")]
    [InlineData("S31", "s31-loaded-again/leak", "loaded")]
    public void What_piles_up_is_as_many_as_the_program_counted(string id, string run, string number)
    {
        var piled = Judge.Of(Cards.Find(id)!, SignatureRuns.Of(run))!.Evidence.First(e => e.Role == CheckRole.Suspect && e.Result.Metric is { } m && m.StartsWith('+'));

        // A snapshot may fall between the making of one and the line that counts it.
        Assert.InRange(int.Parse(piled.Result.Metric!, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture), SignatureRuns.CountedRise(run, number) - 2, SignatureRuns.CountedRise(run, number) + 2);
    }

    [Theory]
    [InlineData("s28-locked-buffers/leak", "S28")]
    [InlineData("s31-loaded-again/leak", "S31")]
    public void A_leak_of_which_RSS_has_no_form_is_called_one_by_the_card_that_sees_it(string run, string id)
    {
        var judgement = Judge.Of(SignatureRuns.Of(run));

        Assert.Equal((id, "leak"), (judgement.Findings[0].Card.Id, judgement.Assessment.Kind));
        Assert.Equal(judgement.Findings[0].Summary, judgement.Assessment.Summary);
    }

    [Theory]
    [InlineData("s25-driver-memory/leak", "S25")]
    [InlineData("s35-pinned-pages/leak", "S35")]
    public void Memory_that_no_mapping_shows_leaves_the_process_healthy(string run, string id)
    {
        var judgement = Judge.Of(SignatureRuns.Of(run));

        Assert.Equal((id, "healthy"), (judgement.Findings[0].Card.Id, judgement.Assessment.Kind));
        Assert.Equal(FindingKind.NotThisProcess, judgement.Findings[0].Card.Kind);
    }

    [Fact]
    public void Without_figures_of_the_host_nothing_is_said_of_memory_outside_the_mappings()
    {
        foreach (var (id, run) in new[] { ("S25", "s25-driver-memory/leak"), ("S35", "s35-pinned-pages/leak"), ("S37", "s27-orphaned-segments/leak") })
            Assert.Null(Judge.Of(Cards.Find(id)!, SignatureRuns.Of(run) with { Figures = [] }));
    }

    [Fact]
    public void Driver_memory_is_confirmed_only_when_it_is_seen_to_come_back()
    {
        var file = SignatureRuns.Of("s25-driver-memory/leak");
        var end = file.Track.Points[^1].TakenAt.AddSeconds(0.3);

        var finding = Judge.Of(Cards.Find("S25")!, file with { Figures = [.. file.Figures.Where(f => f.At <= end)] });

        Assert.Equal(Certainty.Candidate, finding!.Certainty);
    }

    [Fact]
    public void A_growing_vector_without_a_trace_stays_a_candidate()
    {
        var finding = Judge.Of(Cards.Find("S36")!, SignatureRuns.Of("s36-growing-vector/leak") with { Sites = [], Traces = [], Growth = null });

        Assert.Equal(Certainty.Candidate, finding!.Certainty);
    }

    [Fact]
    public void The_number_of_mappings_is_judged_by_the_limit_that_a_label_says()
    {
        var file = SignatureRuns.Of("s29-mapping-count/leak");
        var raised = file with { Process = file.Process with { Labels = new Dictionary<string, string> { ["max_map_count"] = "262144" } } };

        Assert.NotNull(Judge.Of(Cards.Find("S29")!, file));
        Assert.Null(Judge.Of(Cards.Find("S29")!, raised));
    }

    private static TheoryData<string, string> Pairs(Func<Card, IReadOnlyList<string>> of)
    {
        var pairs = new TheoryData<string, string>();
        foreach (var card in Mine) foreach (var run in of(card)) pairs.Add(card.Id, run);
        return pairs;
    }
}
