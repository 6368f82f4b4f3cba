using MemScope.Web.Components.Layout;
using MemScope.Web.Wire;

namespace MemScope.Web.Tests.Components;

/// <summary>Every page of a process says where the investigation goes on: what grows, which regions, who mapped them, why, the proof.</summary>
public sealed class NextStepsTests
{
    [Fact]
    public void The_steps_lead_from_the_overview_to_the_proof_and_pass_no_page_twice()
    {
        var view = View(Samples.Process() with { Traces = 2 }, FindingSamples.Findings(Proven()));
        var (path, way) = ($"p/{Samples.ProcessId}?from=56&to=79", new List<string>());
        while (way.Count < 10 && NextSteps.After(PagePlace.Of(path), view) is { } step)
        {
            path = step.Href.TrimStart('/');
            way.Add(path.Split('?')[0].Replace($"p/{Samples.ProcessId}", "", StringComparison.Ordinal));
            if (way[^1] != "compare") Assert.Contains("from=56&to=79", path, StringComparison.Ordinal); // the window goes along
            else break;
        }
        Assert.Equal(["/regions", "/stacks", "/findings/S01", "compare"], way);
        Assert.Contains($"current={FindingSamples.FixedRun}", path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_tells_the_figure_that_makes_it_worth_going_on()
    {
        var view = View(Samples.Process() with { Traces = 2, HeapProfiles = 1 }, FindingSamples.Findings(Proven()));

        Assert.Contains($"{432_029 * 60 / (1024.0 * 1024):0.0} MiB/min", After("", view).Why, StringComparison.Ordinal);
        Assert.Equal("2 traces and 1 heap profile", After("/regions", view).Why);
        Assert.Contains(view.Findings!.Items[0].Title, After("/stacks", view).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_region_leads_to_its_own_stacks()
    {
        var region = Guid.CreateVersion7();
        Assert.Contains($"region={region}", After($"/regions/{region}", View(Samples.Process(), null)).Href, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_process_that_does_not_grow_the_next_question_is_what_it_holds()
    {
        var view = View(Samples.Process(kind: "healthy"), null);
        Assert.Contains("/ledger", After("", view).Href, StringComparison.Ordinal);
        Assert.Contains("/ledger", After("/regions", view).Href, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_trace_the_page_with_the_command_is_named()
    {
        var step = After("/regions", View(Samples.Process(), null));
        Assert.EndsWith("/stacks?from=56&to=79&v=1", step.Href, StringComparison.Ordinal);
        Assert.Contains("command", step.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_without_anything_has_no_next_step() =>
        Assert.Null(NextSteps.After(PagePlace.Of($"p/{Samples.ProcessId}"), View(Samples.Process() with { Snapshots = 0 }, null)));

    [Theory]
    [InlineData("p/x", "Overview", null)]
    [InlineData("p/x?from=1#notes", "Overview", null)]
    [InlineData("p/x/regions/7f", "Regions", "7f")]
    [InlineData("p/x/Findings/S01?v=1", "Findings", "S01")]
    [InlineData("p/x/unknown", null, null)]
    public void A_place_is_told_by_the_path_alone(string path, string? tab, string? thing)
    {
        var place = PagePlace.Of(path);
        Assert.Equal((tab, thing), (place.View?.Title, place.Thing));
    }

    private static NextStep After(string path, ProcessView view) => NextSteps.After(PagePlace.Of($"p/{Samples.ProcessId}{path}"), view)!;

    private static ProcessView View(ProcessWire process, FindingsWire? findings) => new(process, new WindowState(null, 56, 79), 1) { Findings = findings };

    private static FindingWire Proven() => FindingSamples.Finding() with { Remedies = [FindingSamples.Remedy(FindingSamples.FixedRun)] };
}
