using Bunit;
using MemScope.Core.Analysis.Categories;
using MemScope.Web.Components;
using MemScope.Web.Components.Pages.Overview;
using MemScope.Web.Components.Pages.Regions;
using MemScope.Web.Components.Pages.Shares;
using MemScope.Web.Wire;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace MemScope.Web.Tests.Components;

/// <summary>How sure a category is, how it is changed, and that a change is never silent.</summary>
public sealed class CategoryTests : BunitContext
{
    private static readonly RegionWire Guessed = Samples.Region() with
    {
        Kind = "unnamed", CategoryConfidence = "C", CategoryRule = "anonymous", CategoryReason = "unnamed private memory: who mapped it, only a trace can tell (40.9 MiB)",
    };

    private static readonly RegionWire Changed = Guessed with { Category = "heap", CategoryByRule = "anonymous", CategoryReason = "changed in this view; by rule it is anonymous: unnamed private memory" };

    public CategoryTests() => Services.AddScoped<Radzen.DialogService>();

    [Fact]
    public void A_region_says_what_it_is_how_sure_and_why()
    {
        var facts = Render<RegionView>(p => p.Add(c => c.Region, Guessed)).Find(".facts").TextContent;

        Assert.Contains("Anonymous, guess", facts, StringComparison.Ordinal);
        Assert.Contains(Guessed.CategoryReason, facts, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A", "")]
    [InlineData("B", "B, strong pattern")]
    [InlineData("C", "C, guess")]
    [InlineData("", "")] // frozen before it was known
    public void A_row_marks_what_is_not_certain(string confidence, string mark)
    {
        var row = Render<RegionTable>(p => p.Add(c => c.Regions, Samples.Regions(Guessed with { CategoryConfidence = confidence })));

        Assert.Equal(mark, string.Concat(row.FindAll(".confidence").Select(m => m.TextContent)));
    }

    [Fact]
    public void A_frozen_region_offers_no_change_and_a_live_one_does()
    {
        Assert.Empty(Render<RegionView>(p => p.Add(c => c.Region, Guessed)).FindAll("button"));
        Assert.Contains(Live<RegionView>(p => p.Add(c => c.Region, Guessed)).FindAll("button"), b => b.TextContent == "Change category");
        Assert.Single(Live<RegionTable>(p => p.Add(c => c.Regions, Samples.Regions(Guessed))).FindAll("button.cell-button"));
    }

    [Fact]
    public void Every_choice_is_an_address_and_reserved_is_none()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/p/x/regions?sort=rss&v=1");
        var dialog = Render<CategoryDialog>(p => p.Add(c => c.Region, Guessed).Add(c => c.Overrides, CategoryOverrides.Parse("shared:rule:memfd")));

        var links = dialog.FindAll(".category-list a").ToDictionary(a => a.TextContent.Trim(), a => a.GetAttribute("href")!);
        Assert.DoesNotContain("Reserved", links.Keys);
        Assert.EndsWith($"/p/x/regions?sort=rss&v=1&as=shared:rule:memfd,heap:{Guessed.Id}", links["Heap (brk)"], StringComparison.Ordinal);
        Assert.Equal("Anonymous", dialog.Find(".category-list a[aria-current]").TextContent.Trim());
        Assert.Contains("a guess: unnamed private memory", dialog.Markup, StringComparison.Ordinal);

        dialog.FindAll("input[type=radio]")[^1].Change(true);
        Assert.EndsWith("as=shared:rule:memfd,heap:rule:anonymous", dialog.FindAll(".category-list a").First(a => a.TextContent.Trim() == "Heap (brk)").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_can_be_taken_back_where_it_was_made()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/p/x/regions?as=heap:{Changed.Id},shared:rule:memfd&v=1");
        var dialog = Render<CategoryDialog>(p => p.Add(c => c.Region, Changed with { CategoryOverride = $"heap:{Changed.Id}" }).Add(c => c.Overrides, CategoryOverrides.Parse($"heap:{Changed.Id},shared:rule:memfd")));

        Assert.EndsWith("/p/x/regions?as=shared:rule:memfd&v=1", dialog.FindAll("a").First(a => a.TextContent.StartsWith("Back", StringComparison.Ordinal)).GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Changes_are_told_on_every_page_with_a_way_back()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/p/x?as=heap:rule:memfd,shared:name:/a&from=3&v=1");
        var bar = Render<OverridesBar>(p => p.Add(c => c.Overrides, [new OverrideWire("heap:rule:memfd", "heap", "by the rule memfd", 2, ["shared"]), new OverrideWire("shared:name:/a", "shared", "named /a", 0, [])])
            .Add(c => c.Problems, ["there is no category “cheap”"]));

        Assert.Equal("2 categories changed by you", bar.Find(".chip").TextContent);
        Assert.Contains("2 regions, by rule Shared", bar.Markup, StringComparison.Ordinal);
        Assert.Contains("no region in this window", bar.Markup, StringComparison.Ordinal);
        Assert.Contains("Not applied: there is no category “cheap”.", bar.Markup, StringComparison.Ordinal);
        Assert.EndsWith("/p/x?from=3&v=1", bar.FindAll("a").First(a => a.TextContent == "reset").GetAttribute("href"), StringComparison.Ordinal);
        Assert.EndsWith("/p/x?as=shared:name:/a&from=3&v=1", bar.FindAll("a").First(a => a.TextContent == "undo").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Empty(Render<OverridesBar>(p => p.Add(c => c.Overrides, [])).Nodes.OfType<AngleSharp.Dom.IElement>());
    }

    [Fact]
    public void A_shared_page_says_which_categories_were_changed_and_offers_nothing()
    {
        var bar = Render<OverridesBar>(p => p.Add(c => c.Overrides, [new OverrideWire("heap:rule:memfd", "heap", "by the rule memfd", 2, ["shared"])]).Add(c => c.IsLive, false));

        Assert.Equal("1 category changed by hand", bar.Find(".chip").TextContent);
        Assert.Empty(bar.FindAll("a"));
    }

    [Fact]
    public void Patched_code_is_evidence_on_the_overview_and_a_mark_on_its_regions()
    {
        var patched = Enumerable.Range(1, 5).Select(i => new PatchedCodeWire($"/lib/lib{i}.so", "mprotect", 4096, 1, Samples.Start, [], $"lib{i}.so's code was changed in memory: {Samples.Hostile}")).ToList();
        var overview = Render<OverviewView>(p => p.Add(c => c.Overview, Samples.Overview(Samples.Region()) with { PatchedCode = patched }));

        Assert.Equal(4, overview.FindAll(".evidence").Count);
        Assert.Contains("2 more modules with changed code", overview.Markup, StringComparison.Ordinal);
        Assert.Empty(overview.FindAll("img"));

        var table = Render<RegionTable>(p => p.Add(c => c.Regions, Samples.Regions(Guessed with { PatchedBytes = 4096 }, Guessed)));
        Assert.Single(table.FindAll(".chip.patched"));
    }

    private IRenderedComponent<T> Live<T>(Action<ComponentParameterCollectionBuilder<T>> parameters)
        where T : IComponent => Render<T>(p =>
        {
            p.AddCascadingValue(new ViewLinks(Samples.ProcessId, new WindowState()));
            parameters(p);
        });
}
